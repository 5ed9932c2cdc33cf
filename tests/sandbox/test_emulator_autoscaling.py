"""Application Auto Scaling in the emulator: targets, policies, alarms, schedules."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.emulated_service import CLUSTER, IMAGES, NAME, Service
from tests.support.emulator import Account, Emulator, refused, running

pytestmark = pytest.mark.sandbox
RESOURCE = f"service/{CLUSTER}/{NAME}"
TARGET = {
    "ServiceNamespace": "ecs",
    "ResourceId": RESOURCE,
    "ScalableDimension": "ecs:service:DesiredCount",
}
CPU = {
    "TargetValue": 60.0,
    "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
    "ScaleInCooldown": 300,
    "ScaleOutCooldown": 60,
}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(tmp_path_factory.mktemp("emulator"), IMAGES) as emulator:
        yield emulator


@pytest.fixture
def service(emulator: Emulator) -> Service:
    return Service(Account(emulator.url))


@pytest.fixture
def scaling(service: Service) -> Any:
    client = service.account.application_autoscaling
    client.register_scalable_target(**TARGET, MinCapacity=2, MaxCapacity=8)
    return client


def target(client: Any) -> dict[str, Any]:
    """The one scalable target."""
    found = client.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    assert len(found) == 1
    return dict(found[0])


def track(client: Any, name: str = "cpu", **configuration: Any) -> dict[str, Any]:
    """Put a target tracking policy."""
    return dict(
        client.put_scaling_policy(
            **TARGET,
            PolicyName=name,
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=CPU | configuration,
        )
    )


def test_registering_clamps_the_desired_count_at_once(service: Service) -> None:
    """Bounds of 3 to 6 lift a service of 2 to 3; a maximum of 1 lowers it (aws-facts, traps 21)."""
    client = service.account.application_autoscaling
    client.register_scalable_target(**TARGET, MinCapacity=3, MaxCapacity=6)
    assert service.read()["desiredCount"] == 3
    client.register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=1)
    assert service.read()["desiredCount"] == 1
    activities = client.describe_scaling_activities(ServiceNamespace="ecs")["ScalingActivities"]
    descriptions = [a["Description"] for a in activities]
    assert descriptions == ["Setting desired count to 1.", "Setting desired count to 3."]


def test_partial_update_keeps_the_rest(scaling: Any) -> None:
    """Fields that are left out keep their values; the suspended state is three switches."""
    scaling.register_scalable_target(**TARGET, MaxCapacity=10)
    suspended = {"DynamicScalingInSuspended": True}
    scaling.register_scalable_target(**TARGET, SuspendedState=suspended)
    found = target(scaling)
    assert (found["MinCapacity"], found["MaxCapacity"]) == (2, 10)
    assert found["SuspendedState"] == {
        "DynamicScalingInSuspended": True,
        "DynamicScalingOutSuspended": False,
        "ScheduledScalingSuspended": False,
    }


def test_given_role_is_ignored_for_ecs(service: Service) -> None:
    """AWS puts its service-linked role in the place of any RoleARN."""
    client = service.account.application_autoscaling
    role = f"arn:aws:iam::{service.account.name}:role/mine"
    client.register_scalable_target(**TARGET, MinCapacity=2, MaxCapacity=4, RoleARN=role)
    assert "AWSServiceRoleForApplicationAutoScaling_ECSService" in target(client)["RoleARN"]


def test_target_is_refused_when_it_cannot_be(service: Service) -> None:
    """Bounds the wrong way round, bounds left out, and a service that is not there."""
    client = service.account.application_autoscaling
    register = client.register_scalable_target
    assert refused(register, **TARGET, MinCapacity=5, MaxCapacity=4)[0] == "ValidationException"
    assert refused(register, **TARGET, MinCapacity=5)[0] == "ValidationException"
    other = TARGET | {"ResourceId": f"service/{CLUSTER}/other"}
    code, message = refused(register, **other, MinCapacity=1, MaxCapacity=2)
    assert (code, "ECS service doesn't exist" in message) == ("ValidationException", True)
    code, message = refused(client.deregister_scalable_target, **TARGET)
    assert code == "ObjectNotFoundException"
    assert message.startswith("No scalable target registered for service namespace: ecs")


def test_target_tracking_manages_two_alarms(service: Service, scaling: Any) -> None:
    """AlarmHigh above the target for 3 minutes, AlarmLow below 0.9 of it for 15."""
    alarms = track(scaling)["Alarms"]
    found = {
        a["AlarmName"]: a for a in service.account.cloudwatch.describe_alarms()["MetricAlarms"]
    }
    assert sorted(found) == sorted(a["AlarmName"] for a in alarms)
    high = next(a for name, a in found.items() if f"TargetTracking-{RESOURCE}-AlarmHigh-" in name)
    low = next(a for name, a in found.items() if f"TargetTracking-{RESOURCE}-AlarmLow-" in name)
    assert (high["ComparisonOperator"], high["Threshold"]) == ("GreaterThanThreshold", 60.0)
    assert (low["ComparisonOperator"], low["Threshold"]) == ("LessThanThreshold", 54.0)
    assert [(a["EvaluationPeriods"], a["Period"]) for a in (high, low)] == [(3, 60), (15, 60)]
    assert high["MetricName"] == "CPUUtilization"
    assert high["Dimensions"] == [
        {"Name": "ClusterName", "Value": CLUSTER},
        {"Name": "ServiceName", "Value": NAME},
    ]


def test_alarms_follow_their_policy(service: Service, scaling: Any) -> None:
    """A changed target changes the alarms in place; without scale-in there is no AlarmLow."""
    before = {a["AlarmName"] for a in track(scaling)["Alarms"]}
    alarms = track(scaling, TargetValue=80.0)["Alarms"]
    assert {a["AlarmName"] for a in alarms} == before
    describe = service.account.cloudwatch.describe_alarms
    assert {a["Threshold"] for a in describe()["MetricAlarms"]} == {80.0, 72.0}
    alarms = track(scaling, DisableScaleIn=True)["Alarms"]
    assert ["AlarmHigh" in a["AlarmName"] for a in alarms] == [True]
    scaling.deregister_scalable_target(**TARGET)
    assert describe()["MetricAlarms"] == []
    assert scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"] == []


def schedule(client: Any, **parameters: Any) -> None:
    """Put a scheduled action."""
    given = {
        "ScheduledActionName": "morning",
        "Schedule": "cron(0 8 ? * MON-FRI *)",
        "Timezone": "Europe/Berlin",
        "ScalableTargetAction": {"MinCapacity": 4, "MaxCapacity": 8},
    }
    client.put_scheduled_action(**TARGET, **(given | parameters))


def test_scheduled_action_is_kept(scaling: Any) -> None:
    """Cron, time zone and bounds are read back; a second put changes what is given."""
    schedule(scaling)
    schedule(scaling, Schedule="at(2030-01-01T00:00:00)")
    found = scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]
    assert [a["Schedule"] for a in found] == ["at(2030-01-01T00:00:00)"]
    assert found[0]["Timezone"] == "Europe/Berlin"
    assert found[0]["ScalableTargetAction"] == {"MinCapacity": 4, "MaxCapacity": 8}
    scaling.delete_scheduled_action(**TARGET, ScheduledActionName="morning")
    again = refused(scaling.delete_scheduled_action, **TARGET, ScheduledActionName="morning")
    assert again[0] == "ObjectNotFoundException"


@pytest.mark.parametrize(
    "wrong",
    [
        {"Schedule": "cron(0 8 * * MON-FRI *)"},
        {"Schedule": "cron(0 8 ? *)"},
        {"Schedule": "every day"},
        {"Schedule": "at(2030-13-01T00:00:00)"},
        {"Timezone": "Mars/Olympus"},
        {"ScalableTargetAction": {"MinCapacity": 9, "MaxCapacity": 8}},
        {"ScalableTargetAction": {}},
    ],
)
def test_scheduled_action_is_refused(scaling: Any, wrong: dict[str, Any]) -> None:
    """A cron without its `?`, an unknown zone, a date or bounds that cannot be."""
    assert refused(schedule, client=scaling, **wrong)[0] == "ValidationException"


def test_describe_calls_page(scaling: Any) -> None:
    """MaxResults and NextToken walk all of it once."""
    for number in range(5):
        schedule(scaling, ScheduledActionName=f"action-{number}")
    pages = scaling.get_paginator("describe_scheduled_actions").paginate(
        ServiceNamespace="ecs", PaginationConfig={"PageSize": 2}
    )
    names = [a["ScheduledActionName"] for page in pages for a in page["ScheduledActions"]]
    assert names == [f"action-{number}" for number in range(5)]
