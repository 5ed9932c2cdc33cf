"""Suppressions are judged too: one that is over, unused or not allowed is a violation itself."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pulumi_policy import Severity

from infra.settings import Suppression
from policies import suppressions
from policies.plan import Plan, Resource
from policies.resource_types import STACK
from policies.rules import PlanRule, ResourceRule, Rule

SOURCE = "docs/adr/0005: every exception has a reason, an owner and an end."


def rules(catalogue: Sequence[Rule]) -> list[Rule]:
    """The policies about suppressions of *catalogue*."""
    by_name = {rule.name: rule for rule in catalogue}

    def valid(_stack: Resource) -> Iterator[str]:
        for index, suppression in enumerate(suppressions.declared()):
            if problem := suppressions.problem(suppression, by_name):
                yield f"evenkeel:suppressions[{index}]: {problem}."

    def used(_stack: Resource, plan: Plan) -> Iterator[str]:
        for index, suppression in enumerate(suppressions.declared()):
            if (suppression.policy, suppression.resource) in suppressions.seen:
                continue
            if suppressions.problem(suppression, by_name) is None and not _violations(
                by_name[suppression.policy], suppression, plan
            ):
                yield (
                    f"evenkeel:suppressions[{index}]: {suppression.resource} does not violate "
                    f"{suppression.policy}, or is no resource that it judges. Remove it."
                )

    def listed(_stack: Resource) -> Iterator[str]:
        for suppression in suppressions.declared():
            if suppressions.problem(suppression, by_name) is None:
                yield (
                    f"{suppression.policy} is set aside for {suppression.resource} until "
                    f"{suppression.until} by {suppression.owner}: {suppression.reason}"
                )

    return [
        ResourceRule(
            name="suppression-valid",
            description="A suppression names a policy that may be suppressed, and is not over.",
            protects_from="An exception that outlives its reason, or one that hides an outage.",
            source=SOURCE,
            severity=Severity.HIGH,
            types={STACK},
            judge=valid,
            remediation="Remove the entry from evenkeel:suppressions and mend what it hid.",
        ),
        PlanRule(
            name="suppression-used",
            description="A suppression sets aside a violation that is there.",
            protects_from="A forgotten exception that will hide the next mistake.",
            source=SOURCE,
            severity=Severity.MEDIUM,
            types={STACK},
            judge=used,
            remediation="Remove the entry from evenkeel:suppressions.",
        ),
        ResourceRule(
            name="suppression-listed",
            description="What is set aside is told on every preview.",
            protects_from="Exceptions that nobody remembers.",
            source=SOURCE,
            severity=Severity.LOW,
            types={STACK},
            judge=listed,
            advisory=True,
            remediation="Mend what is suppressed, then remove the entry.",
        ),
    ]


def _violations(rule: Rule, suppression: Suppression, plan: Plan) -> list[str]:
    named = [r for r in plan.of_type(rule.types) if r.name == suppression.resource]
    judged: Iterable[Resource] = (replace(resource, config=rule.config) for resource in named)
    return [message for resource in judged for message in rule.messages(resource, plan)]
