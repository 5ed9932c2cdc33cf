"""Tasks: their records, their targets, and the order to stop."""

import secrets
import time
from itertools import cycle

from ministack.services import ec2

from sandbox.emulator import ecs_events, elbv2_targets
from sandbox.emulator.ecs_processes import Processes
from sandbox.emulator.ecs_records import arn, now, tags, tasks, unique
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

_KEPT_STOPPED = 3600.0  # AWS describes a stopped task for at least an hour

_zones = cycle(range(1000))


def create(cluster: Record, task_definition: Record, given: Record, processes: Processes) -> Record:
    """A new task in PROVISIONING; `given` are members of the record that the caller decides."""
    name = arn(f"task/{cluster['clusterName']}/{unique()}")
    moment = now()
    network = given.pop("networkConfiguration", {}).get("awsvpcConfiguration", {})
    subnet = _subnet(network)
    record = {
        "taskArn": name,
        "clusterArn": cluster["clusterArn"],
        "taskDefinitionArn": task_definition["taskDefinitionArn"],
        "lastStatus": "PROVISIONING",
        "desiredStatus": "RUNNING",
        "createdAt": moment,
        "cpu": task_definition.get("cpu", "256"),
        "memory": task_definition.get("memory", "512"),
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
        "availabilityZone": subnet.get("AvailabilityZone"),
        "connectivity": "CONNECTED",
        "healthStatus": "UNKNOWN",
        "version": 1,
        "ephemeralStorage": task_definition.get("ephemeralStorage", {"sizeInGiB": 20}),
        "overrides": {"containerOverrides": [], "inferenceAcceleratorOverrides": []},
        "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
        "_since": time.time(),
        "_targets": [],
        **given,
    }
    processes.prepare(record, task_definition)
    record["attachments"] = [_interface(record, subnet)]
    record["containers"] = [_container(record, c) for c in task_definition["containerDefinitions"]]
    tasks[name] = record
    return record


def _subnet(network: Record) -> Record:
    """One of the task's subnets, in turn; empty when none is given."""
    subnets = network.get("subnets", [])
    found: Record = {}
    if subnets:
        found = ec2._subnets.get(subnets[next(_zones) % len(subnets)]) or {}
    return found


def _interface(task: Record, subnet: Record) -> Record:
    details = {
        "subnetId": subnet.get("SubnetId", ""),
        "networkInterfaceId": f"eni-0{secrets.token_hex(8)}",
        "macAddress": "0a:" + ":".join(secrets.token_hex(1) for _ in range(5)),
        "privateDnsName": f"ip-{task['_address'].replace('.', '-')}.internal",
        "privateIPv4Address": task["_address"],
    }
    return {
        "id": unique(),
        "type": "ElasticNetworkInterface",
        "status": "ATTACHED",
        "details": [{"name": n, "value": v} for n, v in details.items()],
    }


def _container(task: Record, container: Record) -> Record:
    address = {"attachmentId": task["attachments"][0]["id"], "privateIpv4Address": task["_address"]}
    return {
        "containerArn": task["taskArn"].replace(":task/", ":container/") + f"/{unique()[:8]}",
        "taskArn": task["taskArn"],
        "name": container["name"],
        "image": container["image"],
        "runtimeId": f"{task['taskArn'].rpartition('/')[2]}-{secrets.randbelow(10**10)}",
        "lastStatus": "PENDING",
        "networkBindings": [],
        "networkInterfaces": [address],
        "healthStatus": "UNKNOWN",
        "cpu": str(container.get("cpu", 0)),
    }


def stop(task: Record, code: str, reason: str, *, drain: bool) -> None:
    """Ask for a task's end; with `drain` its targets drain before the process is told."""
    if task["desiredStatus"] == "STOPPED":
        return
    task.update(desiredStatus="STOPPED", stopCode=code, stoppedReason=reason, stoppingAt=now())
    deregister(task)
    task["_drain"] = drain
    enter(task, "DEACTIVATING")
    task["version"] += 1
    ecs_events.tell(task)


def register(task: Record, groups: list[tuple[str, int]]) -> None:
    """Put the task's address into its service's target groups."""
    task["_targets"] = groups
    for group, port in groups:
        target = {
            "Id": task["_address"],
            "Port": port,
            "AvailabilityZone": task["availabilityZone"],
        }
        elbv2_targets.register({"TargetGroupArn": group, "Targets": [target]})


def deregister(task: Record) -> None:
    """Take the task's address out of its target groups; they drain."""
    for group, port in task["_targets"]:
        if not _gone(group, task["_address"], port):
            target = {"Id": task["_address"], "Port": port}
            elbv2_targets.deregister({"TargetGroupArn": group, "Targets": [target]})


def drained(task: Record) -> bool:
    """Whether no target group holds the task's address any more."""
    return all(_gone(group, task["_address"], port) for group, port in task["_targets"])


def _gone(group: str, address: str, port: int) -> bool:
    try:
        return elbv2_targets.drained(group, address, port)
    except Refusal:  # the group itself is gone
        return True


def enter(task: Record, status: str) -> bool:
    """Put a task into a state as of now; true, as what moves a task says."""
    task.update(lastStatus=status, _since=time.time())
    return True


def forget_old() -> bool:
    """Drop what stopped more than an hour ago; whether something was."""
    limit = time.time() - _KEPT_STOPPED
    old = [t for t in tasks.values() if t["lastStatus"] == "STOPPED" and t["_since"] < limit]
    for task in old:
        tasks.pop(task["taskArn"])
        tags.pop(task["taskArn"], None)
    return bool(old)
