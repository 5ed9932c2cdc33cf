"""What every policy stands on: the stage's facts, and the guard that fails closed.

A judgement is a pure function from one resource to messages. It may touch values that a preview
does not know, ask for facts that are not there, or be wrong and raise: the SDK would turn the
first into a note and break the preview on the last. Here each is a violation that says what
could not be verified.
"""

from collections.abc import Callable, Collection, Iterable
from functools import lru_cache

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env
from pulumi_policy import (
    EnforcementLevel,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
)
from pulumi_policy.proxy import UnknownValueError

from infra.settings import Settings, SettingsError, parse

Judgement = Callable[[ResourceValidationArgs], Iterable[str]]

NAMESPACE = "evenkeel:"
OUR_COMPONENTS = "evenkeel:infra:"


class MissingFactsError(Exception):
    """The stack has no setting of ours."""


def stage() -> Settings:
    """The settings of the stack under judgement, from its stage file.

    Raises:
        MissingFactsError: when no `evenkeel:` setting has reached the pack.
        SettingsError: when the stage file cannot be used.
    """
    config = {**get_config_env(), **CONFIG.get()}
    if not any(key.startswith(NAMESPACE) for key in config):
        raise MissingFactsError
    return _parsed(pulumi.get_stack(), tuple(sorted(config.items())))


def resource_policy(
    name: str,
    description: str,
    *,
    types: Collection[str],
    judge: Judgement,
    severity: Severity,
    remediation: str,
) -> ResourceValidationPolicy:
    """A mandatory policy that judges each resource of *types* alone, before it is changed."""

    def validate(resource: ResourceValidationArgs, report: ReportViolation) -> None:
        if resource.resource_type not in types:
            return
        try:
            for message in judge(resource):
                report(f"{resource.name}: {message}", resource.urn)
            return
        except Exception as error:
            doubt = error
        if isinstance(doubt, MissingFactsError) and not _is_ours(resource):
            resource.not_applicable(
                f"{resource.name} is no part of an Evenkeel service, and no {NAMESPACE} setting "
                "says what it has to hold"
            )
        report(f"{resource.name} could not be verified: {_reason(doubt)}", resource.urn)

    return ResourceValidationPolicy(
        name=name,
        description=description,
        validate=validate,
        enforcement_level=EnforcementLevel.MANDATORY,
        severity=severity,
        remediation_steps=remediation,
    )


@lru_cache(maxsize=1)
def _parsed(stack: str, config: tuple[tuple[str, str], ...]) -> Settings:
    return parse(stack, dict(config))


def _is_ours(resource: ResourceValidationArgs) -> bool:
    """A urn holds the types of all parents, so that it names our component."""
    return OUR_COMPONENTS in resource.urn


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
