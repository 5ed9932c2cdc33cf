"""Services: created, described, changed and deleted."""

from typing import Any

from ministack.core.responses import get_account_id

from sandbox.emulator import ecs_deployments, ecs_tasks
from sandbox.emulator.ecs_records import (
    arn,
    cluster,
    event,
    now,
    service,
    services,
    tag_list,
    tags,
    tasks_of,
    usable_definition,
)
from sandbox.emulator.ecs_service_checks import check
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

# A change of one of these is a new deployment (UpdateServiceRequest); of the others it is not.
_DEPLOYED = (
    "taskDefinition",
    "networkConfiguration",
    "loadBalancers",
    "platformVersion",
    "serviceRegistries",
)
_UPDATED = (
    *_DEPLOYED,
    "desiredCount",
    "capacityProviderStrategy",
    "deploymentConfiguration",
    "healthCheckGracePeriodSeconds",
    "enableExecuteCommand",
    "enableECSManagedTags",
    "propagateTags",
    "availabilityZoneRebalancing",
    "placementConstraints",
    "placementStrategy",
)
_DEFAULTS: Record = {
    "desiredCount": 0,
    "loadBalancers": [],
    "serviceRegistries": [],
    "placementConstraints": [],
    "placementStrategy": [],
    "platformVersion": "LATEST",
    "schedulingStrategy": "REPLICA",
    "deploymentController": {"type": "ECS"},
    "enableECSManagedTags": False,
    "enableExecuteCommand": False,
    "propagateTags": "NONE",
    "availabilityZoneRebalancing": "ENABLED",
}


def create(request: Record) -> Record:
    """CreateService: the record and its first deployment."""
    home = cluster(request.get("cluster"))
    name = request["serviceName"]
    old = service(home["clusterName"], name)
    if old is not None and old["status"] != "INACTIVE":
        raise _invalid("Creation of service was not idempotent.")
    path = f"service/{home['clusterName']}/{name}"
    given = {
        n: v for n, v in request.items() if n not in ("cluster", "tags", "role", "clientToken")
    }
    record = {
        **_DEFAULTS,
        **given,
        "serviceArn": arn(path),
        "clusterArn": home["clusterArn"],
        "status": "ACTIVE",
        "runningCount": 0,
        "pendingCount": 0,
        "platformFamily": "Linux",
        "deployments": [],
        "events": [],
        "createdAt": now(),
        "createdBy": f"arn:aws:iam::{get_account_id()}:root",
        "deploymentConfiguration": _configuration({}, request),
    }
    _default_launch(record, home)
    _normalise(record, request)
    check(record, home)
    ecs_deployments.begin(record)
    services[home["clusterName"], name] = record
    tags[record["serviceArn"]] = request.get("tags", [])
    return {"service": {**record, "tags": tag_list(record["serviceArn"])}}


def _default_launch(record: Record, home: Record) -> None:
    """Without launch type and strategy the cluster's default counts, and without it EC2."""
    if not record.get("launchType") and not record.get("capacityProviderStrategy"):
        record["capacityProviderStrategy"] = home["defaultCapacityProviderStrategy"]
        if not record["capacityProviderStrategy"]:
            record["launchType"] = "EC2"


def update(request: Record) -> Record:
    """UpdateService: the given members; a new deployment only where AWS makes one."""
    home = cluster(request.get("cluster"))
    old = _active(home, request["service"])
    changed = {**old, **{n: request[n] for n in _UPDATED if n in request}}
    changed["deploymentConfiguration"] = _configuration(old["deploymentConfiguration"], request)
    if "capacityProviderStrategy" in request:
        changed.pop("launchType", None)
    _normalise(changed, request)
    check(changed, home)
    old.update(changed)
    if "launchType" not in changed:
        old.pop("launchType", None)
    before = {n: old["deployments"][0].get(n) for n in ("taskDefinition", "networkConfiguration")}
    before["loadBalancers"] = old["deployments"][0]["_loadBalancers"]
    deployed = any(old.get(n) != value for n, value in before.items())
    if deployed or request.get("forceNewDeployment"):
        ecs_deployments.begin(old)
    return {"service": {**old, "tags": tag_list(old["serviceArn"])}}


def delete(request: Record) -> Record:
    """DeleteService: DRAINING until its tasks have stopped, then INACTIVE."""
    home = cluster(request.get("cluster"))
    record = _active(home, request["service"])
    if record["desiredCount"] > 0 and not request.get("force"):
        raise _invalid("The service cannot be stopped while it is scaled above 0.")
    record.update(status="DRAINING", desiredCount=0)
    for task in tasks_of(record["serviceArn"]):
        reason = f"Scaling activity initiated by (deployment {task['startedBy']})"
        ecs_tasks.stop(task, "ServiceSchedulerInitiated", reason, drain=True)
    event(record, "has begun to drain: the service was deleted.")
    answer = {"service": {**record, "tags": tag_list(record["serviceArn"])}}
    tags.pop(record["serviceArn"], None)
    return answer


def _active(home: Record, name: str) -> Record:
    record = service(home["clusterName"], name)
    if record is None:
        raise Refusal("ServiceNotFoundException", "Service not found.")
    if record["status"] != "ACTIVE":
        raise Refusal("ServiceNotActiveException", "Service was not ACTIVE.")
    return record


def _configuration(old: Record, request: Record) -> Record:
    """The deployment configuration over AWS's defaults (100 and 200 per cent)."""
    breaker = {"enable": False, "rollback": False}
    alarms: Record = {"alarmNames": [], "enable": False, "rollback": False}
    defaults: dict[str, Any] = {
        "deploymentCircuitBreaker": breaker,
        "maximumPercent": 200,
        "minimumHealthyPercent": 100,
        "alarms": alarms,
        "strategy": "ROLLING",
        "bakeTimeInMinutes": 0,
    }
    return {**defaults, **old, **request.get("deploymentConfiguration", {})}


def _normalise(record: Record, request: Record) -> None:
    """Names as AWS keeps them."""
    if "taskDefinition" in request:
        found = usable_definition(request["taskDefinition"])
        record["taskDefinition"] = found["taskDefinitionArn"]
    network = (record.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    if network is not None:
        network.setdefault("assignPublicIp", "DISABLED")
        network.setdefault("securityGroups", [])
    for item in record.get("capacityProviderStrategy") or []:
        item.setdefault("base", 0)
        item.setdefault("weight", 0)


def _invalid(message: str) -> Refusal:
    return Refusal("InvalidParameterException", message)
