"""The practice articles' own settings, and what the pack says to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from infra.settings import Settings
from infra.stack import build
from policies.pack import CATALOGUE
from tests.policies.cases import PROGRAMS
from tests.policies.judging import Finding, findings
from tests.support.program import Program, register
from tests.support.stages import changed, config_of, fixture

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
ADVISORY = {rule.name for rule in CATALOGUE if rule.advisory}
PINNED = "registry.example.com/web@sha256:" + "0" * 64


@dataclass(frozen=True)
class Judged:
    """An article's setting: a stage of tests/fixtures with *edits*, or a program under it."""

    says: str
    practice: str
    stage: str
    refused_by: frozenset[str] = frozenset()
    advised_by: frozenset[str] = frozenset()
    edits: Mapping[str, Any] = field(default_factory=dict)
    program: str | None = None

    def __str__(self) -> str:
        return f"{self.practice}: {self.says}"

    @property
    def settings(self) -> Settings:
        """The stage, edited."""
        return changed(fixture(self.stage), self.edits)

    def findings(self, *, preview: bool) -> list[Finding]:
        """What the pack says."""
        return findings(self._planned(preview=preview))

    def _planned(self, *, preview: bool) -> Program:
        settings = self.settings

        def program() -> None:
            if self.program is None:
                build(settings, NOON)
            else:
                exec(compile((PROGRAMS / self.program).read_text(), self.program, "exec"), {})

        config = config_of(settings)
        return register(program, preview=preview, stage=settings.stage, config=config)


SURGE, STEADY = "capacity-db-surge", "capacity-db-steady"
FLAPS = frozenset({"cooldown-asymmetric", "scaling-target-range"})
ADVICE_OF_S4 = frozenset({"scaling-cpu-below-memory", "scaling-memory-can-agree"})

ARTICLES = [
    Judged("max 4 with 20 connections each, limit 90", "S0-11", "ecs-patterns", frozenset({SURGE})),
    Judged(
        "max 5 with 20 connections each, limit 90",
        "S0-12",
        "ecs-patterns",
        frozenset({STEADY, SURGE}),
        edits={"capacity.max": 5},
    ),
    Judged(
        "max 5 with 20 connections each, limit 100",
        "S0-12",
        "ecs-patterns",
        frozenset({STEADY, SURGE}),
        edits={"capacity.max": 5, "database.maxConnections": 100},
    ),
    Judged(
        "CPU 70, memory 80, out 60 s, in 300 s, where the database has room",
        "S0-07, S0-08",
        "ecs-patterns",
        edits={"database.maxConnections": 400},
    ),
    Judged(
        "min 2, max 20, steps, 1,000 requests per target, schedules 6/20 and 2/6",
        "S2-04, S2-06, S2-07, S2-09",
        "horizontal",
    ),
    Judged("the same with schedules 4/20 and 2/8", "S2-07", "horizontal-nights"),
    Judged(
        "min 2, max 64, out 0 s, in 12 h, migrations after, on db.r6g.xlarge",
        "S3-02, S3-16",
        "principles",
        advised_by=frozenset({"migration-old-code-ready"}),
    ),
    Judged(
        "the same 64 tasks on db.t4g.medium",
        "S3-02",
        "principles",
        frozenset({STEADY, SURGE}),
        frozenset({"migration-old-code-ready"}),
        edits={"database.instanceClass": "db.t4g.medium"},
    ),
    Judged(
        "staging: min 1, max 2 on Spot, out 0 s, in 360 s",
        "S3-03, S3-04, S3-16",
        "principles-stage",
    ),
    Judged(
        "least outstanding requests with slow start on one group",
        "S3-09, S3-10",
        "principles",
        frozenset({"routing-lor-xor-slow-start"}),
        frozenset({"migration-old-code-ready"}),
        program="routing_lor_with_slow_start.py",
    ),
    Judged(
        "target 10, out 60 s, in 60 s, in tier test",
        "S4-04, S4-05, S4-06",
        "target-tracking",
        advised_by=ADVICE_OF_S4,
    ),
    Judged(
        "the same in tier staging",
        "S4-06",
        "target-tracking",
        FLAPS,
        ADVICE_OF_S4,
        edits={"tier": "staging", "service.image": PINNED},
    ),
]


Found = list[tuple[Judged, list[Finding]]]


def judged() -> Found:
    """Every article's setting, with what the pack says."""
    return [(article, article.findings(preview=True)) for article in ARTICLES]


def table(judged: Found) -> list[str]:
    """The articles' settings as lines of Markdown, each with what the pack says."""
    lines = ["| practice | setting | refused by | advised by |", "|---|---|---|---|"]
    for article, said in judged:
        found = {finding.policy for finding in said}
        refused, advised = (
            ", ".join(f"`{name}`" for name in sorted(names)) or "nothing"
            for names in (found - ADVISORY, found & ADVISORY)
        )
        lines.append(f"| {article.practice} | {article.says} | {refused} | {advised} |")
    return lines


def told(judged: Found) -> list[str]:
    """The refusals word for word, so that a reader sees the sums."""
    return [
        line
        for article, said in judged
        for finding in said
        if finding.policy not in ADVISORY
        for line in (f"- {article.says}: `{finding.policy}`", f"  > {finding.message}")
    ]
