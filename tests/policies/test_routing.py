"""Slow start and least outstanding requests on one target group."""

from dataclasses import replace

import pytest

from policies.resource_types import TARGET_GROUPS
from policies.routing import RULES
from tests.policies.entrance import LOR, group, later, routed
from tests.policies.judging import findings, fired
from tests.support.program import Program, register

FIRES = {("routing-lor-xor-slow-start", "http")}


@pytest.mark.parametrize(
    ("algorithm", "slow_start"),
    [(LOR, None), (LOR, 0), ("round_robin", 60), (None, 60), (None, None), ("weighted_random", 0)],
)
def test_one_of_the_two_passes(algorithm: str | None, slow_start: int | None) -> None:
    """Least outstanding requests alone (S3-09) and slow start on round robin (S3-10) pass."""
    given = {"load_balancing_algorithm_type": algorithm, "slow_start": slow_start}

    assert routed(lambda: group("http", **given)) == []


@pytest.mark.parametrize("algorithm", [LOR, "weighted_random"])
def test_slow_start_wants_round_robin(algorithm: str) -> None:
    """S3-09 with S3-10 on one group is refused with the two-group answer, as AWS would at apply."""
    found = routed(lambda: group("http", load_balancing_algorithm_type=algorithm, slow_start=60))

    assert fired(found) == FIRES
    assert f"slowStart 60 s together with {algorithm}" in found[0].message
    assert "Use two groups: least_outstanding_requests with slowStart 0" in found[0].message
    assert "round_robin with slowStart 30 to 900 for the websocket path" in found[0].message


@pytest.mark.parametrize("token", sorted(TARGET_GROUPS))
def test_every_kind_of_target_group_is_judged(token: str) -> None:
    """S3-10: target groups have two classes and two former tokens; the rule holds for all four."""
    broken = register(
        lambda: group("http", load_balancing_algorithm_type=LOR, slow_start=60), preview=True
    ).one("aws:lb/targetGroup:TargetGroup")

    assert fired(findings(Program([replace(broken, type=token)], {}), RULES)) == FIRES
    assert len(TARGET_GROUPS) == 4


def test_no_facts_are_needed() -> None:
    """S3-09: a program that is not Evenkeel's is judged as well."""
    found = routed(
        lambda: group("http", load_balancing_algorithm_type=LOR, slow_start=1),
        config={},
        name="dev",
    )

    assert fired(found) == FIRES


def test_an_unknown_slow_start_is_refused() -> None:
    """S3-10: a slow start that only the update knows is a violation that names it."""
    found = routed(lambda: group("http", slow_start=later().apply(len)))

    assert fired(found) == FIRES
    assert "slowStart is not known before the update" in found[0].message
