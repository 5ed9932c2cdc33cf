"""Readers of ECS, IAM and application auto scaling."""

from datetime import UTC, datetime
from typing import Any

from tests.support.read_back.answers import (
    Account,
    Properties,
    Reader,
    Resource,
    only,
    renamed,
    told,
)
from tests.support.read_back.answers import tags as as_tags


def cluster(account: Account, resource: Resource) -> Properties:
    answer = account("ecs").describe_clusters(clusters=[resource.id], include=["SETTINGS", "TAGS"])
    return renamed(told(only(answer["clusters"])), name="clusterName")


def cluster_capacity_providers(account: Account, resource: Resource) -> Properties:
    answer = account("ecs").describe_clusters(clusters=[resource.id])
    found = told(only(answer["clusters"]))
    return renamed(found, defaultCapacityProviderStrategies="defaultCapacityProviderStrategy")


def task_definition(account: Account, resource: Resource) -> Properties:
    answer = account("ecs").describe_task_definition(taskDefinition=resource.id, include=["TAGS"])
    return {**told(answer["taskDefinition"]), "tags": as_tags(answer["tags"])}


def service(account: Account, resource: Resource) -> Properties:
    _, found_cluster, name = resource.id.split("/")
    answer = account("ecs").describe_services(
        cluster=found_cluster, services=[name], include=["TAGS"]
    )
    found = told(only(answer["services"]))
    network = found["networkConfiguration"]["awsvpcConfiguration"]
    deployment = found["deploymentConfiguration"]
    return {
        **renamed(
            found,
            name="serviceName",
            cluster="clusterArn",
            capacityProviderStrategies="capacityProviderStrategy",
            enableEcsManagedTags="enableECSManagedTags",
        ),
        "deploymentCircuitBreaker": deployment["deploymentCircuitBreaker"],
        "deploymentMaximumPercent": deployment["maximumPercent"],
        "deploymentMinimumHealthyPercent": deployment["minimumHealthyPercent"],
        "networkConfiguration": {
            **network,
            "assignPublicIp": network["assignPublicIp"] == "ENABLED",
        },
    }


def role(account: Account, resource: Resource) -> Properties:
    found = account("iam").get_role(RoleName=resource.id)["Role"]
    return {
        "name": found["RoleName"],
        "description": found["Description"],
        "assumeRolePolicy": found["AssumeRolePolicyDocument"],
        "tags": as_tags(found["Tags"]),
    }


def role_policy(account: Account, resource: Resource) -> Properties:
    owner, _, name = resource.id.partition(":")
    found = account("iam").get_role_policy(RoleName=owner, PolicyName=name)
    return {
        "name": found["PolicyName"],
        "role": found["RoleName"],
        "policy": found["PolicyDocument"],
    }


def target(account: Account, resource: Resource) -> Properties:
    scaling = account("application-autoscaling")
    answer = scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[resource.id])
    found = told(only(answer["ScalableTargets"]))
    arn = found["scalableTargetARN"]
    return {**found, "tags": scaling.list_tags_for_resource(ResourceARN=arn)["Tags"]}


def policy(account: Account, resource: Resource) -> Properties:
    answer = account("application-autoscaling").describe_scaling_policies(
        ServiceNamespace="ecs",
        PolicyNames=[resource.id],
        ResourceId=resource.inputs["resourceId"],
    )
    return renamed(told(only(answer["ScalingPolicies"])), name="policyName")


def scheduled_action(account: Account, resource: Resource) -> Properties:
    answer = account("application-autoscaling").describe_scheduled_actions(
        ServiceNamespace="ecs", ScheduledActionNames=[resource.inputs["name"]]
    )
    found = told(only(answer["ScheduledActions"]))
    times = {key: _rfc3339(found[key]) for key in ("startTime", "endTime") if key in found}
    return {**renamed(found, name="scheduledActionName"), **times}


def _rfc3339(moment: datetime) -> Any:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


READERS: dict[str, Reader] = {
    "aws:ecs/cluster:Cluster": cluster,
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": cluster_capacity_providers,
    "aws:ecs/taskDefinition:TaskDefinition": task_definition,
    "aws:ecs/service:Service": service,
    "aws:iam/role:Role": role,
    "aws:iam/rolePolicy:RolePolicy": role_policy,
    "aws:appautoscaling/target:Target": target,
    "aws:appautoscaling/policy:Policy": policy,
    "aws:appautoscaling/scheduledAction:ScheduledAction": scheduled_action,
}
