"""ECS: services. An update sends only what changed."""

from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.ecs.clusters import RETAG
from sandbox.provider.ecs.service_limits import RULES, refuse_unfit, refuses_change
from sandbox.provider.ecs.service_wire import DEPLOYMENT, ROLLING, STEERING, wire
from sandbox.provider.requests import Request, request
from sandbox.provider.resource_type import Name, ResourceType
from sandbox.provider.tags import as_list, from_list, ours
from sandbox.provider.values import Properties

_MISSING = ("ServiceNotFoundException", "ClusterNotFoundException")


def _request(inputs: Properties) -> Iterator[Request]:
    count = inputs.get("desiredCount", 0)
    daemon = inputs.get("schedulingStrategy") == "DAEMON"
    yield request(
        "ecs", "CreateService", wire(inputs), serviceName=inputs.get("name"),
        desiredCount=None if daemon else count, tags=as_list(inputs, lower=True),
    )  # fmt: skip


def _service(aws: Aws, cluster: str, name: str) -> dict[str, Any] | None:
    answer = aws.found(
        "ecs", "DescribeServices", *_MISSING, cluster=cluster, services=[name], include=["TAGS"]
    )
    found = next(iter((answer or {}).get("services", [])), None)
    return found if found and found["status"] != "INACTIVE" else None


def _cluster_of(inputs: Properties) -> str:
    return str(inputs.get("cluster") or "default")


def _create(aws: Aws, inputs: Properties) -> str:
    cluster, name = _cluster_of(inputs), str(inputs["name"])

    def settled() -> dict[str, Any] | None:
        found = _service(aws, cluster, name)
        return None if found and found["status"] == "DRAINING" else found or {}

    found = aws.wait(f"the end of the draining service {name}", settled)
    if not found:
        refuse_unfit(aws, inputs)
        arn = str(aws.send(next(_request(inputs)))["service"]["serviceArn"])
    elif ours(from_list(found.get("tags")), inputs):  # left by a create that crashed
        arn = str(found["serviceArn"])
        _change(aws, arn, {"cluster": cluster}, inputs)
    else:
        raise AwsError("InvalidParameterException", "Creation of service was not idempotent.")
    _steady(aws, arn, inputs)
    return arn


def _update(aws: Aws, arn: str, old: Properties, new: Properties) -> None:
    _change(aws, arn, old, new)
    _steady(aws, arn, new)


def _change(aws: Aws, arn: str, old: Properties, new: Properties) -> None:
    # The count is sent only when it changed: between updates it belongs to Application Auto
    # Scaling. Source: hashicorp/terraform-provider-aws internal/service/ecs/service.go.
    defaults = {"desiredCount": 0}
    before, after = {**defaults, **wire(old)}, {**defaults, **wire(new)}
    changed = {name: after[name] for name in after if before.get(name) != after[name]}
    triggered = old.get("triggers") != new.get("triggers")
    if not changed and not triggered:
        return
    if "loadBalancers" in before and "loadBalancers" not in after:
        changed["loadBalancers"] = []
    aws.carry(
        "ecs", "UpdateService", changed, cluster=_cluster_of(new), service=arn,
        forceNewDeployment=True if new.get("forceNewDeployment") else None,
    )  # fmt: skip


def _steady(aws: Aws, arn: str, inputs: Properties) -> None:
    if not inputs.get("waitForSteadyState"):
        return
    cluster = _cluster_of(inputs)

    def steady() -> bool | None:
        found = _service(aws, cluster, arn) or {"deployments": []}
        primary: dict[str, Any] = next(
            (d for d in found["deployments"] if d["status"] == "PRIMARY"), {}
        )
        if primary.get("rolloutState") == "FAILED":
            raise AwsError("DeploymentFailed", str(primary.get("rolloutStateReason")))
        still = len(found["deployments"]) != 1 or found["runningCount"] != found["desiredCount"]
        return None if still else True

    aws.wait(f"service {arn} to be steady", steady)


