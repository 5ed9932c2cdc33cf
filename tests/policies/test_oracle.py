"""The oracle and its random files: that they can be trusted to notice what they should."""

import ast
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from infra.capacity import connection_limit, surge_tasks
from tests import oracle
from tests.oracle import limits, rolling, rules
from tests.oracle.edits import config_of
from tests.oracle.random_stages import NOW, USUAL, random_edits
from tests.oracle.stage import Stage, filled

Config = dict[str, Any]


@cache
def _verdicts() -> list[tuple[Config, oracle.Verdict]]:
    """The files of a run of the usual length."""
    configs = [config_of(random_edits(seed)) for seed in range(USUAL)]
    return [(config, oracle.judge(config, NOW)) for config in configs]


@cache
def _accepted() -> list[Config]:
    return [config for config, verdict in _verdicts() if not verdict.refused]


EDGES = [
    ("capacity-floor", "capacity.min"),
    ("capacity-db-steady", "database.reservedConnections"),
    ("capacity-db-surge", "database.reservedConnections"),
    ("capacity-fargate-quota", "capacity.fargateVcpuQuota"),
    ("capacity-workers-fit", "service.workers.memoryMiB"),
    ("capacity-deploy-can-move", "deployment.maximumPercent"),
    ("cooldown-asymmetric", "scaling.targets[].scaleInCooldown"),
    ("cooldown-production-scale-in", "scaling.targets[].scaleInCooldown"),
    ("cooldown-covers-drain", "scaling.targets[].scaleInCooldown"),
    ("cooldown-covers-warm-up", "scaling.targets[].scaleOutCooldown"),
    ("scaling-target-range", "scaling.targets[].target"),
    ("scaling-cpu-below-memory", "scaling.targets[].target"),
    ("scaling-memory-can-agree", "service.restingMemoryPercent"),
]


@pytest.mark.parametrize("by", [-1, 1])
@pytest.mark.parametrize(("policy", "path"), EDGES)
def test_files_lie_at_both_sides_of_each_edge(policy: str, path: str, by: int) -> None:
    """A comparison that is off by one would be noticed: some file's verdict hangs on that one."""
    assert any(_hangs_on(policy, path, by, config) for config in _accepted())


def _hangs_on(policy: str, path: str, by: int, config: Config) -> bool:
    """Whether the verdict changes with one of the numbers at *path*."""
    is_broken = rules.RULES[policy]
    before = is_broken(filled(config), NOW)
    moved = [_moved(filled(config), path, by, index) for index in range(3)]
    return any(is_broken(stage, NOW) != before for stage in moved)


def _moved(stage: Stage, path: str, by: int, index: int) -> Stage:
    *above, last = path.split(".")
    at: Any = stage
    for key in above:
        at = at[key.removesuffix("[]")]
        if key.endswith("[]"):
            at = at[index] if index < len(at) else {last: 0}
    at[last] += by
    return stage


def test_files_are_of_every_kind() -> None:
    """Some are no stage, some are clean, and each rule is broken by several."""
    fires = [verdict.fires for _, verdict in _verdicts() if not verdict.refused]

    assert 0.05 < 1 - len(fires) / len(_verdicts()) < 0.3
    assert fires.count(frozenset()) > 0.1 * len(_verdicts())
    assert [policy for policy in rules.RULES if sum(policy in f for f in fires) < 3] == []


def test_the_oracle_stands_alone() -> None:
    """It imports the standard library and itself: nothing of what it gives an opinion on."""
    for path in Path(oracle.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for name in _imported(node):
                own = name.startswith("tests.oracle")
                assert own or name.partition(".")[0] in sys.stdlib_module_names, f"{path}: {name}"


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


@pytest.mark.parametrize(
    ("tasks", "least", "most", "start", "leave", "alive"),
    [
        (8, 100, 200, 185, 330, 16),  # production as shipped: all at once
        (2, 100, 200, 185, 330, 4),
        (4, 100, 125, 100, 330, 8),  # one by one, and none is gone before the last starts
        (4, 100, 125, 100, 99, 6),  # one by one: 4 old, 1 new, 1 that drains
        (4, 100, 125, 100, 100, 7),  # the one before may still be there in that second
        (4, 50, 100, 100, 10, 6),  # two stop and drain, two start
        (4, 0, 100, 100, 10, 8),
        (3, 100, 125, 100, 10, 3),  # 3.75 rounds down to 3: nothing can start
    ],
)
def test_a_deployment_by_hand(
    tasks: int, least: int, most: int, start: int, leave: int, alive: int
) -> None:
    """The oracle's own deployment, worked through by hand."""
    assert rolling.peak(tasks, least, most, start, leave) == alive
    assert rolling.can_move(tasks, least, most) == (alive > tasks)


@pytest.mark.parametrize("tasks", [1, 2, 3, 4, 5, 7, 10, 25])
@pytest.mark.parametrize("least", [0, 33, 50, 66, 75, 99, 100])
def test_deployments_are_played_alike(tasks: int, least: int) -> None:
    """Task by task or step by step: as many are alive at once, at each edge of the drain."""
    for most in (100, 101, 110, 125, 134, 150, 175, 200):
        for leave in (2, 99, 100, 101, 199, 200, 201, 299, 300, 301, 3600):
            surge = surge_tasks(tasks, least, most, 100, leave)
            assert rolling.peak(tasks, least, most, 100, leave) == surge.tasks, (most, leave)
            assert rolling.can_move(tasks, least, most) == surge.moves


@pytest.mark.parametrize("instance_class", [*limits.MEMORY, "db.serverless"])
@pytest.mark.parametrize("engine", [*limits.FORMULAS, "aurora-mysql"])
def test_limits_are_restated_alike(engine: str, instance_class: str) -> None:
    """S0-14: the documented default of each engine and class, and the same ones unknown."""
    expected = limits.connection_limit(engine, instance_class, None)
    if expected is None:
        with pytest.raises(LookupError):
            connection_limit(engine, instance_class, None)
    else:
        assert connection_limit(engine, instance_class, None).connections == expected
