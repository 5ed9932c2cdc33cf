"""ECS: clusters."""

from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.requests import Request, request
from sandbox.provider.resource_type import Name, ResourceType, rule
from sandbox.provider.tags import as_list, from_list, ours, retag
from sandbox.provider.values import Properties

RETAG = retag(
    "ecs", "TagResource", "UntagResource", "resourceArn", keys="tagKeys", tags="tags", style="lower"
)


_INCLUDE = ["TAGS", "SETTINGS", "CONFIGURATIONS"]

_BUSY = (
    "ClusterContainsServicesException",
    "ClusterContainsTasksException",
    "ClusterContainsContainerInstancesException",
    "ResourceInUseException",
    "UpdateInProgressException",
)


@rule(
    "settings",
    what="containerInsights enhanced, enabled or disabled",
    source="BC:ecs/ClusterSetting",
)
def _insights(inputs: Properties) -> str | None:
    for setting in inputs.get("settings") or []:
        value = setting.get("value")
        if setting.get("name") == "containerInsights" and value not in (
            "enhanced", "enabled", "disabled",
        ):  # fmt: skip
            return (
                "InvalidParameterException: containerInsights is enhanced, enabled or disabled, "
                f"not '{value}'"
            )
    return None


def _cluster_request(inputs: Properties) -> Iterator[Request]:
    yield request(
        "ecs", "CreateCluster", inputs, clusterName=inputs.get("name"),
        tags=as_list(inputs, lower=True),
    )  # fmt: skip


def described(aws: Aws, name: str) -> dict[str, Any] | None:
    answer = aws.call("ecs", "DescribeClusters", clusters=[name], include=_INCLUDE)
    found = next(iter(answer["clusters"]), None)
    return found if found and found["status"] != "INACTIVE" else None


def _create_cluster(aws: Aws, inputs: Properties) -> str:
    found = described(aws, inputs["name"])
    if found is None:
        return str(aws.send(next(_cluster_request(inputs)))["cluster"]["clusterArn"])
    if not ours(from_list(found.get("tags")), inputs):
        text = f"cluster {inputs['name']} exists, without this stack's tags"
        raise AwsError("InvalidParameterException", text)
    _update_cluster(aws, found["clusterArn"], {}, inputs)  # left by a create that crashed
    return str(found["clusterArn"])


def _update_cluster(aws: Aws, arn: str, old: Properties, new: Properties) -> None:
    changed = [n for n in ("settings", "configuration") if old.get(n) != new.get(n)]
    if changed:
        off = [{"name": "containerInsights", "value": "disabled"}]
        wanted = {**new, "settings": new.get("settings") or off}
        aws.carry("ecs", "UpdateCluster", wanted, cluster=arn)


def _read_cluster(aws: Aws, arn: str, _inputs: Properties) -> Properties | None:
    found = described(aws, arn)
    if found is None:
        return None
    return {
        "name": found["clusterName"],
        "settings": found.get("settings"),
        "configuration": found.get("configuration"),
        "arn": found["clusterArn"],
        "tags": from_list(found.get("tags")),
    }


def unless_busy(aws: Aws, what: str, operation: str, **parameters: Any) -> None:
    def try_once() -> bool | None:
        try:
            aws.found("ecs", operation, "ClusterNotFoundException", **parameters)
        except AwsError as refused:
            if refused.code in _BUSY:
                return None
            raise
        return True

    aws.wait(what, try_once, seconds=600)


CLUSTER = ResourceType(
    token="aws:ecs/cluster:Cluster",
    create=_create_cluster,
    read=_read_cluster,
    update=_update_cluster,
    delete=lambda aws, arn, _: unless_busy(
        aws, f"what still runs in {arn}", "DeleteCluster", cluster=arn
    ),
    requests=_cluster_request,
    properties=frozenset({"name", "settings", "configuration"}),
    replaces=frozenset({"name"}),
    computed=frozenset({"arn", "settings"}),
    name=Name(255),
    unique=("name",),
    sets=frozenset({"settings"}),
    retag=RETAG,
    rules=(_insights,),
    asks_aws=("the name is free, or bears this stack's tags", "no service at deletion (waits)"),
)
