"""What a policy cannot verify is a violation, never a silent pass."""

from collections.abc import Iterator
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
)
from pulumi_policy.policy import _PolicyAnalyzerServicer

from policies.capacity import RULES
from policies.pack import CATALOGUE
from policies.plan import Plan, Resource
from policies.resource_types import SCALABLE_TARGET
from policies.rules import PlanRule, ResourceRule, Rule
from tests.policies.judging import (
    STAGE,
    Finding,
    Scaling,
    findings,
    fired,
    group,
    judged,
    reasons,
    schedule,
    stage,
    target,
    tracking,
)
from tests.support.program import Program, configure, register

CAPACITY = ("capacity-floor", "capacity-db-steady", "capacity-db-surge")
DATABASE = [rule for rule in RULES if rule.name in CAPACITY]
EXAMPLES = (*CAPACITY, "cooldown-asymmetric", "routing-lor-xor-slow-start")
JUDGING = [rule for rule in CATALOGUE if rule.name in EXAMPLES]


def _unknown(kind: type[Any] = int) -> pulumi.Output[Any]:
    """A number or text that no preview knows: it follows from another resource's ARN."""
    arn = aws.sns.Topic("later").arn
    return arn.apply(lambda text: kind(len(text)))


@pytest.mark.parametrize(
    ("resource", "unknown", "policies"),
    [
        (lambda: target(low=_unknown()), "minCapacity", {("capacity-floor", "web")}),
        (
            lambda: target(high=_unknown()),
            "maxCapacity",
            {(name, "web") for name in CAPACITY},
        ),
        (
            lambda: target(namespace=_unknown(str)),
            "serviceNamespace",
            {(name, "web") for name in CAPACITY},
        ),
        (
            lambda: schedule(high=_unknown()),
            "scalableTargetAction.maxCapacity",
            {(name, "morning") for name in CAPACITY},
        ),
        (
            lambda: tracking(scale_out=_unknown()),
            "targetTrackingScalingPolicyConfiguration.scaleOutCooldown",
            {("cooldown-asymmetric", "cpu")},
        ),
        (
            lambda: group(slow_start=_unknown()),
            "slowStart",
            {("routing-lor-xor-slow-start", "http")},
        ),
    ],
)
def test_unknown_values_are_violations(
    resource: Any, unknown: str, policies: set[tuple[str, str]]
) -> None:
    """At preview an unknown value fires each policy that needs it, and the message names it."""
    found = judged(resource, rules=JUDGING)

    assert fired(found) == policies
    assert all(f"{unknown} is not known before the update" in f.message for f in found)


def _level(policy: Policy, program: Program) -> list[int]:
    """The levels that the SDK's own server reports for the first resource of *program*."""
    servicer = _PolicyAnalyzerServicer("pack", "1", [policy], EnforcementLevel.MANDATORY)
    resource = program.one(SCALABLE_TARGET)
    properties = struct_pb2.Struct()
    properties.update(resource.inputs)
    response = servicer.Analyze(  # type: ignore[no-untyped-call]  # the SDK gives it no types
        analyzer_pb2.AnalyzeRequest(
            type=resource.type, urn=resource.urn, name=resource.name, properties=properties
        ),
        None,
    )
    return [diagnostic.enforcementLevel for diagnostic in response.diagnostics]


def test_the_sdk_would_let_an_unknown_value_pass() -> None:
    """An unknown value turns a plain mandatory policy advisory; ours stays mandatory."""

    def plain(resource: ResourceValidationArgs, report: Any) -> None:
        if resource.props["maxCapacity"] > 4:
            report("too many")

    naive = ResourceValidationPolicy("plain", "At most four tasks.", plain)
    program = register(lambda: target(high=_unknown()), preview=True, config=STAGE)

    assert _level(naive, program) == [analyzer_pb2.ADVISORY]
    for rule in DATABASE:
        assert _level(rule.policy(), program) == [analyzer_pb2.MANDATORY]


