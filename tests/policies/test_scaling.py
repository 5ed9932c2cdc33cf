"""Levels that target tracking keeps."""

from functools import partial
from typing import Any

import pytest

from policies import configuration
from policies.cooldowns import RULES as COOLDOWNS
from policies.rules import Rule
from policies.scaling import RULES
from policies.scaling.levels import CPU_BELOW_MEMORY, MEMORY_CAN_AGREE, RANGE, passing
from tests.policies.judging import STAGE, fired, stage
from tests.policies.scaled import (
    CPU,
    MEMORY,
    REQUESTS,
    applies,
    of_stage,
    stepped,
    tracked,
    unknown,
    verdict,
)
from tests.support.program import configure
from tests.support.stages import changed, fixture, shipped

FOREIGN: dict[str, Any] = {"config": {}, "name": "dev"}
PINNED = shipped("production").service.image
CERTIFICATE = shipped("production").routing.certificate_arn
HIGH_RESOLUTION = "HighResolution"


def _targets(**targets: float) -> dict[str, Any]:
    """A production stage whose tasks rest at 40 % of their memory, with these targets."""
    entries = [{"metric": metric, "target": target} for metric, target in targets.items()]
    return {"config": stage(scaling={"targets": entries})}


@pytest.mark.parametrize("metric", [CPU, MEMORY, CPU + HIGH_RESOLUTION, MEMORY + HIGH_RESOLUTION])
@pytest.mark.parametrize(
    ("target", "refused"),
    [
        (19, "< 20 %, the lowest."),
        (19.9, "< 20 %, the lowest."),
        (20, None),
        (21, None),
        (89, None),
        (90, None),
        (90.5, "> 90 %, the highest."),
        (91, "> 90 %, the highest."),
    ],
)
def test_cpu_and_memory_are_kept_at_20_to_90(
    metric: str, target: float, refused: str | None
) -> None:
    """S4-06: a target of 10 is for tests; 20 and 90 are the last that pass."""
    found = verdict(RANGE, lambda: tracked(metric=metric, target=target))

    assert len(found) == (refused is not None)
    kind = "cpu" if metric.startswith(CPU) else "memory"
    for message in found:
        assert f"cpu: targetValue {target:g} % of {kind} {refused} A targetValue of" in message


@pytest.mark.parametrize("tier", ["production", "staging", "test"])
@pytest.mark.parametrize(("target", "refused"), [(-1, 1), (0, 1), (0.5, 0), (1, 0), (1000, 0)])
def test_requests_are_above_nothing(tier: str, target: float, refused: int) -> None:
    """S2-09: 1000 requests a minute pass, and any number above 0; in every tier."""
    how: dict[str, Any] = {"config": stage(tier=tier), "name": "some"}
    found = verdict(RANGE, lambda: tracked(metric=REQUESTS, target=target, label="a/b"), **how)

    assert len(found) == refused
    for message in found:
        assert f"targetValue {target} of ALBRequestCountPerTarget is not above 0" in message
        assert message.endswith("A targetValue of 1000 passes.")


def test_own_metrics_have_a_scale_of_their_own() -> None:
    """A queue's length is no percent, and a DynamoDB table's target none of an ECS service."""
    own = {"namespace": "AWS/SQS", "metric_name": "Visible", "statistic": "Average"}

    assert verdict(RANGE, lambda: tracked(target=5, own=own)) == []
    assert verdict(RANGE, lambda: tracked(target=5, namespace="dynamodb")) == []
    assert verdict(RANGE, lambda: stepped(("0", None, 1))) == []


@pytest.mark.parametrize(("tier", "refused"), [("production", 1), ("staging", 1), ("test", 0)])
def test_a_low_target_is_for_tests(tier: str, refused: int) -> None:
    """S4-06: a target of 10 passes in tier test alone."""
    how: dict[str, Any] = {"config": stage(tier=tier), "name": "some"}

    for target in (10, 0, -1):
        assert len(verdict(RANGE, partial(tracked, target=target), **how)) == refused


