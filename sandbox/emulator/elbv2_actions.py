"""The actions of listeners and rules in the one form that AWS answers with."""

from sandbox.emulator.elbv2_records import group, invalid
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

_GROUPS_PER_ACTION = 5
_MEMBER = {
    "redirect": "RedirectConfig",
    "fixed-response": "FixedResponseConfig",
    "authenticate-oidc": "AuthenticateOidcConfig",
    "authenticate-cognito": "AuthenticateCognitoConfig",
}
_REDIRECT = {
    "Protocol": "#{protocol}",
    "Port": "#{port}",
    "Host": "#{host}",
    "Path": "/#{path}",
    "Query": "#{query}",
}


def normal(actions: list[Record]) -> list[Record]:
    """The actions, ordered, with AWS's defaults; refused when one is not whole."""
    if not actions:
        raise invalid("At least one action must be specified")
    ordered = sorted(actions, key=lambda action: action.get("Order", 50000))
    found = [_normal(action, order) for order, action in enumerate(ordered, 1)]
    if found[-1]["Type"] not in ("forward", "redirect", "fixed-response"):
        raise invalid("The last action must be forward, redirect or fixed-response")
    if len(found) == 1 and "Order" not in actions[0]:
        found[0].pop("Order")
    return found


def _normal(action: Record, order: int) -> Record:
    kind = action["Type"]
    if kind == "forward":
        return {"Type": kind, "Order": order, **_forward(action)}
    member = _MEMBER.get(kind)
    if member is None or member not in action:
        raise invalid(f"An action of type '{kind}' needs its {member or 'configuration'}")
    values = action[member]
    if kind == "redirect":
        values = {**_REDIRECT, **values}
        if all(values[n] == default for n, default in _REDIRECT.items()):
            raise Refusal("InvalidLoadBalancerAction", "The redirect configuration is a loop")
    return {"Type": kind, "Order": order, member: values}


def _forward(action: Record) -> Record:
    """Both of AWS's forms: one target group by itself, or weighted ones."""
    config = action.get("ForwardConfig") or {}
    targets = config.get("TargetGroups") or []
    if not targets:
        if "TargetGroupArn" not in action:
            raise invalid("A forward action needs a target group")
        targets = [{"TargetGroupArn": action["TargetGroupArn"]}]
    if len(targets) > _GROUPS_PER_ACTION:
        raise Refusal(
            "TooManyUniqueTargetGroupsPerLoadBalancer", "At most 5 target groups per action"
        )
    targets = [{"Weight": 1, **target} for target in targets]
    for target in targets:
        group(target["TargetGroupArn"])
        if not 0 <= target["Weight"] <= 999:
            raise invalid(f"Target group weight {target['Weight']} must be from 0 to 999")
    sticky = config.get("TargetGroupStickinessConfig") or {"Enabled": False}
    found: Record = {
        "ForwardConfig": {"TargetGroups": targets, "TargetGroupStickinessConfig": sticky}
    }
    if len(targets) == 1:
        found["TargetGroupArn"] = targets[0]["TargetGroupArn"]
    return found
