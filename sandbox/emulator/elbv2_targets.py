"""Registered targets and their health, on the sandbox clock.

A target behind which a process of this machine runs is as healthy as the data plane reports
(`target_reports.py`), and `initial` until it does. An address that no task has is as reported too.

A simulated target's health follows from three moments: when it was registered, when its process
began to answer (which the task's side knows) and when it was deregistered:

- healthy from `answering + HealthyThresholdCount x HealthCheckIntervalSeconds` on;
- before that `initial`, and `unhealthy` once UnhealthyThresholdCount checks have failed.

Any target is draining after deregistration for the deregistration delay, or only until no
connection is open (at least IDLE_DRAIN seconds; without a data plane there is none), and
`unused` when no listener or rule of a load balancer forwards to the group.
"""

import time

from ministack.core.responses import request_scope

from sandbox.emulator import target_reports
from sandbox.emulator.elbv2_records import group, registrations, users
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

IDLE_DRAIN = 2.0  # sandbox seconds until a deregistered target without connections is gone


class Processes:
    """What runs behind an address: the joint to tasks."""

    def real(self, address: str) -> bool:  # noqa: ARG002
        """Whether a process of this machine has the address, so that it can be checked."""
        return False

    def answering_since(self, address: str, port: int) -> float | None:  # noqa: ARG002
        """When what is simulated there began to answer health checks; None while nothing does."""
        return None


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
            target_reports.end_drain(key)


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
            target_reports.begin_drain(key)


def forget(group_arn: str) -> None:
    """Drop the targets of a deleted group."""
    for key in [key for key in registrations.keys() if key[0] == group_arn]:  # noqa: SIM118
        _drop(key)


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


def health(group_arn: str, address: str, port: int) -> Record:
    """The TargetHealth of one target of a group, in AWS's words."""
    return _health(group(group_arn), (group_arn, address, port))


def state(group_arn: str, address: str, port: int) -> str:
    """The State of that."""
    return str(health(group_arn, address, port)["State"])


def drained(group_arn: str, address: str, port: int) -> bool:
    """Whether a target is gone from its group; then its registration is dropped."""
    key = (group_arn, address, port)
    registration = registrations.get(key)
    if registration is None:
        return True
    if registration["draining"] is None:
        return False
    delay = float(group(group_arn)["_attributes"]["deregistration_delay.timeout_seconds"])
    passed = time.time() - registration["draining"]
    if passed < min(delay, IDLE_DRAIN) or (passed < delay and not target_reports.idle(key)):
        return False
    _drop(key)
    return True


def end_drains() -> set[str]:
    """Drop every target that has drained, asked about or not; the accounts that had one."""
    moved = set()
    for (account, region, key), registration in registrations.all_items():
        if registration["draining"] is not None:
            with request_scope(account, region):
                if drained(*key):
                    moved.add(account)
    return moved


def _drop(key: target_reports.Key) -> None:
    registrations.pop(key)
    target_reports.end_drain(key)


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
    answering = processes.answering_since(key[1], key[2])
    if processes.real(key[1]) or answering is None:
        if (seen := target_reports.seen(key)) is not None:
            return seen.health()
        if processes.real(key[1]):
            return dict(_INITIAL)
    return _checked(record, registration["since"], answering)


def _checked(record: Record, since: float, answering: float | None) -> Record:
    """What the health checks have found of a registered target."""
    now, interval = time.time(), record["HealthCheckIntervalSeconds"]
    if answering is not None:
        healthy_at = max(since, answering) + record["HealthyThresholdCount"] * interval
        if now >= healthy_at:
            return {"State": "healthy"}
    if now < since + record["UnhealthyThresholdCount"] * interval:
        return dict(_INITIAL)
    if answering is None:
        return _said("unhealthy", "Target.Timeout", "Request timed out")
    return _said("unhealthy", "Target.FailedHealthChecks", "Health checks failed")


def _said(state: str, reason: str, description: str) -> Record:
    return {"State": state, "Reason": reason, "Description": description}


_INITIAL = _said("initial", "Elb.InitialHealthChecking", "Initial health checks in progress")
