"""Policies that a stage sets aside: for one resource, with a reason and an owner, until a day."""

from collections.abc import Collection

from infra.settings import SettingsError, Suppression
from policies import facts
from policies.facts import MissingFactsError

# What watches over suppressions is not set aside by one.
WATCHING = "suppression-"
# Never set aside in production: without tasks, connections or a closed firewall there is none.
IRREVOCABLE = frozenset(
    {"capacity-floor", "capacity-db-steady", "capacity-db-surge", "waf-default-block"}
)


# What was set aside since the pack started. A finished plan has AWS's defaults for what was left
# out, so a violation of the inputs may not be seen in it.
seen: set[tuple[str, str]] = set()


def declared() -> tuple[Suppression, ...]:
    """Every suppression of the stage; none where the stage is missing or cannot be read."""
    try:
        return facts.stage().suppressions
    except (MissingFactsError, SettingsError):
        return ()


def problem(suppression: Suppression, catalogue: Collection[str]) -> str | None:
    """Why *suppression* does not count; None when it does."""
    if suppression.policy.startswith(WATCHING):
        return f"{suppression.policy} cannot be suppressed. Remove it"
    if suppression.policy not in catalogue:
        return f"{suppression.policy} is no policy of this pack. Correct the name or remove it"
    if facts.stage().tier == "production" and suppression.policy in IRREVOCABLE:
        return f"{suppression.policy} cannot be suppressed in production. Remove it"
    if suppression.until < facts.now().date():
        ended, owner = suppression.until, suppression.owner
        return f"it ended with {ended}. Remove it, or agree with {owner} on a new end"
    return None


def covers(policy: str, resource: str) -> bool:
    """Whether a suppression sets a violation of *policy* by *resource* aside today."""
    covered = any(
        problem(suppression, {policy}) is None
        for suppression in declared()
        if (suppression.policy, suppression.resource) == (policy, resource)
    )
    if covered:
        seen.add((policy, resource))
    return covered
