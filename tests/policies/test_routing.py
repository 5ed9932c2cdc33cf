"""Slow start and least outstanding requests on one target group."""

from dataclasses import replace

import pytest

from policies.resource_types import TARGET_GROUPS
from tests.policies.judging import findings, fired, group, judged
from tests.support.program import Program, register

FIRES = {("routing-lor-xor-slow-start", "http")}
LOR = "least_outstanding_requests"


@pytest.mark.parametrize(
    ("algorithm", "slow_start"),
    [(LOR, None), (LOR, 0), ("round_robin", 60), (None, 60), (None, None), ("weighted_random", 0)],
)
def test_one_of_the_two_passes(algorithm: str | None, slow_start: int | None) -> None:
    """Least outstanding requests alone (S3-09) and slow start on round robin (S3-10) pass."""
    assert judged(lambda: group(algorithm, slow_start)) == []


@pytest.mark.parametrize("algorithm", [LOR, "weighted_random"])
def test_slow_start_wants_round_robin(algorithm: str) -> None:
    """S3-09 with S3-10 on one group is refused with the two-group answer, as AWS would at apply."""
    found = judged(lambda: group(algorithm, 60))

    assert fired(found) == FIRES
    assert f"slowStart 60 s together with {algorithm}" in found[0].message
    assert "Use two groups" in found[0].message
    assert judged(lambda: group(LOR, 0)) == judged(lambda: group("round_robin", 30)) == []


@pytest.mark.parametrize("token", sorted(TARGET_GROUPS))
def test_every_kind_of_target_group_is_judged(token: str) -> None:
    """Target groups have two classes and two former tokens; the rule holds for all four."""
    registered = register(lambda: group(LOR, 60)).one("aws:lb/targetGroup:TargetGroup")
    program = Program([replace(registered, type=token)], {})

    assert fired(findings(program)) == FIRES