@pytest.mark.parametrize(
    ("target", "refused"), [(29, True), (30, False), (31, False), (79, False), (80, False),
                            (81, True)],
)  # fmt: skip
def test_the_range_can_be_narrower(
    monkeypatch: pytest.MonkeyPatch, target: float, refused: bool
) -> None:
    """The pack's configuration narrows the range, and never widens it."""
    monkeypatch.setitem(configuration.numbers, RANGE.name, {"lowest": 30, "highest": 80})

    assert bool(verdict(RANGE, lambda: tracked(target=target))) is refused
    assert RANGE.numbers["lowest"].schema()["minimum"] == 20
    assert RANGE.numbers["highest"].schema()["maximum"] == 90


@pytest.mark.parametrize(
    ("cpu", "memory", "best"),
    [
        pytest.param(60, 80, (60, 80), id="both pass"),
        pytest.param(10, 10, (20, 45), id="both low, S4"),
        pytest.param(95, 80, (79, 80), id="cpu above memory"),
        pytest.param(80, 80, (79, 80), id="cpu at memory"),
        pytest.param(79, 80, (79, 80), id="cpu below memory"),
        pytest.param(95, 95, (89, 90), id="both high"),
        pytest.param(60, 44, (44, 45), id="memory where it never agrees"),
        pytest.param(40, 45, (40, 45), id="memory just agreeing"),
        pytest.param(40, 91, (40, 90), id="memory one too high"),
        pytest.param(19, None, (20, None), id="cpu alone, low"),
        pytest.param(95, None, (89, None), id="cpu alone, high"),
        pytest.param(None, 44, (None, 45), id="memory alone"),
        pytest.param(None, None, (None, None), id="none"),
    ],
)
def test_advised_targets_pass_beside_each_other(
    cpu: float | None, memory: float | None, best: tuple[float | None, float | None]
) -> None:
    """S0-10, S3-05: within the range, cpu below memory, and memory above 40 / 0.9 = 44.4 %."""
    configure("production", STAGE)

    assert passing(cpu, memory) == best
    built = [partial(tracked, "cpu", CPU, best[0])] if best[0] else []
    built += [partial(tracked, "memory", MEMORY, best[1])] if best[1] else []
    assert verdict(RULES, *built) == []


@pytest.mark.parametrize(
    ("resting", "least"), [(0, 21), (17, 21), (18, 21), (19, 22), (44, 49), (45, 51), (80, 89)]
)
def test_the_least_memory_target_follows_from_memory_at_rest(resting: int, least: int) -> None:
    """The lowest whole target with resting < 0.9 × target: 45 < 45.9 passes, 45 < 45 does not."""
    configure("production", stage(service={"restingMemoryPercent": resting}))

    assert passing(None, 1) == (None, least)


@pytest.mark.parametrize(("resting", "memory"), [(80, 89), (81, None), (100, None)])
def test_memory_at_rest_may_leave_no_target(resting: int, memory: float | None) -> None:
    """At 81 % no target up to 90 agrees, as 0.9 × 90 = 81: the memory target has to go."""
    configure("production", stage(service={"restingMemoryPercent": resting}))

    assert passing(60, 20) == (60, memory)


@pytest.mark.parametrize(("highest", "memory"), [(90, 89), (89, 89), (88, None)])
def test_a_narrower_range_may_leave_no_target(
    monkeypatch: pytest.MonkeyPatch, highest: float, memory: float | None
) -> None:
    """At 80 % the least memory target is 89: a highest of 89 leaves it, one of 88 does not."""
    monkeypatch.setitem(configuration.numbers, RANGE.name, {"highest": highest})
    configure("production", stage(service={"restingMemoryPercent": 80}))

    assert passing(None, 20) == (None, memory)


def test_without_facts_only_the_range_counts() -> None:
    """A foreign program's tasks rest at nobody knows what; cpu keeps room below memory."""
    configure("dev", {})

    assert passing(10, 10) == (20, 21)
    assert passing(95, 95) == (89, 90)


