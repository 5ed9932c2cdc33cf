"""Capacity comes fast and goes slowly."""

from functools import partial
from typing import Any

import pytest

from policies import configuration
from policies.cooldowns import RULES
from policies.cooldowns.tracking import (
    ASYMMETRIC,
    COVERS_DRAIN,
    COVERS_WARM_UP,
    PRODUCTION_SCALE_IN,
    passing_scale_in,
)
from policies.rules import Rule
from tests.policies.judging import STAGE, stage
from tests.policies.scaled import applies, stepped, tracked, unknown, verdict
from tests.support.program import configure

MANDATORY = [ASYMMETRIC, PRODUCTION_SCALE_IN, COVERS_DRAIN]
FOREIGN: dict[str, Any] = {"config": {}, "name": "dev"}


def _tier(name: str, **sections: Any) -> dict[str, Any]:
    """Judged in this tier, with these sections of the stage changed."""
    return {"config": stage(tier=name, **sections), "name": "some"}


def _drains(http: int, websocket: int | None = None) -> dict[str, Any]:
    socket = None if websocket is None else {"deregistrationDelay": websocket}
    return {"http": {"deregistrationDelay": http}, "websocket": socket}


@pytest.mark.parametrize(
    ("scale_out", "scale_in"),
    [
        pytest.param(60, 300, id="S0-07, S2-04"),
        pytest.param(0, 43_200, id="S3-16 production"),
        pytest.param(0, 360, id="S3-16 staging"),
    ],
)
def test_the_articles_cooldowns_pass(scale_out: int, scale_in: int) -> None:
    """The articles' pairs pass every cooldown policy of production (S0-07, S2-04, S3-16)."""
    assert verdict(RULES, lambda: tracked(scale_in=scale_in, scale_out=scale_out)) == []


@pytest.mark.parametrize(("scale_in", "refused"), [(299, 1), (300, 1), (301, 0)])
def test_scale_in_has_to_be_longer_than_out(scale_in: int, refused: int) -> None:
    """S0-09, S3-22: one second longer passes, as long and shorter flaps and is refused."""
    found = verdict(ASYMMETRIC, lambda: tracked(scale_in=scale_in, scale_out=300))

    assert len(found) == refused
    for message in found:
        assert f"cpu: scaleInCooldown {scale_in} s is not longer than scaleOutCooldown 300 s" in (
            message
        )


@pytest.mark.parametrize(
    ("scale_in", "scale_out", "sum_"),
    [
        (None, 60, "scaleInCooldown 0 s (left out) is not longer than scaleOutCooldown 60 s,"),
        (None, 0, "scaleInCooldown 0 s (left out) is not longer than scaleOutCooldown 0 s,"),
        (300, None, "300 s is not longer than scaleOutCooldown 300 s (left out),"),
        (None, None, "0 s (left out) is not longer than scaleOutCooldown 300 s (left out),"),
    ],
)
def test_a_cooldown_left_out_counts_as_its_worst(
    scale_in: int | None, scale_out: int | None, sum_: str
) -> None:
    """AWS takes 300 s for it and AWS's provider sends 0 s: in is judged as 0, out as 300."""
    (message,) = verdict(ASYMMETRIC, lambda: tracked(scale_in=scale_in, scale_out=scale_out))

    assert sum_ in message
    assert verdict(ASYMMETRIC, lambda: tracked(scale_in=301, scale_out=None)) == []


@pytest.mark.parametrize(
    ("scale_out", "drain", "least", "advised"),
    [
        pytest.param(298, 300, 300, 300, id="production's least"),
        pytest.param(299, 299, 300, 300, id="the least, one above the drain"),
        pytest.param(299, 301, 300, 301, id="the drain, one above the least"),
        pytest.param(300, 300, 300, 301, id="one above out"),
        pytest.param(301, 300, 300, 302, id="one above a longer out"),
        pytest.param(60, 300, 400, 400, id="a stricter least"),
        pytest.param(60, 300, 400.5, 401, id="a least that is no whole number"),
    ],
)
def test_the_advised_cooldown_passes_every_policy(
    monkeypatch: pytest.MonkeyPatch, scale_out: int, drain: int, least: float, advised: int
) -> None:
    """The advice is the shortest that passes them all in production: one second less does not."""
    monkeypatch.setitem(configuration.numbers, PRODUCTION_SCALE_IN.name, {"atLeastSeconds": least})
    config = stage(routing=_drains(60, drain))

    (message,) = verdict(
        ASYMMETRIC, lambda: tracked(scale_in=0, scale_out=scale_out), config=config
    )
    assert f"A scaleInCooldown of {advised} passes." in message
    for scale_in, refused in ((advised, False), (advised - 1, True)):
        judged = verdict(
            MANDATORY,
            partial(tracked, scale_in=scale_in, scale_out=scale_out),
            config=config,
        )
        assert bool(judged) is refused


