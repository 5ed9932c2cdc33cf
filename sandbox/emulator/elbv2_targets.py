"""Registered targets and their health, on the sandbox clock.

A target's health follows from three moments: when it was registered, when its process began to
answer (which the task's side knows) and when it was deregistered. So nothing has to be polled:

- healthy from `answering + HealthyThresholdCount x HealthCheckIntervalSeconds` on;
- before that `initial`, and `unhealthy` once UnhealthyThresholdCount checks have failed;
- draining after deregistration for the deregistration delay, or for IDLE_DRAIN seconds when no
  connection is open, which is always so until there is a data plane;
- `unused` when no listener or rule of a load balancer forwards to the group.
"""

import time

from sandbox.emulator.elbv2_records import group, registrations, users
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

IDLE_DRAIN = 2.0  # sandbox seconds until a deregistered target without connections is gone


class Processes:
    """What runs behind an address: the joint to tasks now, and to the data plane later."""

    def answering_since(self, address: str, port: int) -> float | None:  # noqa: ARG002
        """When the address began to answer health checks; None while nothing answers."""
        return None

    def connections(self, address: str, port: int) -> int:  # noqa: ARG002
        """Open connections through the load balancer to the address."""
        return 0


processes = Processes()


def use(found: Processes) -> None:
    """Take `found` for what runs behind the addresses."""
    global processes
    processes = found


def register(request: Record) -> None:
    """RegisterTargets; a draining target comes back."""
    record = group(request["TargetGroupArn"])
    for target in request["Targets"]:
        port = target.get("Port", record["Port"])
        key = (record["TargetGroupArn"], target["Id"], port)
        old = registrations.get(key)
        if old is None or old["draining"] is not None:
            registrations[key] = {
                "zone": target.get("AvailabilityZone"),
                "since": time.time(),
                "draining": None,
            }


def deregister(request: Record) -> None:
    """DeregisterTargets; they drain first."""
    record = group(request["TargetGroupArn"])
    for target in request["Targets"]:
        key = (record["TargetGroupArn"], target["Id"], target.get("Port", record["Port"]))
        registration = registrations.get(key)
        if registration is None:
            raise Refusal("InvalidTarget", f"The target '{target['Id']}' is not registered")
        if registration["draining"] is None:
            registration["draining"] = time.time()


def forget(group_arn: str) -> None:
    """Drop the targets of a deleted group."""
    for key in [key for key in registrations.keys() if key[0] == group_arn]:  # noqa: SIM118
        registrations.pop(key)


def describe_health(request: Record) -> Record:
    """DescribeTargetHealth: every target of the group, or the named ones, known or not."""
    record = group(request["TargetGroupArn"])
    name = record["TargetGroupArn"]
    if request.get("Targets"):
        asked = [(name, t["Id"], t.get("Port", record["Port"])) for t in request["Targets"]]
    else:
        asked = [key for key in registrations.keys() if key[0] == name]  # noqa: SIM118
        asked = [key for key in asked if not drained(name, key[1], key[2])]
    return {"TargetHealthDescriptions": [_description(record, key) for key in asked]}


def state(group_arn: str, address: str, port: int) -> str:
    """The health state of one target of a group, in AWS's words."""
    return str(_health(group(group_arn), (group_arn, address, port))["State"])


def drained(group_arn: str, address: str, port: int) -> bool:
    """Whether a target is gone from its group; then its registration is dropped."""
    key = (group_arn, address, port)
    registration = registrations.get(key)
    if registration is None:
        return True
    if registration["draining"] is None:
        return False
    delay = float(group(group_arn)["_attributes"]["deregistration_delay.timeout_seconds"])
    if not processes.connections(address, port):
        delay = min(delay, IDLE_DRAIN)
    if time.time() < registration["draining"] + delay:
        return False
    registrations.pop(key)
    return True


def _description(record: Record, key: tuple[str, str, int]) -> Record:
    health = _health(record, key)
    target: Record = {"Id": key[1], "Port": key[2]}
    zone = (registrations.get(key) or {}).get("zone")
    if zone:
        target["AvailabilityZone"] = zone
    port = record["HealthCheckPort"]
    return {
        "Target": target,
        "HealthCheckPort": str(key[2]) if port == "traffic-port" else port,
        "TargetHealth": health,
    }


def _health(record: Record, key: tuple[str, str, int]) -> Record:
    registration = registrations.get(key)
    if registration is None or drained(*key):
        return _said(
            "unused", "Target.NotRegistered", "Target is not registered to the target group"
        )
    if registration["draining"] is not None:
        return _said(
            "draining", "Target.DeregistrationInProgress", "Target deregistration is in progress"
        )
    if not users(key[0]):
        return _said(
            "unused",
            "Target.NotInUse",
            "Target group is not configured to receive traffic from the load balancer",
        )
    return _checked(record, registration["since"], processes.answering_since(key[1], key[2]))


def _checked(record: Record, since: float, answering: float | None) -> Record:
    """What the health checks have found of a registered target."""
    now, interval = time.time(), record["HealthCheckIntervalSeconds"]
    if answering is not None:
        healthy_at = max(since, answering) + record["HealthyThresholdCount"] * interval
        if now >= healthy_at:
            return {"State": "healthy"}
    if now < since + record["UnhealthyThresholdCount"] * interval:
        return _said("initial", "Elb.InitialHealthChecking", "Initial health checks in progress")
    if answering is None:
        return _said("unhealthy", "Target.Timeout", "Request timed out")
    return _said("unhealthy", "Target.FailedHealthChecks", "Health checks failed")


def _said(state: str, reason: str, description: str) -> Record:
    return {"State": state, "Reason": reason, "Description": description}
