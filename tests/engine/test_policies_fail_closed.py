"""What the pack cannot verify is refused on the real engine, and stops an update without a preview.

Refusals of a preview say nothing about AWS, so no emulator stands behind them.
"""

from pathlib import Path
from typing import Any

import pytest

from sandbox.paths import POLICIES, PROJECT
from tests.support.engine import NOTHING, MakeWorkspace
from tests.support.outcome import Outcome
from tests.support.stages import changed, config_of, shipped
from tests.support.workspace import Workspace

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

PRODUCTION = "evenkeel-production"
# What a bound is made from: known, or an output that only the update will know.
TARGET = """
import pulumi
import pulumi_aws as aws

class Scaling(pulumi.ComponentResource):
    def __init__(self):
        super().__init__("evenkeel:infra:Scaling", "web")

aws.appautoscaling.Target(
    "web",
    resource_id="service/web/web",
    scalable_dimension="ecs:service:DesiredCount",
    service_namespace="ecs",
    min_capacity=2,
    max_capacity=MAX,
    opts=pulumi.ResourceOptions(parent=PARENT),
)
"""
OUTPUT = 'aws.sns.Topic("later").arn.apply(len)'
NAIVE = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def few(args, report):
    if args.resource_type == "aws:appautoscaling/target:Target" and args.props["maxCapacity"] > 4:
        report("too many tasks")

PolicyPack(
    "naive",
    [ResourceValidationPolicy("few-tasks", "At most four tasks.", few)],
    enforcement_level=EnforcementLevel.MANDATORY,
)
"""


def target(most: str, parent: str = "None") -> str:
    """A program with one scalable target."""
    return TARGET.replace("MAX", most).replace("PARENT", parent)


def naive(folder: Path) -> Path:
    """A pack of one policy, written as the SDK's own examples are."""
    pack = folder / "naive"
    pack.mkdir()
    runtime = f"runtime: {{name: python, options: {{virtualenv: {PROJECT / '.venv'}}}}}\n"
    (pack / "PulumiPolicy.yaml").write_text(runtime)
    (pack / "__main__.py").write_text(NAIVE)
    return pack


def refused(outcome: Outcome) -> dict[str, str]:
    """Identifier → message of each mandatory violation of a preview that was refused."""
    assert outcome.status != 0
    assert "Traceback" not in outcome.text
    return {v.policy: v.message for v in outcome.violations() if v.level == "mandatory"}


def test_an_unknown_value_is_refused(workspace: MakeWorkspace, tmp_path: Path) -> None:
    """S0-13: a max that follows from an output passes a plain mandatory policy, and not ours."""
    program = target(OUTPUT)
    plain = workspace(program=program, provider=NOTHING, packs=(naive(tmp_path),)).preview()
    assert plain.status == 0
    assert [(v.policy, v.level) for v in plain.violations()] == [("few-tasks", "advisory")]

    ours = workspace("production", provider=NOTHING)
    ours.write(config_of(shipped("production")), program)
    messages = refused(ours.preview())
    assert messages.keys() >= {"capacity-range", "capacity-db-steady", "capacity-db-surge"}
    for policy in ("capacity-range", "capacity-db-steady", "capacity-db-surge"):
        assert "web could not be verified: maxCapacity is not known" in messages[policy]


def test_missing_facts_are_refused_for_our_own(workspace: MakeWorkspace) -> None:
    """A part of Evenkeel's on a stack without a stage file is refused, and told what is missing."""
    ours = workspace(program=target("8", "Scaling()"), provider=NOTHING, packs=(POLICIES,))
    messages = refused(ours.preview())
    assert "no evenkeel: setting has reached the policy pack" in messages["capacity-db-surge"]

    ours.write({"aws:region": "eu-west-1"}, target("8"))
    foreign = ours.preview()
    assert foreign.status == 0, foreign.text
    assert foreign.violations() == []


def test_an_unreadable_stage_is_refused(workspace: MakeWorkspace) -> None:
    """A stage with a mistake, beside a program that does not read it, verifies nothing."""
    stage: dict[str, Any] = {"aws:region": "eu-west-1", "evenkeel:capacity": {"mx": 8}}
    ours = workspace(program=target("8"), provider=NOTHING, packs=(POLICIES,))
    ours.write(stage, target("8"))
    messages = refused(ours.preview())
    assert "its stage cannot be read" in messages["capacity-db-surge"]
    assert "evenkeel:capacity.mx is an unknown key" in messages["capacity-db-surge"]


def test_a_policy_that_raises_is_refused(workspace: MakeWorkspace) -> None:
    """A bound of the wrong kind, in a program of others: a violation in words, no stack trace."""
    ours = workspace(program=target('"eight"'), provider=NOTHING, packs=(POLICIES,))
    messages = refused(ours.preview())
    assert "web could not be verified: the policy failed with" in messages["capacity-range"]


def test_a_loosened_tier_is_refused(workspace: MakeWorkspace) -> None:
    """A stack named production is of tier production, whatever its stage file says."""
    ours = workspace("production", provider=NOTHING)
    ours.edit("evenkeel:tier: production", "evenkeel:tier: staging")
    preview = ours.preview()
    assert preview.status != 0
    assert "Traceback" not in preview.text
    assert 'evenkeel:tier is "staging"' in preview.text


def in_force(stack: Workspace) -> tuple[set[int], set[int]]:
    """What AWS has: every maximum of the service's targets, every scale-in cooldown."""
    scaling = stack.aws("application-autoscaling")
    targets = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    policies = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    tracking = [each["TargetTrackingScalingPolicyConfiguration"] for each in policies]
    return {t["MaxCapacity"] for t in targets}, {t["ScaleInCooldown"] for t in tracking}


def test_an_up_without_a_preview_is_stopped_before_the_change(workspace: MakeWorkspace) -> None:
    """S0-13, S4-06: `up --skip-preview` beyond the database or with 60 s leaves AWS as it was."""
    stack = workspace("production")
    # Without schedules, so that the target has the stage's own bounds at any hour.
    once: dict[str, Any] = {"capacity.schedules": []}
    stack.write(config_of(changed(shipped("production"), once)))
    created = stack.up()
    assert created.status == 0, created.text
    before = in_force(stack)
    assert before == ({8}, {300})

    for edit, policies in (
        ({"capacity.max": 25}, {"capacity-db-steady", "capacity-db-surge"}),
        (
            {"scaling.targets[0].scaleInCooldown": 60},
            {"cooldown-asymmetric", "cooldown-production-scale-in"},
        ),
    ):
        stack.write(config_of(changed(shipped("production"), {**once, **edit})))
        assert refused(stack.up()).keys() >= policies
        assert in_force(stack) == before
