"""The recorder hands a program over as the engine would."""

from typing import Any

import pulumi
import pulumi.dynamic
import pulumi_aws as aws
import pytest
from pulumi_policy.proxy import UnknownValueError

from tests.support.program import UNKNOWN, Program, register

GROUP = "aws:lb/targetGroup:TargetGroup"
TARGET = "aws:appautoscaling/target:Target"


class _NeverRuns(pulumi.dynamic.ResourceProvider):
    def create(self, props: dict[str, Any]) -> pulumi.dynamic.CreateResult:
        raise AssertionError(f"the code of a dynamic resource ran with {props}")


class _Rollout(pulumi.dynamic.Resource, module="evenkeel", name="Rollout"):
    def __init__(self, name: str, props: dict[str, Any]) -> None:
        super().__init__(_NeverRuns(), name, props)


class _Scaling(pulumi.ComponentResource):
    def __init__(self, name: str) -> None:
        super().__init__("evenkeel:infra:Scaling", name)
        target = aws.appautoscaling.Target(
            name,
            resource_id="service/web/web",
            scalable_dimension="ecs:service:DesiredCount",
            service_namespace="ecs",
            min_capacity=2,
            max_capacity=pulumi.Config("evenkeel").require_object("capacity")["max"],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"target": target.arn})


def _program() -> dict[str, pulumi.Input[Any]]:
    scaling = _Scaling("web")
    group = aws.lb.TargetGroup(
        "http",
        port=80,
        vpc_id="vpc-1",
        opts=pulumi.ResourceOptions(
            depends_on=[scaling], ignore_changes=["port"], protect=True, retain_on_delete=True
        ),
    )
    _Rollout("rollout", {"group": group.arn})
    return {
        "account": aws.get_caller_identity().account_id,
        "zones": aws.get_availability_zones(state="available").names,
        "stack": pulumi.get_stack(),
        "group": group.arn,
    }


def _recorded(*, preview: bool) -> Program:
    return register(
        _program, preview=preview, stage="production", config={"evenkeel:capacity": {"max": 8}}
    )


def test_inputs_and_stage_configuration_arrive_in_wire_names() -> None:
    """A resource's inputs are in wire names, and `pulumi.Config` answers from the given stage."""
    target = _recorded(preview=True).one(TARGET)

    assert target.inputs["minCapacity"] == 2
    assert target.inputs["maxCapacity"] == 8
    assert isinstance(target.inputs["maxCapacity"], float), "the engine sends floats"


def test_urns_hold_every_parent_type() -> None:
    """A child's urn names its component's type, as the engine writes it."""
    target = _recorded(preview=True).one(TARGET)

    assert target.urn == (
        "urn:pulumi:production::evenkeel::evenkeel:infra:Scaling$aws:appautoscaling/target:Target"
        "::web"
    )
    assert target.parent.endswith("::evenkeel:infra:Scaling::web")


def test_options_are_kept() -> None:
    """Dependencies, ignored changes, protection and retention are recorded."""
    recorded = _recorded(preview=True)
    group = recorded.one(GROUP, "http")

    assert group.depends_on == (recorded.one(TARGET).urn,), "a component stands for its children"
    assert group.ignore_changes == ("port",)
    assert group.protect
    assert group.retain_on_delete
    component = recorded.one("evenkeel:infra:Scaling")
    assert component.custom is False
    assert component.outputs == {"target": UNKNOWN}


def test_a_preview_does_not_know_what_aws_computes() -> None:
    """At preview an ARN is unknown and a policy that reads it raises; at update it is known."""
    preview, update = _recorded(preview=True), _recorded(preview=False)
    guarded = next(r for r in preview.resources if r.resource_type == GROUP)

    assert preview.outputs["group"] == UNKNOWN
    with pytest.raises(UnknownValueError):
        guarded.props.get("arn")
    assert update.outputs["group"].endswith(":targetgroup/http/50dc6c495c0c9188")


def test_lookups_are_answered() -> None:
    """Account and zones are known at preview; any other lookup fails the test that makes it."""
    outputs = _recorded(preview=True).outputs

    assert outputs["account"] == "123456789012"
    assert outputs["zones"] == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
    assert outputs["stack"] == "production"
    with pytest.raises(AssertionError, match="unexpected lookup: aws:index/getRegion"):
        register(lambda: aws.get_region())


@pytest.mark.parametrize("preview", [False, True])
def test_dynamic_resources_register_without_running(preview: bool) -> None:
    """A dynamic resource is recorded under its own token, with its sources, and its code rests."""
    recorded = _recorded(preview=preview)
    rollout = recorded.one("pulumi-python:dynamic/evenkeel:Rollout")
    policy_view = next(r for r in recorded.resources if r.urn == rollout.urn)

    assert set(rollout.inputs) == {"group"}
    assert rollout.property_dependencies["group"] == (recorded.one(GROUP).urn,)
    assert [r.name for r in policy_view.property_dependencies["group"]] == ["http"]


def test_an_error_in_the_program_reaches_the_test() -> None:
    """An exception of the program is raised as it is, and the next program is not affected."""

    def broken() -> None:
        aws.lb.TargetGroup("half", port=80, vpc_id="vpc-1")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        register(broken)
    assert register(lambda: None).registered == []
