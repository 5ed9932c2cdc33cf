"""What the load balancing service keeps, and what its operations share.

ministack's own ELBv2 drops weighted forwards, certificates and defaults, and knows no target
health, so this one stands in for it. Records hold AWS's own members; a leading underscore marks
what is ours and never goes out.
"""

import secrets
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region

from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

balancers = AccountRegionScopedDict()  # ARN -> load balancer
groups = AccountRegionScopedDict()  # ARN -> target group
listeners = AccountRegionScopedDict()  # ARN -> listener
rules = AccountRegionScopedDict()  # ARN -> rule
registrations = AccountRegionScopedDict()  # (group ARN, id, port) -> target
tags = AccountRegionScopedDict()  # ARN -> {key: value}
STORES = {
    "balancers": balancers,
    "groups": groups,
    "listeners": listeners,
    "rules": rules,
    "registrations": registrations,
    "tags": tags,
}


def arn(path: str) -> str:
    """An ARN of the service in the caller's account and region."""
    return f"arn:aws:elasticloadbalancing:{get_region()}:{get_account_id()}:{path}"


def unique() -> str:
    """The 16 hexadecimal digits with which AWS ends its names."""
    return secrets.token_hex(8)


def balancer(name: str) -> Record:
    """The load balancer of an ARN; refused when there is none."""
    return _found(balancers, name, "LoadBalancerNotFound", f"Load balancer '{name}' not found")


def group(name: str) -> Record:
    """The target group of an ARN; refused when there is none."""
    return _found(groups, name, "TargetGroupNotFound", f"Target group '{name}' not found")


def listener(name: str) -> Record:
    """The listener of an ARN; refused when there is none."""
    return _found(listeners, name, "ListenerNotFound", f"Listener '{name}' not found")


def rule(name: str) -> Record:
    """The rule of an ARN; refused when there is none."""
    return _found(rules, name, "RuleNotFound", f"Rule '{name}' not found")


def _found(store: Any, name: str, code: str, message: str) -> Record:
    record: Record | None = store.get(name)
    if record is None:
        raise Refusal(code, message)
    return record


def keep_tags(name: str, request: Record) -> None:
    """The tags of a create call."""
    tags[name] = {tag["Key"]: tag.get("Value", "") for tag in request.get("Tags", [])}


def page(found: list[Record], request: Record, result: str) -> Record:
    """One page of a describe call; the marker is the next record's position."""
    start = int(request.get("Marker") or 0)
    end = start + request.get("PageSize", 400)
    answer: Record = {result: found[start:end]}
    if end < len(found):
        answer["NextMarker"] = str(end)
    return answer


def forwards(actions: list[Record]) -> set[str]:
    """The target groups that a listener's or rule's actions forward to."""
    return {
        target["TargetGroupArn"]
        for action in actions
        if action["Type"] == "forward"
        for target in action["ForwardConfig"]["TargetGroups"]
    }


def users(group_arn: str) -> list[Record]:
    """The listeners and rules that forward to a target group."""
    return [
        *(x for x in listeners.values() if group_arn in forwards(x["DefaultActions"])),
        *(x for x in rules.values() if group_arn in forwards(x["Actions"])),
    ]


def invalid(message: str) -> Refusal:
    """The refusal of a value."""
    return Refusal("ValidationError", message)