@pytest.mark.parametrize(
    ("targets", "metric", "target", "says"),
    [
        ({"cpu": 10, "memory": 80}, CPU, 10, "A targetValue of 20 passes."),
        ({"cpu": 10, "memory": 10}, CPU, 10, "A targetValue of 20 passes, with 45 for memory."),
        ({"cpu": 10, "memory": 10}, MEMORY, 10, "A targetValue of 45 passes, with 20 for cpu."),
        ({"cpu": 95, "memory": 80}, CPU, 95, "A targetValue of 79 passes."),
        ({"cpu": 95}, CPU, 95, "A targetValue of 89 passes."),
        ({"memory": 95}, MEMORY, 95, "A targetValue of 90 passes."),
        ({"cpu": 60, "memory": 10}, MEMORY, 10, "A targetValue of 45 passes, with 44 for cpu."),
    ],
)
def test_the_range_advises_what_passes(
    targets: dict[str, float], metric: str, target: float, says: str
) -> None:
    """The message names the nearest target that passes beside the stage's other one."""
    (message,) = verdict(
        RANGE, lambda: tracked(metric=metric, target=target), **_targets(**targets)
    )

    assert message.endswith(says)


@pytest.mark.parametrize(
    ("metric", "target", "says"),
    [
        (MEMORY, 95, "No targetValue passes: remove this target."),
        (CPU, 10, "A targetValue of 20 passes, without one for memory."),
    ],
)
def test_a_memory_target_that_has_to_go_is_told(metric: str, target: float, says: str) -> None:
    """With memory at rest above every level the advice is to track cpu alone."""
    config = stage(service={"restingMemoryPercent": 90})
    (message,) = verdict(RANGE, lambda: tracked(metric=metric, target=target), config=config)

    assert message.endswith(says)


@pytest.mark.parametrize(("cpu", "refused"), [(74, 0), (75, 1), (76, 1)])
@pytest.mark.parametrize("preview", [True, False])
def test_cpu_is_below_memory(cpu: float, refused: int, preview: bool) -> None:
    """S0-10, S3-05: the cpu target is below the memory target; as high is not."""
    found = verdict(
        CPU_BELOW_MEMORY,
        lambda: tracked("cpu", CPU, cpu),
        lambda: tracked("memory", MEMORY, 75),
        preview=preview,
    )

    assert len(found) == refused
    for message in found:
        assert message == (
            f"cpu: targetValue {cpu:g} % of cpu is not below the 75 % of memory (memory). "
            "A targetValue of 74 passes."
        )


def test_cpu_is_compared_with_memory_of_its_own_service() -> None:
    """Two services of one program have levels of their own."""
    other = "service/web/worker"

    for service, refused in ((other, 0), ("service/web/web", 1)):
        found = verdict(
            CPU_BELOW_MEMORY,
            partial(tracked, "memory", MEMORY, 50, service=service),
            lambda: tracked("requests", REQUESTS, 50, label="a/b"),
            lambda: stepped(("0", None, 1)),
            lambda: tracked("cpu", CPU, 60),
        )
        assert len(found) == refused


def test_cpu_is_compared_only_with_memory_of_ecs() -> None:
    """Other metrics and other AWS services do not count, on either side."""
    table: dict[str, Any] = {"namespace": "dynamodb"}

    assert verdict(CPU_BELOW_MEMORY, lambda: tracked("cpu", CPU, 60)) == []
    for cpu, memory in ((table, {}), ({}, table)):
        built = [
            partial(tracked, "cpu", CPU, 60, **cpu),
            partial(tracked, "memory", MEMORY, 50, **memory),
        ]
        assert verdict(CPU_BELOW_MEMORY, *built) == []


@pytest.mark.parametrize(
    ("target", "resting", "refused"),
    [
        (50, 44, 0), (50, 45, 1), (50, 46, 1),
        (45, 40, 0), (44.5, 40, 0), (44, 40, 1),
        (70, 62, 0), (70, 63, 1), (70, 64, 1),
    ],
)  # fmt: skip
def test_memory_at_rest_is_below_the_level_of_scale_in(
    target: float, resting: int, refused: int
) -> None:
    """S3-06: all targets have to agree to scale in, and memory does below 0.9 × its target."""
    found = verdict(
        MEMORY_CAN_AGREE,
        lambda: tracked(metric=MEMORY, target=target),
        config=stage(service={"restingMemoryPercent": resting}),
    )

    assert len(found) == refused
    for message in found:
        assert f"0.9 × targetValue {target:g} % = {0.9 * target:g} % <= " in message
        assert f"<= restingMemoryPercent {resting} %, so memory never agrees" in message