def test_all_three_advise_the_same() -> None:
    """60 out and 0 in breaks three policies, and one value mends all of them."""
    found = verdict(MANDATORY, lambda: tracked(scale_in=0), config=stage(routing=_drains(600)))

    assert len(found) == 3
    assert all("A scaleInCooldown of 600 passes." in message for message in found)


def test_without_facts_there_is_no_drain_to_cover() -> None:
    """The advised value of a foreign program follows from the policies that apply to it."""
    configure("dev", {})

    assert [passing_scale_in(seconds) for seconds in (298, 299, 300)] == [300, 300, 301]


@pytest.mark.parametrize(
    ("scale_out", "says"),
    [
        (2_147_483_646, "A scaleInCooldown of 2147483647 passes."),
        (2_147_483_647, "No scaleInCooldown is longer than 2147483647 s: lower scaleOutCooldown"),
    ],
)
def test_nothing_is_advised_that_aws_would_not_take(scale_out: int, says: str) -> None:
    """A cooldown is a 32-bit integer, so that nothing is longer than the longest."""
    (message,) = verdict(ASYMMETRIC, lambda: tracked(scale_in=300, scale_out=scale_out))

    assert says in message


@pytest.mark.parametrize(("scale_in", "refused"), [(299, 1), (300, 0), (301, 0)])
def test_production_waits_five_minutes(scale_in: int, refused: int) -> None:
    """S2-10: production scales in after 300 s or more, and what is said names both numbers."""
    found = verdict(PRODUCTION_SCALE_IN, lambda: tracked(scale_in=scale_in))

    assert len(found) == refused
    for message in found:
        assert (
            "scaleInCooldown 299 s < 300 s, the least in production. A scaleInCooldown" in message
        )


@pytest.mark.parametrize(("scale_in", "refused"), [(399, 1), (400, 0), (401, 0)])
def test_productions_least_can_be_longer(
    monkeypatch: pytest.MonkeyPatch, scale_in: int, refused: int
) -> None:
    """The pack's configuration raises the least of production, and never lowers it."""
    monkeypatch.setitem(configuration.numbers, PRODUCTION_SCALE_IN.name, {"atLeastSeconds": 400})

    assert len(verdict(PRODUCTION_SCALE_IN, lambda: tracked(scale_in=scale_in))) == refused
    assert PRODUCTION_SCALE_IN.numbers["atLeastSeconds"].schema()["minimum"] == 300


@pytest.mark.parametrize(
    ("scale_in", "http", "websocket", "refused"),
    [
        (299, 60, 300, "299 s < 300 s"),
        (300, 60, 300, None),
        (301, 60, 300, None),
        (300, 301, 60, "300 s < 301 s"),
        (300, 301, None, "300 s < 301 s"),
        (300, 300, None, None),
    ],
)
def test_scale_in_waits_for_the_longest_drain(
    scale_in: int, http: int, websocket: int | None, refused: str | None
) -> None:
    """S2-10: one task at a time leaves, so scale-in waits for the longer of both groups' drains."""
    found = verdict(
        COVERS_DRAIN,
        lambda: tracked(scale_in=scale_in),
        config=stage(routing=_drains(http, websocket)),
    )

    assert len(found) == (refused is not None)
    for message in found:
        assert f"scaleInCooldown {refused}, the longest deregistrationDelay" in message


@pytest.mark.parametrize(
    ("tier", "refusing"),
    [
        ("production", MANDATORY),
        ("staging", [ASYMMETRIC, COVERS_DRAIN]),
        ("test", []),
    ],
)
def test_tiers_differ(tier: str, refusing: list[Rule]) -> None:
    """S4-06: 60 both ways is for tests alone; production also has the least of five minutes."""
    how = _tier(tier, routing=_drains(300))

    assert [
        rule for rule in MANDATORY if verdict(rule, lambda: tracked(scale_in=60), **how)
    ] == refusing


@pytest.mark.parametrize("rule", MANDATORY, ids=lambda rule: rule.name)
def test_a_policy_that_never_scales_in_is_exempt(rule: Rule) -> None:
    """With scale-in disabled the scale-in cooldown does nothing, so that nothing is judged."""
    assert verdict(rule, lambda: tracked(scale_in=0, disable_scale_in=True)) == []
    assert len(verdict(rule, lambda: tracked(scale_in=0, disable_scale_in=False))) == 1


