"""What AWS refuses in a service."""

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.ecs.capacity_providers import strategy_fault
from sandbox.provider.resource_type import rule
from sandbox.provider.values import Properties


@rule(
    "launchType", "capacityProviderStrategies",
    what="launch type or capacity provider strategy, not both; one base, some weight above 0",
    source="BC:ecs/CreateServiceRequest, CapacityProviderStrategyItem",
)  # fmt: skip
def _strategy(inputs: Properties) -> str | None:
    items = inputs.get("capacityProviderStrategies") or []
    if items and inputs.get("launchType"):
        return (
            "InvalidParameterException: Specifying both a launch type and capacity provider "
            "strategy is not supported. Remove one and try again."
        )
    return strategy_fault(items)


@rule(
    "deploymentMinimumHealthyPercent", "deploymentMaximumPercent",
    what="minimum healthy 0-100 %, maximum 100-200 %, never both 100",
    source="BC:ecs/DeploymentConfiguration; ECS23 deployment-type-ecs.md",
)  # fmt: skip
def _percents(inputs: Properties) -> str | None:
    low = inputs.get("deploymentMinimumHealthyPercent", 100)
    high = inputs.get("deploymentMaximumPercent", 200)
    if not 0 <= low <= 100:
        return (
            f"InvalidParameterException: minimumHealthyPercent must be between 0 and 100, not {low}"
        )
    if not 100 <= high <= 200:
        return f"InvalidParameterException: maximumPercent must be between 100 and 200, not {high}"
    if low == high == 100:
        return (
            "InvalidParameterException: minimumHealthyPercent and maximumPercent of 100 leave no "
            "task to start or stop in a deployment"
        )
    return None


@rule(
    "healthCheckGracePeriodSeconds", "loadBalancers",
    what="a grace period needs a load balancer",
    source="BC:ecs/CreateServiceRequest.healthCheckGracePeriodSeconds",
)  # fmt: skip
def _grace(inputs: Properties) -> str | None:
    if inputs.get("healthCheckGracePeriodSeconds") is not None and not inputs.get("loadBalancers"):
        return (
            "InvalidParameterException: Health check grace period is only valid for services "
            "configured to use load balancers"
        )
    return None


@rule("loadBalancers", what="at most 5 target groups", source="ECS23 service-load-balancing.md")
def _five_groups(inputs: Properties) -> str | None:
    count = len(inputs.get("loadBalancers") or [])
    if count > 5:
        return f"InvalidParameterException: load balancers can have at most 5 items, not {count}"
    return None


@rule(
    "networkConfiguration", "launchType", "capacityProviderStrategies",
    what="Fargate needs a network configuration; at most 16 subnets and 5 groups",
    source="BC:ecs/AwsVpcConfiguration",
)  # fmt: skip
def _network(inputs: Properties) -> str | None:
    strategy = inputs.get("capacityProviderStrategies") or []
    used = {inputs.get("launchType"), *(item.get("capacityProvider") for item in strategy)}
    network = inputs.get("networkConfiguration")
    if used & {"FARGATE", "FARGATE_SPOT"} and not network:
        return (
            "InvalidParameterException: Network Configuration must be provided when networkMode "
            "'awsvpc' is specified."
        )
    given = network or {}
    if len(given.get("subnets") or []) > 16 or len(given.get("securityGroups") or []) > 5:
        return (
            "InvalidParameterException: a network configuration has at most 16 subnets and 5 "
            "security groups"
        )
    return None


@rule(
    "availabilityZoneRebalancing", "deploymentMaximumPercent",
    what="zone rebalancing needs a maximum above 100 %",
    source="ECS developer guide, service rebalancing",
)  # fmt: skip
def _rebalancing(inputs: Properties) -> str | None:
    on = inputs.get("availabilityZoneRebalancing") == "ENABLED"
    if on and inputs.get("deploymentMaximumPercent", 200) <= 100:
        return (
            "InvalidParameterException: Availability Zone rebalancing needs a maximumPercent "
            "above 100"
        )
    return None


def refuses_change(old: Properties, new: Properties) -> str | None:
    # Source: aws-facts, hashicorp/terraform-provider-aws internal/service/ecs/service.go.
    if old.get("capacityProviderStrategies") == new.get("capacityProviderStrategies"):
        return None
    if new.get("forceNewDeployment"):
        return None
    return "force_new_deployment should be true when capacity_provider_strategy is being updated"


def refuse_unfit(aws: Aws, inputs: Properties) -> None:
    """What AWS refuses by looking at other resources."""
    asked = {"taskDefinition": inputs.get("taskDefinition")}
    answer = aws.found("ecs", "DescribeTaskDefinition", "ClientException", **asked)
    if answer is None:
        raise AwsError("ClientException", f"TaskDefinition not found: {inputs['taskDefinition']}")
    containers = {
        container["name"]: [m["containerPort"] for m in container.get("portMappings") or []]
        for container in answer["taskDefinition"]["containerDefinitions"]
    }
    for balancer in inputs.get("loadBalancers") or []:
        name, port = balancer.get("containerName"), balancer.get("containerPort")
        if name not in containers:
            text = f"The container {name} does not exist in the task definition."
            raise AwsError("InvalidParameterException", text)
        if port not in containers[name]:
            text = f"The container {name} did not have a container port {port} defined."
            raise AwsError("InvalidParameterException", text)
        _refuse_unattached(aws, balancer["targetGroupArn"])


def _refuse_unattached(aws: Aws, arn: str) -> None:
    groups = aws.call("elbv2", "DescribeTargetGroups", TargetGroupArns=[arn])["TargetGroups"]
    if not groups or not groups[0].get("LoadBalancerArns"):
        text = (
            f"The target group with targetGroupArn {arn} does not have an associated load balancer."
        )
        raise AwsError("InvalidParameterException", text)


RULES = (
    _strategy,
    _percents,
    _grace,
    _five_groups,
    _network,
    _rebalancing,
)
