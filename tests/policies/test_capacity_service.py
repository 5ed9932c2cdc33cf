"""Where the tasks of a service are: on demand, in two zones, and never above the maximum."""

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from infra.settings import Settings
from policies import facts
from tests.policies.capacity_programs import judged, messages, service, unknown
from tests.policies.judging import stage
from tests.support.stages import shipped

DEMAND, ZONES = "capacity-on-demand", "capacity-two-zones"
HONORS = "capacity-predictive-honors-max"
SPOT = [{"capacity_provider": "FARGATE_SPOT", "weight": 3, "base": 1}]
FOREIGN: dict[str, Any] = {}


def test_production_is_on_demand() -> None:
    """S3-04: FARGATE_SPOT in production is refused, with any weight; staging may have it."""
    spot = lambda: service(strategies=SPOT)  # noqa: E731
    both = lambda: service(  # noqa: E731
        strategies=[
            {"capacity_provider": "FARGATE", "base": 2},
            {"capacity_provider": "FARGATE_SPOT"},
        ]
    )

    assert messages(DEMAND, judged(spot)) == [
        "web: capacityProviderStrategies has FARGATE_SPOT with weight 3 and base 1: AWS takes such "
        "a task away at two minutes' notice. In tier production capacity provider FARGATE passes."
    ]
    assert "with weight 0 and base 0" in messages(DEMAND, judged(both))[0]
    assert judged(service) == []
    assert judged(spot, config=stage(tier="staging"), name="staging") == []
    assert judged(spot, config=FOREIGN) == []


def test_the_clusters_default_is_no_answer() -> None:
    """S3-04: without strategies the cluster's default decides, unless a launch type does."""
    silent = judged(lambda: service(strategies=()))

    assert messages(DEMAND, silent) == [
        "web: neither capacityProviderStrategies nor launchType is given, so the cluster's default "
        "decides, Spot or not. Capacity provider FARGATE passes in tier production."
    ]
    assert judged(lambda: service(strategies=(), launch_type="FARGATE")) == []


@pytest.mark.parametrize(("quota", "advice"), [(9, "onDemand passes"), (8, "onDemand with a")])
def test_the_purchase_that_passes_is_named(quota: int, advice: str) -> None:
    """S3-04: on demand the migration counts as well, so the quota may have to grow with it."""
    config = stage(
        capacity={"purchase": "spot", "fargateVcpuQuota": quota},
        migrations={"command": ["migrate"]},
    )
    found = judged(lambda: service(strategies=SPOT), config=config)

    assert f"In tier production a purchase of {advice}" in messages(DEMAND, found)[0]
    assert ("a fargateVcpuQuota of 9 passes." in found[0].message) is (quota == 8)


def _session_aware() -> Settings:
    staging = shipped("staging")
    scaling = staging.scaling.model_copy(update={"scale_in": "sessionAware"})
    return staging.model_copy(update={"scaling": scaling})


def test_sessions_are_on_demand_in_every_tier(monkeypatch: pytest.MonkeyPatch) -> None:
    """S1-01: where sessions decide which task may leave, AWS must not take one away."""
    monkeypatch.setattr(facts, "stage", _session_aware)
    found = judged(lambda: service(strategies=SPOT), config=stage(tier="staging"), name="staging")

    assert "In scaleIn sessionAware a purchase of onDemand passes." in messages(DEMAND, found)[0]


def _subnets(*zones: pulumi.Input[str]) -> Callable[[], object]:
    def program() -> None:
        subnets = [
            aws.ec2.Subnet(f"private-{i}", vpc_id="vpc-1", availability_zone=zone)
            for i, zone in enumerate(zones)
        ]
        service(subnets=[subnet.id for subnet in subnets])

    return program


def test_a_service_spans_two_zones() -> None:
    """S3-13: subnets of one zone are refused, however many; two zones pass."""
    found = judged(_subnets("eu-west-1a", "eu-west-1a"), config=FOREIGN)

    assert messages(ZONES, found) == [
        "web: its 2 subnets are all in eu-west-1a: 1 zone < 2. Subnets with two different values "
        "of availabilityZone pass."
    ]
    assert judged(_subnets("eu-west-1a", "eu-west-1b"), config=FOREIGN) == []
    assert judged(_subnets("a", "a", "b"), config=FOREIGN, preview=False) == []


def test_given_subnets_are_two() -> None:
    """S3-13: of ids alone nothing but their number is known."""
    one = judged(lambda: service(subnets=["subnet-0a", "subnet-0a"]), config=FOREIGN)
    none = judged(lambda: service(subnets=[]), config=FOREIGN)

    assert messages(ZONES, one) == [
        "web: its subnets are subnet-0a: 1 subnet < 2, and one subnet is in one zone. Two subnets "
        "of different zones pass."
    ]
    assert "its subnets are none: 0 subnet < 2" in messages(ZONES, none)[0]
    assert judged(service, config=FOREIGN) == []
    assert judged(lambda: service(network_configuration=None), config=FOREIGN) == []


def test_an_unknown_zone_is_a_violation() -> None:
    """S3-13: a zone that no preview knows cannot be compared."""
    found = judged(lambda: _subnets("eu-west-1a", unknown())(), config=FOREIGN)

    assert "availabilityZone is not known before the update" in messages(ZONES, found)[0]


def _forecast(
    behavior: Any = None, buffer: int | None = None, namespace: str = "ecs"
) -> Callable[[], object]:
    configuration: Any = {
        "max_capacity_breach_behavior": behavior,
        "max_capacity_buffer": buffer,
        "metric_specifications": [{"target_value": "60"}],
    }
    return lambda: aws.appautoscaling.Policy(
        "ahead",
        policy_type="PredictiveScaling",
        resource_id="service/web/web",
        scalable_dimension="ecs:service:DesiredCount",
        service_namespace=namespace,
        predictive_scaling_policy_configuration=configuration,
    )


def test_a_forecast_honors_the_maximum() -> None:
    """S4-01, S0-11: IncreaseMaxCapacity is refused; HonorMaxCapacity is AWS's default."""
    buffered = judged(_forecast("IncreaseMaxCapacity", 10), config=FOREIGN)
    plain = judged(_forecast("IncreaseMaxCapacity"), config=FOREIGN)

    assert messages(HONORS, buffered) == [
        "ahead: maxCapacityBreachBehavior IncreaseMaxCapacity lets a forecast raise maxCapacity to "
        "10 % above the forecast (maxCapacityBuffer), past what database and quota hold. A "
        "maxCapacityBreachBehavior of HonorMaxCapacity, without maxCapacityBuffer, passes."
    ]
    assert "raise maxCapacity, past what" in messages(HONORS, plain)[0]
    assert judged(_forecast("HonorMaxCapacity"), config=FOREIGN) == []
    assert judged(_forecast(), config=FOREIGN) == []
    assert judged(_forecast("IncreaseMaxCapacity", namespace="ec2"), config=FOREIGN) == []


def test_an_unknown_behavior_is_a_violation() -> None:
    """S4-01: what no preview knows may be IncreaseMaxCapacity."""
    found = judged(lambda: _forecast(unknown())(), config=FOREIGN)

    assert "maxCapacityBreachBehavior is not known" in messages(HONORS, found)[0]