@pytest.mark.parametrize(
    ("scale_out", "warm_up", "refused"),
    [
        pytest.param(0, 60, False, id="at once"),
        pytest.param(1, 60, True, id="hardly any"),
        pytest.param(59, 60, True, id="one below"),
        pytest.param(60, 60, False, id="exactly"),
        pytest.param(61, 60, False, id="one above"),
        pytest.param(1, 0, False, id="no warm-up"),
        pytest.param(None, 300, False, id="left out: 300"),
        pytest.param(None, 301, True, id="left out: below"),
    ],
)
def test_scale_out_covers_the_warm_up(scale_out: int | None, warm_up: int, refused: bool) -> None:
    """S2-14, S3-16: the next tasks come when the last ones are warm, or at once."""
    found = verdict(
        COVERS_WARM_UP,
        lambda: tracked(scale_in=9_999, scale_out=scale_out),
        config=stage(service={"warmUpSeconds": warm_up}),
    )

    assert bool(found) is refused
    for message in found:
        assert f"< {warm_up} s, the warm-up of a task" in message
        assert f"A scaleOutCooldown of {warm_up} passes; so does 0," in message


@pytest.mark.parametrize(
    ("scale_in", "advised"),
    [
        (399, "of 400 passes with a scaleInCooldown of 401; so does 0"),
        (400, "of 400 passes with a scaleInCooldown of 401; so does 0"),
        (401, "of 400 passes; so does 0"),
    ],
)
def test_a_longer_scale_out_keeps_below_scale_in(scale_in: int, advised: str) -> None:
    """What is advised for scale-out passes cooldown-asymmetric too, with scale-in as told."""
    config = stage(service={"warmUpSeconds": 400})

    (message,) = verdict(COVERS_WARM_UP, lambda: tracked(scale_in=scale_in), config=config)
    assert advised in message
    mended = max(scale_in, 401)
    assert verdict(RULES, lambda: tracked(scale_in=mended, scale_out=400), config=config) == []
    (only_out,) = verdict(
        COVERS_WARM_UP, lambda: tracked(scale_in=0, disable_scale_in=True), config=config
    )
    assert "of 400 passes; so does 0" in only_out


@pytest.mark.parametrize("rule", [*MANDATORY, COVERS_WARM_UP], ids=lambda rule: rule.name)
def test_other_policies_are_left_alone(rule: Rule) -> None:
    """A step policy has one cooldown, and a DynamoDB table no tasks that drain or warm up."""
    table: dict[str, Any] = {"scale_in": 1, "scale_out": 2, "namespace": "dynamodb"}

    assert len(verdict(rule, lambda: tracked(scale_in=1, scale_out=2))) == 1
    assert verdict(rule, lambda: tracked(**table), lambda: stepped(("0", None, 1))) == []


def _with_unknown(value: str) -> None:
    given: dict[str, Any] = {value: unknown()}
    tracked(**given)


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        (ASYMMETRIC, ("scale_in", "scale_out", "disable_scale_in")),
        (PRODUCTION_SCALE_IN, ("scale_in", "disable_scale_in")),
        (COVERS_DRAIN, ("scale_in", "disable_scale_in")),
        (COVERS_WARM_UP, ("scale_out",)),
    ],
    ids=["asymmetric", "production", "drain", "warm-up"],
)
def test_an_unknown_value_is_refused(rule: Rule, values: tuple[str, ...]) -> None:
    """At preview a cooldown that only the update will know is a violation that names it."""
    for value in values:
        (message,) = verdict(rule, partial(_with_unknown, value))
        assert "is not known before the update" in message


def test_a_foreign_program_is_judged_by_what_it_says() -> None:
    """Without a stage 60 both ways is refused as in production; what needs a stage says so."""
    (message,) = verdict(ASYMMETRIC, lambda: tracked(scale_in=60), **FOREIGN)

    assert "A scaleInCooldown of 300 passes." in message
    for rule in (PRODUCTION_SCALE_IN, COVERS_DRAIN, COVERS_WARM_UP):
        assert applies(rule, tracked, config=STAGE)
        assert not applies(rule, lambda: tracked(scale_in=1, scale_out=2), **FOREIGN)
        assert verdict(rule, lambda: tracked(scale_in=1, scale_out=2), **FOREIGN) == []


def test_an_unreadable_stage_is_refused() -> None:
    """A stage with a mistake says nothing of its tier: the policy cannot be verified."""
    for rule in MANDATORY:
        (message,) = verdict(rule, tracked, config=stage(capacity={"mx": 8}))
        assert "its stage cannot be read" in message