def test_the_advised_memory_target_agrees() -> None:
    """The advice is the nearest target that can scale in, with cpu kept below it."""
    how = _targets(cpu=60, memory=44)
    (message,) = verdict(MEMORY_CAN_AGREE, lambda: tracked(metric=MEMORY, target=44), **how)

    assert message.endswith("A targetValue of 45 passes, with 44 for cpu.")


def test_memory_that_never_scales_in_need_not_agree() -> None:
    """A target without scale-in has no vote, cpu always comes to rest, and tables have no tasks."""
    config = stage(service={"restingMemoryPercent": 100})

    def found(**how: Any) -> list[str]:
        return verdict(MEMORY_CAN_AGREE, lambda: tracked(**how), config=config)

    assert len(found(metric=MEMORY)) == len(found(metric=MEMORY, disable_scale_in=False)) == 1
    assert found(metric=MEMORY, disable_scale_in=True) == []
    assert found(metric=CPU) == []
    assert found(metric=MEMORY, namespace="dynamodb") == []


@pytest.mark.parametrize("rule", [RANGE, MEMORY_CAN_AGREE], ids=lambda rule: rule.name)
@pytest.mark.parametrize("what", ["target", "metric"])
def test_an_unknown_value_is_refused(rule: Rule, what: str) -> None:
    """At preview a level that only the update will know is a violation that names it."""

    def later() -> None:
        given: dict[str, Any] = {what: unknown(str if what == "metric" else int)}
        tracked(**{"metric": MEMORY, **given})

    (message,) = verdict(rule, later)
    assert "is not known before the update" in message


def test_an_unknown_target_is_not_compared() -> None:
    """A cpu target that only the update will know cannot be said to be below memory's."""
    (message,) = verdict(
        CPU_BELOW_MEMORY,
        lambda: tracked("cpu", CPU, unknown()),
        lambda: tracked("memory", MEMORY, 50),
    )

    assert "targetValue is not known before the update" in message


def test_a_foreign_program_is_judged_by_what_it_says() -> None:
    """Without a stage the range is production's; how memory rests only a stage can say."""
    (low,) = verdict(RANGE, lambda: tracked(target=10), **FOREIGN)
    (level,) = verdict(
        CPU_BELOW_MEMORY,
        lambda: tracked("cpu", CPU, 50),
        lambda: tracked("memory", MEMORY, 50),
        **FOREIGN,
    )

    assert low.endswith("A targetValue of 20 passes.")
    assert level.endswith("A targetValue of 49 passes.")
    assert not applies(MEMORY_CAN_AGREE, lambda: tracked(metric=MEMORY), **FOREIGN)


@pytest.mark.parametrize("preview", [True, False])
def test_the_articles_test_settings_are_for_tests(preview: bool) -> None:
    """S4-06: 60/60 and a target of 10 have no mandatory finding in tier test."""
    found = of_stage(fixture("target-tracking"), [*COOLDOWNS, *RULES], preview=preview)
    advisories = {rule.name for rule in RULES if rule.advisory}

    assert {finding.policy for finding in found} <= advisories


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize("tier", ["staging", "production"])
def test_the_articles_test_settings_are_refused_elsewhere(tier: str, preview: bool) -> None:
    """S4-06: the same stage in another tier is refused for its cooldowns and its targets."""
    settings = changed(
        fixture("target-tracking"),
        {"tier": tier, "service.image": PINNED, "routing.certificateArn": CERTIFICATE},
    )
    stack = settings.stage
    found = fired(of_stage(settings, [*COOLDOWNS, *RULES], preview=preview))

    assert {
        (policy, f"evenkeel-{stack}-{metric}")
        for policy in ("cooldown-asymmetric", "scaling-target-range")
        for metric in ("cpu", "memory")
    } <= found


@pytest.mark.parametrize("article", ["horizontal", "horizontal-nights", "principles"])
def test_the_articles_levels_pass(article: str) -> None:
    """S2-09, S3-16: 1000 requests a target, and 0 out with 12 hours in, pass every policy."""
    assert of_stage(fixture(article), [*COOLDOWNS, *RULES]) == []
