"""Elastic Load Balancing: the actions of listeners and their rules."""

import re
from typing import Any

from sandbox.provider.requests import translated
from sandbox.provider.values import UNKNOWN, Properties

_BLOCKS = {
    "forward": "ForwardConfig",
    "redirect": "RedirectConfig",
    "fixedResponse": "FixedResponseConfig",
    "authenticateCognito": "AuthenticateCognitoConfig",
    "authenticateOidc": "AuthenticateOidcConfig",
}


_TYPES = {"forward": "forward", "redirect": "redirect", "fixed-response": "fixedResponse"}

_CONTENT = (
    "text/plain", "text/css", "text/html", "application/javascript", "application/json",
)  # fmt: skip


def actions(declared: Any) -> Any:
    """Pulumi's actions as AWS's: each kind's block becomes its configuration."""
    if declared == UNKNOWN or not isinstance(declared, list):
        return declared
    result = []
    for action in declared:
        if action == UNKNOWN:
            result.append(action)
            continue
        given = {_BLOCKS.get(name, name): value for name, value in action.items()}
        forward = given.get("ForwardConfig")
        if isinstance(forward, dict):
            groups = [
                {"targetGroupArn": group.get("arn"), "weight": group.get("weight")}
                for group in forward.get("targetGroups") or []
            ]
            sticky = forward.get("stickiness")
            given["ForwardConfig"] = {"targetGroups": groups} | (
                {"targetGroupStickinessConfig": {
                    "enabled": sticky.get("enabled", False),
                    "durationSeconds": sticky.get("duration"),
                }} if sticky else {}
            )  # fmt: skip
        result.append(given)
    return translated("elbv2", "Actions", result)


def actions_read(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """AWS's actions under Pulumi's names."""
    names = {member: name for name, member in _BLOCKS.items()}
    result = []
    for action in found:
        given = {names.get(member, member): value for member, value in action.items()}
        forward = given.get("forward")
        if forward:
            sticky = forward.get("TargetGroupStickinessConfig") or {}
            given["forward"] = {
                "targetGroups": [
                    {"arn": group["TargetGroupArn"], "weight": group.get("Weight", 1)}
                    for group in forward.get("TargetGroups", [])
                ],
                "stickiness": {
                    "enabled": sticky.get("Enabled", False),
                    "duration": sticky.get("DurationSeconds"),
                },
            }
        result.append(given)
    return result


def _action_fault(action: dict[str, Any]) -> str | None:
    kind = action.get("type")
    block = _TYPES.get(str(kind))
    if kind == "forward" and not (action.get("targetGroupArn") or action.get("forward")):
        return "ValidationError: A target group must be specified for a forward action"
    if block and kind != "forward" and not action.get(block):
        return f"ValidationError: A {kind} action needs its {block}"
    fixed = action.get("fixedResponse") or {}
    if fixed and not re.fullmatch(r"[245]\d\d", str(fixed.get("statusCode", "200"))):
        return (
            f"ValidationError: The status code '{fixed['statusCode']}' of a fixed response must "
            "be 2XX, 4XX or 5XX"
        )
    if fixed and fixed.get("contentType") not in _CONTENT:
        given, allowed = fixed.get("contentType"), ", ".join(_CONTENT)
        return f"ValidationError: The content type '{given}' must be one of {allowed}"
    if len(str(fixed.get("messageBody", ""))) > 1024:
        return "ValidationError: The message body of a fixed response has at most 1024 characters"
    redirect = action.get("redirect") or {}
    plain = {"host": "#{host}", "path": "/#{path}", "port": "#{port}", "protocol": "#{protocol}"}
    if redirect and all(redirect.get(name, same) == same for name, same in plain.items()):
        return (
            "InvalidLoadBalancerAction: The redirect configuration is not valid because it would "
            "result in a redirect loop"
        )
    return None


def actions_fault(inputs: Properties, name: str) -> str | None:
    given = inputs[name]
    said = next((s for action in given if (s := _action_fault(action))), None)
    if said:
        return said
    last = given[-1].get("type") if given else None
    if last not in _TYPES:
        return (
            "InvalidLoadBalancerAction: The last action must be a forward, redirect or "
            f"fixed-response action, not {last}"
        )
    return None