def _fails(judge_of: type[Rule], judge: Any) -> Rule:
    return judge_of(
        name="broken",
        description="Breaks.",
        protects_from="Nothing.",
        source="None.",
        types={SCALABLE_TARGET},
        judge=judge,
        severity=Severity.LOW,
        remediation="None.",
    )  # type: ignore[call-arg]  # both kinds take a judge


def test_an_exception_inside_a_policy_is_a_violation() -> None:
    """A policy that raises reports itself, after what it had found."""

    def judge(resource: Resource) -> Iterator[str]:
        yield "4 > 3"
        raise ZeroDivisionError(f"division by {resource.props['minCapacity']:g}")

    program = register(target, preview=True, config=STAGE)

    first, second = findings(program, [_fails(ResourceRule, judge)])
    assert first == Finding("broken", "web", "web: 4 > 3")
    assert second.message.startswith(
        "web could not be verified: the policy failed with ZeroDivisionError: division by 2."
    )


def test_a_doubt_about_one_resource_leaves_the_others_judged() -> None:
    """A policy about the plan guards each resource alone: one that raises hides no other."""

    def judge(resource: Resource, plan: Plan) -> Iterator[str]:
        if resource.props["maxCapacity"] > 8:
            raise KeyError("one")
        yield f"one of {len(plan.of_type({SCALABLE_TARGET}))}"

    def program() -> None:
        target(high=9)
        target(high=8, name="other")

    found = findings(register(program, preview=True, config=STAGE), [_fails(PlanRule, judge)])

    assert fired(found) == {("broken", "web"), ("broken", "other")}
    other, web = found  # by name
    assert other.message == "other: one of 2"
    assert web.message.startswith("web could not be verified: the policy failed with KeyError")


def test_a_value_of_the_wrong_kind_is_a_violation() -> None:
    """A bound that is no number is not passed over."""
    found = judged(lambda: target(high="eight"), rules=DATABASE)  # type: ignore[arg-type]

    assert fired(found) == {(name, "web") for name in CAPACITY}
    assert all("ValueError" in finding.message for finding in found)


def test_our_own_resource_without_facts_is_a_violation() -> None:
    """A target under one of our components, without a stage: refused, saying what is missing."""
    found = judged(lambda: target(parent=Scaling()), config={}, rules=DATABASE)

    assert fired(found) == {(name, "web") for name in CAPACITY}
    assert all("no evenkeel: setting has reached the policy pack" in f.message for f in found)


def test_a_foreign_program_without_facts_is_not_judged() -> None:
    """Without facts and no part of Evenkeel: not applicable, and the policy says why."""
    program = register(target, preview=True, stage="dev", config={"other:size": "3"})

    assert findings(program) == []
    reason = (
        "web is no part of an Evenkeel service, and no evenkeel: setting says what it has to hold"
    )
    assert reasons(program, DATABASE) == dict.fromkeys(CAPACITY, reason)


def test_an_unreadable_stage_is_a_violation() -> None:
    """A stage with a mistake verifies nothing: each policy that needs it says so, and why."""
    found = judged(target, config=stage(capacity={"mx": 8}), rules=DATABASE)

    assert fired(found) == {(name, "web") for name in CAPACITY}
    assert all("its stage cannot be read. Pulumi.production.yaml" in f.message for f in found)
    assert all("evenkeel:capacity.mx" in f.message for f in found)


def test_facts_are_read_at_each_judgement() -> None:
    """The stage is read when a policy runs, not when the pack is imported."""
    program = register(target, preview=True, stage="production", config=STAGE)

    assert findings(program, DATABASE) == []
    configure("production", stage(database={"maxConnections": 90}))
    assert fired(findings(program, DATABASE)) == {
        ("capacity-db-steady", "web"),
        ("capacity-db-surge", "web"),
    }
