"""Stages that use what the shipped ones do not, the practice articles' own among them."""

from typing import Any

import pytest

from infra.settings import Settings
from infra.stack import build
from tests.support.program import Program, register
from tests.support.stages import FIXTURES, changed, fixture, shipped
from tests.unit.test_stack import NOON, TARGET, built

POLICY = "aws:appautoscaling/policy:Policy"
RUN = "pulumi-python:dynamic/evenkeel:MigrationRun"
ROLLOUT = "pulumi-python:dynamic/evenkeel:Rollout"
ARTICLES = sorted(path.name.removeprefix("Pulumi.")[:-5] for path in FIXTURES.glob("*.yaml"))
STAGING = shipped("staging")


def policies(settings: Settings) -> set[str]:
    root = f"evenkeel-{settings.stage}-"
    return {policy.name.removeprefix(root) for policy in built(settings).of_type(POLICY)}


@pytest.mark.parametrize("article", ARTICLES)
def test_articles_stages_build(article: str) -> None:
    """Each article's numbers become a target and its policies (S0-06, S2-04, S4-04)."""
    settings = fixture(article)
    program = built(settings)
    inputs = program.one(TARGET).inputs
    assert inputs["resourceId"] == f"service/evenkeel-{article}/evenkeel-{article}"
    assert inputs["maxCapacity"] == settings.capacity.max
    metrics = [target.metric for target in settings.scaling.targets]
    assert len(program.of_type(POLICY)) == len(metrics) + len(settings.scaling.steps)


def test_all_policy_types_stand_side_by_side() -> None:
    """Tracking, steps and a forecast on the same metric have names of their own (S4-01)."""
    forecast = {"metric": "cpu", "target": 60, "mode": "forecastOnly"}
    settings = changed(fixture("horizontal"), {"scaling.predictive": forecast})
    assert policies(settings) == {"cpu", "memory", "requests", "cpu-steps", "predictive"}


def test_given_network_is_used_as_it_is() -> None:
    """In a given VPC the balancer takes the public subnets and tasks the private ones."""
    given: dict[str, Any] = {
        "vpcId": "vpc-1",
        "publicSubnetIds": ["subnet-1", "subnet-2"],
        "privateSubnetIds": ["subnet-3", "subnet-4"],
    }
    program = built(changed(STAGING, {"network": given}))
    assert program.of_type("aws:ec2/vpc:Vpc") == []
    balancer = program.one("aws:lb/loadBalancer:LoadBalancer").inputs
    assert balancer["subnets"] == ["subnet-1", "subnet-2"]
    service = program.one("aws:ecs/service:Service").inputs
    assert service["networkConfiguration"]["subnets"] == ["subnet-3", "subnet-4"]
    assert program.one(RUN).inputs["subnetIds"] == ["subnet-3", "subnet-4"]


def test_stage_without_websockets_has_none_of_their_parts() -> None:
    """Without websockets no rule, group, allowance or log filter speaks of them (S0-18)."""
    program = built(changed(STAGING, {"routing.websocket": None}))
    (group,) = program.of_type("aws:lb/targetGroup:TargetGroup")
    assert group.name == "staging-http"
    for resource in program.registered:
        assert "/socket.io" not in repr(dict(resource.inputs)), resource.name


def with_config(**aws: Any) -> Program:
    config = {f"aws:{key}": value for key, value in aws.items()}
    return register(lambda: build(STAGING, NOON), stage="staging", config=config)


def test_runs_use_the_providers_credentials() -> None:
    """What calls AWS beside the provider takes its profile and its last role."""
    roles = [{"roleArn": "arn:aws:iam::1:role/a"}, {"roleArn": "arn:aws:iam::1:role/b"}]
    program = with_config(profile="team", assumeRoles=roles)
    for token in (RUN, ROLLOUT):
        inputs = program.one(token).inputs
        assert (inputs["profile"], inputs["roleArn"]) == ("team", "arn:aws:iam::1:role/b")


def test_without_configuration_the_environment_decides() -> None:
    """No profile and no role leave the credentials to the environment."""
    inputs = with_config().one(ROLLOUT).inputs
    assert (inputs["profile"], inputs["roleArn"]) == ("", "")
