"""Clusters and their capacity providers."""

from collections import Counter

from sandbox.emulator.ecs_records import (
    arn,
    cluster,
    clusters,
    service,
    services,
    short,
    tag_list,
    tags,
    tasks,
)
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

PROVIDERS = ("FARGATE", "FARGATE_SPOT")
_INSIGHTS = ("enhanced", "enabled", "disabled")


def create(request: Record) -> Record:
    """CreateCluster; a repeated create answers with the cluster that is there."""
    name = request.get("clusterName", "default")
    record: Record | None = clusters.get(name)
    if record is None or record["status"] != "ACTIVE":
        record = {
            "clusterArn": arn(f"cluster/{name}"),
            "clusterName": name,
            "status": "ACTIVE",
            "registeredContainerInstancesCount": 0,
            "settings": _settings(request.get("settings", [])),
            "capacityProviders": _providers(request.get("capacityProviders", [])),
            "defaultCapacityProviderStrategy": request.get("defaultCapacityProviderStrategy", []),
            "configuration": request.get("configuration"),
            "serviceConnectDefaults": request.get("serviceConnectDefaults"),
        }
        check_strategy(record["defaultCapacityProviderStrategy"], record)
        clusters[name] = record
        tags[record["clusterArn"]] = request.get("tags", [])
    return {"cluster": _seen(record, {"TAGS", "SETTINGS", "CONFIGURATIONS"})}


def describe(request: Record) -> Record:
    """DescribeClusters."""
    include = set(request.get("include", []))
    found, failures = [], []
    for name in request.get("clusters") or ["default"]:
        record = clusters.get(short(name))
        if record is None:
            failures.append({"arn": arn(f"cluster/{short(name)}"), "reason": "MISSING"})
        else:
            found.append(_seen(record, include))
    return {"clusters": found, "failures": failures}


def listed(request: Record) -> Record:  # noqa: ARG001
    """ListClusters."""
    return {"clusterArns": [c["clusterArn"] for c in clusters.values() if c["status"] == "ACTIVE"]}


def update(request: Record) -> Record:
    """UpdateCluster and UpdateClusterSettings: the given members."""
    record = cluster(request["cluster"])
    if "settings" in request:
        record["settings"] = _settings(request["settings"])
    for member in ("configuration", "serviceConnectDefaults"):
        if member in request:
            record[member] = request[member]
    return {"cluster": _seen(record, {"TAGS", "SETTINGS", "CONFIGURATIONS"})}


def put_providers(request: Record) -> Record:
    """PutClusterCapacityProviders."""
    record = cluster(request["cluster"])
    strategy = request["defaultCapacityProviderStrategy"]
    changed = {**record, "capacityProviders": _providers(request["capacityProviders"])}
    check_strategy(strategy, changed)
    used = {
        item["capacityProvider"]
        for s in services.values()
        if s["clusterArn"] == record["clusterArn"] and s["status"] == "ACTIVE"
        for item in s.get("capacityProviderStrategy", [])
    }
    gone = used - set(changed["capacityProviders"])
    if gone:
        raise Refusal(
            "ResourceInUseException",
            f"The capacity provider {sorted(gone)[0]} is used by a service of the cluster",
        )
    record.update(changed, defaultCapacityProviderStrategy=strategy)
    return {"cluster": _seen(record, {"TAGS", "SETTINGS", "CONFIGURATIONS"})}


def delete(request: Record) -> Record:
    """DeleteCluster; refused while it has active services or running tasks."""
    record = cluster(request["cluster"])
    counted = _counts(record)
    if counted["activeServicesCount"]:
        raise Refusal(
            "ClusterContainsServicesException",
            "The Cluster cannot be deleted while Services are active.",
        )
    if counted["runningTasksCount"] or counted["pendingTasksCount"]:
        raise Refusal(
            "ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active."
        )
    record["status"] = "INACTIVE"
    tags.pop(record["clusterArn"], None)
    return {"cluster": _seen(record, {"TAGS", "SETTINGS", "CONFIGURATIONS"})}


def check_strategy(strategy: list[Record], record: Record) -> None:
    """Refuse a capacity provider strategy that AWS does not take (CapacityProviderStrategyItem)."""
    for item in strategy:
        if item["capacityProvider"] not in record["capacityProviders"]:
            raise Refusal(
                "InvalidParameterException",
                f"The specified capacity provider '{item['capacityProvider']}' is not associated"
                " with the cluster.",
            )
    if sum(1 for item in strategy if item.get("base", 0)) > 1:
        raise Refusal(
            "InvalidParameterException", "Only one capacity provider may have a base defined."
        )
    if strategy and not any(item.get("weight", 0) for item in strategy):
        raise Refusal(
            "InvalidParameterException",
            "At least one capacity provider must have a weight greater than zero.",
        )


def _providers(names: list[str]) -> list[str]:
    unknown = [name for name in names if name not in PROVIDERS]
    if unknown:
        raise Refusal(
            "InvalidParameterException",
            f"The specified capacity provider '{unknown[0]}' was not found."
            f" The sandbox offers {' and '.join(PROVIDERS)}.",
        )
    return list(names)


def _settings(given: list[Record]) -> list[Record]:
    for setting in given:
        if setting["name"] == "containerInsights" and setting["value"] not in _INSIGHTS:
            raise Refusal(
                "InvalidParameterException",
                f"Invalid containerInsights value '{setting['value']}': {', '.join(_INSIGHTS)}",
            )
    return given or [{"name": "containerInsights", "value": "disabled"}]


def _counts(record: Record) -> Counter[str]:
    counted: Counter[str] = Counter()
    for task in tasks.values():
        if task["clusterArn"] == record["clusterArn"]:
            counted["runningTasksCount"] += task["lastStatus"] == "RUNNING"
            counted["pendingTasksCount"] += task["lastStatus"] in (
                "PROVISIONING",
                "PENDING",
                "ACTIVATING",
            )
    for (name, _), found in services.items():
        active = service(name, found["serviceName"]) and found["status"] != "INACTIVE"
        counted["activeServicesCount"] += bool(active and name == record["clusterName"])
    return counted


def _seen(record: Record, include: set[str]) -> Record:
    counts = ("runningTasksCount", "pendingTasksCount", "activeServicesCount")
    counted = _counts(record)
    seen = {**record, **{name: counted[name] for name in counts}, "statistics": []}
    seen["tags"] = tag_list(record["clusterArn"]) if "TAGS" in include else []
    if "SETTINGS" not in include:
        seen["settings"] = []
    if "CONFIGURATIONS" not in include:
        seen.pop("configuration")
    return seen
