"""A suppression counts for one policy, one resource, until its last day, and never for a few."""

from datetime import UTC, datetime
from typing import Any

import pytest

from policies import facts, suppressions
from policies.pack import CATALOGUE
from tests.policies.judging import (
    STAGE,
    Finding,
    findings,
    fired,
    judged,
    stage,
    target,
    tracking,
)
from tests.support.program import register

FLAPS = ("cooldown-asymmetric", "cpu")


def _entry(**changes: str) -> dict[str, str]:
    return {
        "policy": "cooldown-asymmetric",
        "resource": "cpu",
        "reason": "A load test.",
        "owner": "platform team",
        "until": "2026-12-01",
        **changes,
    }


def _flapping() -> object:
    return tracking(scale_in=300, scale_out=300)


def _on(monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    monkeypatch.setattr(facts, "now", lambda: datetime.fromisoformat(when).replace(tzinfo=UTC))


def _set_aside(*entries: dict[str, str], **sections: Any) -> dict[str, Any]:
    return {**stage(**sections), "evenkeel:suppressions": [*entries]}


def _mandatory(found: list[Finding]) -> set[tuple[str, str]]:
    return {each for each in fired(found) if each[0] != "suppression-listed"}


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-12-01T23:59:59", set()),
        ("2026-12-02T00:00:00", {FLAPS, ("suppression-valid", "evenkeel-production")}),
    ],
)
def test_it_counts_through_its_last_day(
    monkeypatch: pytest.MonkeyPatch, when: str, expected: set[tuple[str, str]]
) -> None:
    """In force until the last second of its day in UTC; then the violation is back, and told."""
    _on(monkeypatch, when)

    assert _mandatory(judged(_flapping, config=_set_aside(_entry()))) == expected


@pytest.mark.parametrize(
    "other", [{"resource": "memory"}, {"policy": "cooldown-production-scale-in"}]
)
def test_it_counts_for_its_policy_and_resource_alone(
    monkeypatch: pytest.MonkeyPatch, other: dict[str, str]
) -> None:
    """Another policy, or another resource, is judged as before; the entry itself is unused."""
    _on(monkeypatch, "2026-11-22")
    found = judged(_flapping, config=_set_aside(_entry(**other)))

    assert _mandatory(found) == {FLAPS, ("suppression-used", "evenkeel-production")}


IRREVOCABLE = ["capacity-floor", "capacity-db-steady", "capacity-db-surge", "waf-default-block"]


@pytest.mark.parametrize("policy", IRREVOCABLE)
def test_a_few_are_never_set_aside_in_production(
    monkeypatch: pytest.MonkeyPatch, policy: str
) -> None:
    """Floor, connections and the closed firewall: refused in production, taken elsewhere."""
    _on(monkeypatch, "2026-11-22")
    entry = _entry(policy=policy, resource="web")
    in_production = judged(target, config=_set_aside(entry))
    elsewhere = judged(
        target, config={**_set_aside(entry), "evenkeel:tier": "staging"}, name="staging"
    )

    assert set(IRREVOCABLE) == suppressions.IRREVOCABLE
    assert "suppression-valid" in {finding.policy for finding in in_production}
    assert "suppression-valid" not in {finding.policy for finding in elsewhere}


@pytest.mark.parametrize("watching", ["valid", "used", "listed"])
def test_what_watches_is_not_set_aside(monkeypatch: pytest.MonkeyPatch, watching: str) -> None:
    """A suppression of a policy about suppressions counts for nothing, and is told."""
    _on(monkeypatch, "2026-11-22")
    policy, stack = f"suppression-{watching}", "evenkeel-production"
    found = judged(_flapping, config=_set_aside(_entry(), _entry(policy=policy, resource=stack)))

    assert ("suppression-listed", stack) in fired(found)
    (told,) = [each.message for each in found if each.policy == "suppression-valid"]
    assert told.endswith(f"evenkeel:suppressions[1]: {policy} cannot be suppressed. Remove it.")


def test_a_doubt_is_set_aside_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be verified is a violation like any other: a suppression covers it."""
    _on(monkeypatch, "2026-11-22")

    def mistyped() -> object:
        return tracking(scale_in="long")  # type: ignore[arg-type]

    assert FLAPS in fired(judged(mistyped))
    assert FLAPS not in fired(judged(mistyped, config=_set_aside(_entry())))


def test_without_a_stage_there_is_none() -> None:
    """A missing or unreadable stage sets nothing aside, and its suppressions raise no questions."""
    unreadable = {**STAGE, "evenkeel:suppressions": [{"policy": "cooldown-asymmetric"}]}

    assert FLAPS in fired(judged(_flapping, config=unreadable))
    assert fired(judged(_flapping, config={}, name="dev")) == {FLAPS}


def test_a_reason_must_be_given() -> None:
    """A blank reason or owner is refused by the settings, so it never reaches the pack."""
    for blank in ("reason", "owner"):
        found = judged(target, config=_set_aside(_entry(**{blank: " "})))
        assert any(f"suppressions[0].{blank}" in finding.message for finding in found)


def test_what_the_update_fills_in_was_set_aside_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """A violation of the inputs that AWS's own default hides in the plan counts as used."""
    _on(monkeypatch, "2026-11-22")
    seen = ("cooldown-asymmetric", "cpu")
    listed = [rule for rule in CATALOGUE if rule.name == "suppression-used"]
    program = register(tracking, stage="production", config=_set_aside(_entry()))

    assert [each.policy for each in findings(program, listed)] == ["suppression-used"]
    policy = listed[0].policy()
    suppressions.seen.add(seen)
    told: list[str] = []
    policy.validate(program, lambda message, _=None: told.append(message))  # type: ignore[attr-defined]
    assert told == []
