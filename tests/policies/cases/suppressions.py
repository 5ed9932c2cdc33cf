"""Suppressions that are over, unused or not allowed, and one that is in force."""

from tests.policies.cases import Case

STACK = "evenkeel-production"
FLAPPING = {"scaling.targets[0].scaleInCooldown": 300, "scaling.targets[0].scaleOutCooldown": 300}


def _entry(policy: str, resource: str, until: str) -> dict[str, str]:
    reason = "The load test of release 7 needs it."
    return {
        "policy": policy,
        "resource": resource,
        "reason": reason,
        "owner": "platform team",
        "until": until,
    }


CASES: list[Case] = [
    Case(
        policy="suppression-valid",
        shows="a suppression that is over",
        edits={
            "suppressions": [_entry("cooldown-asymmetric", "evenkeel-production-cpu", "2026-01-31")]
        },
        fires=frozenset({("suppression-valid", STACK)}),
        says=("evenkeel:suppressions[0]", "it ended with 2026-01-31", "Remove it"),
        fix={"suppressions": []},
    ),
    Case(
        policy="suppression-valid",
        shows="a policy that production never sets aside",
        edits={
            "capacity.max": 10,
            "suppressions": [_entry("capacity-db-surge", STACK, "2099-12-31")],
        },
        fires=frozenset({("suppression-valid", STACK), ("capacity-db-surge", STACK)}),
        says=("capacity-db-surge cannot be suppressed in production",),
        fix={"capacity.max": 9, "suppressions": []},
    ),
    Case(
        policy="suppression-valid",
        shows="a policy that the pack does not have",
        edits={"suppressions": [_entry("cooldown-symmetric", STACK, "2099-12-31")]},
        fires=frozenset({("suppression-valid", STACK)}),
        says=("cooldown-symmetric is no policy of this pack",),
        fix={"suppressions": []},
    ),
    Case(
        policy="suppression-used",
        shows="nothing that the suppression would set aside",
        edits={
            "suppressions": [_entry("cooldown-asymmetric", "evenkeel-production-cpu", "2099-12-31")]
        },
        fires=frozenset({("suppression-used", STACK), ("suppression-listed", STACK)}),
        says=("evenkeel-production-cpu does not violate cooldown-asymmetric", "Remove it"),
        fix={"suppressions": []},
    ),
    Case(
        policy="suppression-listed",
        shows="a violation set aside with a reason, an owner and an end",
        edits={
            **FLAPPING,
            "suppressions": [
                _entry("cooldown-asymmetric", "evenkeel-production-cpu", "2099-12-31")
            ],
        },
        fires=frozenset({("suppression-listed", STACK)}),
        says=(
            "cooldown-asymmetric is set aside for evenkeel-production-cpu until 2099-12-31 by "
            "platform team: The load test of release 7 needs it.",
        ),
        fix={"scaling.targets[0].scaleOutCooldown": 60, "suppressions": []},
    ),
]
