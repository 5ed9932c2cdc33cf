"""Application Auto Scaling in the emulator: the rules of its three kinds of policy."""

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
REQUESTS = "ALBRequestCountPerTarget"


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


def label(service: Service, group: str) -> str:
    """The resource label of a target group of the service."""
    balancer = service.balancer.arn.rpartition(":loadbalancer/")[2]
    return f"{balancer}/{group.rpartition(':')[2]}"


def test_request_count_needs_the_service_s_own_target_group(service: Service, scaling: Any) -> None:
    """ResourceLabel is required for requests per target, only for it, and must be attached."""
    metric: dict[str, Any] = {"PredefinedMetricType": REQUESTS}
    assert refused(track, client=scaling, PredefinedMetricSpecification=metric)
    metric["ResourceLabel"] = label(service, service.balancer.groups[0])
    track(scaling, "requests", PredefinedMetricSpecification=metric)
    other = service.account.elbv2.create_target_group(
        Name="other", Protocol="HTTP", Port=80, VpcId=service.network.vpc, TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    metric["ResourceLabel"] = label(service, other)
    code, message = refused(track, client=scaling, PredefinedMetricSpecification=metric)
    assert (code, "is not attached to" in message) == ("ValidationException", True)
    cpu = {**CPU["PredefinedMetricSpecification"], "ResourceLabel": "x"}  # type: ignore[dict-item]
    assert refused(track, client=scaling, PredefinedMetricSpecification=cpu)


def test_one_policy_a_metric(scaling: Any) -> None:
    """A second target tracking policy on the same metric is refused."""
    track(scaling)
    code, message = refused(track, client=scaling, name="second")
    assert code == "ValidationException"
    assert "Only one TargetTrackingScaling policy" in message


STEP = {"AdjustmentType": "ChangeInCapacity", "Cooldown": 60}
ONE: dict[str, Any] = {"ScalingAdjustment": 1}


@pytest.mark.parametrize(
    ("steps", "fits"),
    [
        ([ONE | {"MetricIntervalLowerBound": 0.0}], True),
        (
            [
                ONE | {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 15.0},
                ONE | {"MetricIntervalLowerBound": 15.0},
            ],
            True,
        ),
        ([ONE | {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 15.0}], False),
        (
            [
                ONE | {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 10.0},
                ONE | {"MetricIntervalLowerBound": 15.0},
            ],
            False,
        ),
        (
            [
                ONE | {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 20.0},
                ONE | {"MetricIntervalLowerBound": 15.0},
            ],
            False,
        ),
        ([ONE | {"MetricIntervalLowerBound": -5.0}], False),
    ],
)
def test_steps_have_no_gap_and_no_overlap(scaling: Any, steps: Any, fits: bool) -> None:
    """Step bounds join up and end open, as StepAdjustment demands."""
    parameters = {
        **TARGET,
        "PolicyName": "steps",
        "PolicyType": "StepScaling",
        "StepScalingPolicyConfiguration": STEP | {"StepAdjustments": steps},
    }
    if fits:
        scaling.put_scaling_policy(**parameters)
        found = scaling.describe_scaling_policies(ServiceNamespace="ecs", PolicyNames=["steps"])
        kept = found["ScalingPolicies"][0]["StepScalingPolicyConfiguration"]
        assert kept == STEP | {"StepAdjustments": steps}
    else:
        assert refused(scaling.put_scaling_policy, **parameters)[0] == "ValidationException"


def test_an_exact_capacity_is_not_negative(scaling: Any) -> None:
    """StepAdjustment: "For exact capacity, you must specify a non-negative value"; 0 is one."""
    for count, fits in ((0, True), (-1, False)):
        step = {"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": count}
        parameters = {
            **TARGET,
            "PolicyName": "exact",
            "PolicyType": "StepScaling",
            "StepScalingPolicyConfiguration": {
                "AdjustmentType": "ExactCapacity",
                "StepAdjustments": [step],
            },
        }
        if fits:
            scaling.put_scaling_policy(**parameters)
        else:
            assert refused(scaling.put_scaling_policy, **parameters)[0] == "ValidationException"


@pytest.mark.parametrize(
    "wrong",
    [
        {"MaxCapacityBreachBehavior": "IncreaseMaxCapacity"},
        {"MaxCapacityBuffer": 10},
        {"SchedulingBufferTime": 3600},
    ],
)
def test_predictive_policy_is_kept_or_refused(scaling: Any, wrong: dict[str, Any]) -> None:
    """PredictiveScaling on CPU is kept whole; a buffer without its behaviour is refused."""
    pair = {"PredefinedMetricType": "ECSServiceCPUUtilization"}
    good: dict[str, Any] = {
        "MetricSpecifications": [{"TargetValue": 60.0, "PredefinedMetricPairSpecification": pair}],
        "Mode": "ForecastOnly",
        "MaxCapacityBreachBehavior": "HonorMaxCapacity",
    }
    name = {"PolicyName": "forecast", "PolicyType": "PredictiveScaling"}
    put = scaling.put_scaling_policy
    put(**TARGET, **name, PredictiveScalingPolicyConfiguration=good)
    found = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    assert found[0]["PredictiveScalingPolicyConfiguration"] == good
    configuration = {"PredictiveScalingPolicyConfiguration": good | wrong}
    assert refused(put, **TARGET, **name, **configuration)[0] == "ValidationException"