def _read(aws: Aws, arn: str, inputs: Properties) -> Properties | None:
    found = _service(aws, arn.split("/")[1], arn)
    if found is None or found["status"] == "DRAINING":
        return None
    network = (found.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    deployment = found.get("deploymentConfiguration") or {}
    public = (network or {}).get("assignPublicIp") == "ENABLED"
    same = ("desiredCount", "launchType", "platformVersion", "schedulingStrategy", "loadBalancers",
            "healthCheckGracePeriodSeconds", "enableExecuteCommand", "propagateTags",
            "availabilityZoneRebalancing")  # fmt: skip
    given = {"capacityProviderStrategies": found.get("capacityProviderStrategy") or None}
    return {
        "name": found["serviceName"],
        "cluster": _as_given(inputs.get("cluster"), found["clusterArn"]),
        "taskDefinition": _as_given(inputs.get("taskDefinition"), found["taskDefinition"]),
        "enableEcsManagedTags": found.get("enableECSManagedTags"),
        "networkConfiguration": {**network, "assignPublicIp": public} if network else None,
        "deploymentMaximumPercent": deployment.get("maximumPercent"),
        "deploymentMinimumHealthyPercent": deployment.get("minimumHealthyPercent"),
        "deploymentCircuitBreaker": deployment.get("deploymentCircuitBreaker"),
        "alarms": _watched(deployment.get("alarms")),
        "deploymentConfiguration": {"strategy": deployment.get("strategy", "ROLLING")},
        "deploymentController": found.get("deploymentController") or {"type": "ECS"},
        **{name: found.get(name) for name in same},
        **given,
        "arn": found["serviceArn"],
        "tags": from_list(found.get("tags")),
    }


def _watched(alarms: dict[str, Any] | None) -> dict[str, Any] | None:
    """The deployment's alarms; ECS answers an empty block where none were given."""
    return alarms if alarms and alarms.get("alarmNames") else None


def _as_given(declared: Any, arn: str) -> str:
    """The declared name where it names this ARN, else the ARN."""
    tail = arn.split("/", 1)[1]
    return str(declared) if declared in (arn, tail, tail.split(":")[0]) else arn


def _delete(aws: Aws, arn: str, _outputs: Properties) -> None:
    cluster = arn.split("/")[1]
    found = _service(aws, cluster, arn)
    if found is None:
        return
    if found["status"] == "ACTIVE":
        if found.get("schedulingStrategy", "REPLICA") == "REPLICA":
            aws.call("ecs", "UpdateService", cluster=cluster, service=arn, desiredCount=0)
        aws.call("ecs", "DeleteService", cluster=cluster, service=arn, force=True)
    aws.wait(
        f"the tasks of {arn} to drain",
        lambda: True if _service(aws, cluster, arn) is None else None,
    )


_REPLACES = frozenset(
    {"name", "cluster", "launchType", "schedulingStrategy", "deploymentController"}
)


_IN_PLACE = frozenset(
    {"taskDefinition", "desiredCount", "capacityProviderStrategies", "platformVersion",
     "networkConfiguration", "loadBalancers", "healthCheckGracePeriodSeconds",
     "enableExecuteCommand", "enableEcsManagedTags", "propagateTags",
     "availabilityZoneRebalancing", *DEPLOYMENT}
)  # fmt: skip


SERVICE = ResourceType(
    token="aws:ecs/service:Service",
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    requests=_request,
    properties=_REPLACES | _IN_PLACE | STEERING,
    replaces=_REPLACES,
    computed=frozenset({"arn", "platformVersion", "launchType", "deploymentConfiguration"}),
    name=Name(255),
    unique=("name", "cluster"),
    sets=frozenset({"loadBalancers", "networkConfiguration", "capacityProviderStrategies"}),
    unread=STEERING,
    defaults={
        "desiredCount": 0, "schedulingStrategy": "REPLICA", "waitForSteadyState": False,
        "forceNewDeployment": False, "enableExecuteCommand": False, "enableEcsManagedTags": False,
        "deploymentController": {"type": "ECS"},
        **{name: default for name, (_, default) in ROLLING.items()},
    },
    retag=RETAG,
    rules=RULES,
    refuses_change=refuses_change,
    asks_aws=(
        "the task definition exists and has the container and port",
        "each target group belongs to a load balancer",
        "the name is free, or bears this stack's tags",
    ),
    open=("that a first deployment becomes steady (unless waitForSteadyState)",),
)  # fmt: skip
