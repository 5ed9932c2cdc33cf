"""What a policy of the catalogue is, and the guard that fails closed.

A judgement is a pure function from a resource, and the plan around it, to messages. It may touch
values that a preview does not know, ask for facts that are not there, or be wrong and raise: the
SDK would turn the first into a note and break the preview on the last. Here each is a violation
that says what could not be verified.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

from infra.settings import SettingsError
from policies import configuration, suppressions
from policies.facts import NAMESPACE, MissingFactsError
from policies.plan import Plan, Resource, resource_of

# A urn holds the types of all parents, and a dynamic resource of ours its own.
OUR_MARKS = ("evenkeel:infra:", "dynamic/evenkeel:")


class NotOursError(Exception):
    """A policy needs facts, and neither they nor anything of Evenkeel's is there."""


@dataclass(frozen=True)
class Number:
    """A number that is a judgement; the pack's configuration may make it stricter, not looser."""

    default: float
    says: str
    minimum: float | None = None
    maximum: float | None = None

    def schema(self) -> dict[str, Any]:
        """As the engine checks it."""
        bounds = {"minimum": self.minimum, "maximum": self.maximum}
        given = {key: value for key, value in bounds.items() if value is not None}
        return {"type": "number", "default": self.default, "description": self.says, **given}


@dataclass(frozen=True, kw_only=True)
class Rule(ABC):
    """One policy: what must be true, why, and how to make it true.

    `types` are the resources that it is about; each is judged under a guard of its own.
    """

    name: str
    description: str  # what must be true, in a sentence
    protects_from: str  # what happens in production where it is not
    source: str  # the practice or AWS document behind it
    remediation: str
    severity: Severity
    types: Collection[str]
    advisory: bool = False
    numbers: Mapping[str, Number] = field(default_factory=dict)

    @abstractmethod
    def policy(self) -> Policy:
        """The rule as the engine runs it."""

    @abstractmethod
    def judgement(self, resource: Resource, plan: Plan) -> Iterable[str]:
        """What is wrong with *resource*."""

    def messages(self, resource: Resource, plan: Any = None) -> Iterator[str]:
        """Every violation of *resource*; what cannot be verified is one.

        Raises:
            NotOursError: facts are missing, and the resource is no part of Evenkeel.
        """
        try:
            for message in self.judgement(resource, plan):
                yield f"{resource.name}: {message}"
            return
        except Exception as error:
            doubt = error
        if isinstance(doubt, MissingFactsError) and not _is_ours(resource):
            raise NotOursError(
                f"{resource.name} is no part of an Evenkeel service, and no {NAMESPACE} setting "
                "says what it has to hold"
            )
        yield f"{resource.name} could not be verified: {_reason(doubt)}"

    @property
    def config(self) -> dict[str, Any]:
        """The rule's numbers: as configured, else by default."""
        defaults = {name: number.default for name, number in self.numbers.items()}
        return {**defaults, **configuration.numbers.get(self.name, {})}

    def _report(self, resource: Resource, plan: Plan | None, report: ReportViolation) -> None:
        for message in self.messages(resource, plan):
            if not suppressions.covers(self.name, resource.name):
                report(message, resource.urn)

    def _told(self) -> dict[str, Any]:
        level = EnforcementLevel.ADVISORY if self.advisory else EnforcementLevel.MANDATORY
        schema = {name: number.schema() for name, number in self.numbers.items()}
        return {
            "name": self.name,
            "description": self.description,
            "enforcement_level": level,
            "config_schema": PolicyConfigSchema(schema) if schema else None,
            "severity": self.severity,
            "remediation_steps": self.remediation,
        }


@dataclass(frozen=True, kw_only=True)
class ResourceRule(Rule):
    """A rule that one resource decides, so that it stops an update before the change is made."""

    judge: Callable[[Resource], Iterable[str]]

    def policy(self) -> ResourceValidationPolicy:
        return ResourceValidationPolicy(validate=self._validate, **self._told())

    def judgement(self, resource: Resource, plan: Plan) -> Iterable[str]:  # noqa: ARG002, base's
        return self.judge(resource)

    def _validate(self, args: ResourceValidationArgs, report: ReportViolation) -> None:
        if args.resource_type not in self.types:
            return
        try:
            resource = resource_of(args, self.config)
            self._report(resource, None, report)
        except NotOursError as error:
            args.not_applicable(str(error))


@dataclass(frozen=True, kw_only=True)
class PlanRule(Rule):
    """A rule about how resources go together; an update is judged once all of them are known."""

    judge: Callable[[Resource, Plan], Iterable[str]]

    def policy(self) -> StackValidationPolicy:
        return StackValidationPolicy(validate=self._validate, **self._told())

    def judgement(self, resource: Resource, plan: Plan) -> Iterable[str]:
        return self.judge(resource, plan)

    def _validate(self, args: StackValidationArgs, report: ReportViolation) -> None:
        plan = Plan(args, self.config)
        foreign = None
        for resource in plan.of_type(self.types):
            try:
                self._report(resource, plan, report)
            except NotOursError as error:
                foreign = str(error)
        if foreign is not None:
            args.not_applicable(foreign)


def _is_ours(resource: Resource) -> bool:
    return any(mark in resource.urn for mark in OUR_MARKS)


def _reason(doubt: Exception) -> str:
    if isinstance(doubt, UnknownValueError):
        return (
            f"{'.'.join(doubt.props)} is not known before the update. "
            "Give it as a plain value instead of another resource's output."
        )
    if isinstance(doubt, MissingFactsError):
        return (
            f"no {NAMESPACE} setting has reached the policy pack. Run it on a stack with a stage "
            "file, by a Pulumi CLI that hands the stack's configuration to policy packs."
        )
    if isinstance(doubt, SettingsError):
        return f"its stage cannot be read. {doubt}"
    return (
        f"the policy failed with {type(doubt).__name__}: {doubt}. "
        "Correct the resource; if it is right, this is a fault of the policy."
    )
