"""Listener rules: conditions, priorities, and the default rule of each listener."""

from sandbox.emulator.elbv2_actions import normal
from sandbox.emulator.elbv2_records import (
    invalid,
    keep_tags,
    listener,
    page,
    rule,
    rules,
    tags,
    unique,
)
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

_CONFIG = {
    "path-pattern": "PathPatternConfig",
    "host-header": "HostHeaderConfig",
    "http-header": "HttpHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "query-string": "QueryStringConfig",
    "source-ip": "SourceIpConfig",
}
_VALUES_PER_RULE = 5
_WILDCARDS_PER_RULE = 5


def create(request: Record) -> Record:
    """CreateRule."""
    owner = listener(request["ListenerArn"])
    _check_free(owner["ListenerArn"], request["Priority"])
    record = {
        "RuleArn": owner["ListenerArn"].replace(":listener/", ":listener-rule/") + f"/{unique()}",
        "Priority": str(request["Priority"]),
        "Conditions": _normal_conditions(request["Conditions"]),
        "Actions": normal(request["Actions"]),
        "IsDefault": False,
        "Transforms": request.get("Transforms", []),
        "_listener": owner["ListenerArn"],
    }
    rules[record["RuleArn"]] = record
    keep_tags(record["RuleArn"], request)
    return {"Rules": [record]}


def put_default(owner: Record) -> None:
    """Keep the listener's default rule in step with its default actions."""
    name = owner["ListenerArn"]
    old = next((r for r in rules.values() if r["_listener"] == name and r["IsDefault"]), None)
    record = old or {
        "RuleArn": name.replace(":listener/", ":listener-rule/") + f"/{unique()}",
        "Priority": "default",
        "Conditions": [],
        "IsDefault": True,
        "Transforms": [],
        "_listener": name,
    }
    record["Actions"] = owner["DefaultActions"]
    rules[record["RuleArn"]] = record


def modify(request: Record) -> Record:
    """ModifyRule: conditions, actions, or both."""
    record = rule(request["RuleArn"])
    if record["IsDefault"]:
        raise Refusal(
            "OperationNotPermitted", f"Default rule '{record['RuleArn']}' cannot be modified"
        )
    conditions, actions = request.get("Conditions"), request.get("Actions")
    changed = {
        **record,
        "Conditions": _normal_conditions(conditions) if conditions else record["Conditions"],
        "Actions": normal(actions) if actions else record["Actions"],
    }
    rules[record["RuleArn"]] = changed
    return {"Rules": [changed]}


def describe(request: Record) -> Record:
    """DescribeRules of a listener in order of priority, or by ARN."""
    arns, owner = request.get("RuleArns"), request.get("ListenerArn")
    if bool(arns) == bool(owner):
        raise invalid("You must specify either a listener ARN or rule ARNs, not both")
    if owner:
        listener(owner)
    found = [
        r
        for r in rules.values()
        if (not arns or r["RuleArn"] in arns) and (not owner or r["_listener"] == owner)
    ]
    if arns and len(found) < len(set(arns)):
        raise Refusal("RuleNotFound", "One or more rules not found")
    found.sort(key=lambda r: (r["IsDefault"], 0 if r["IsDefault"] else int(r["Priority"])))
    return page(found, request, "Rules")


def delete(request: Record) -> None:
    """DeleteRule; a default rule goes only with its listener."""
    record = rule(request["RuleArn"])
    if record["IsDefault"]:
        raise Refusal(
            "OperationNotPermitted", f"Default rule '{record['RuleArn']}' cannot be deleted"
        )
    rules.pop(record["RuleArn"])
    tags.pop(record["RuleArn"], None)


def set_priorities(request: Record) -> Record:
    """SetRulePriorities: all of the call's or none."""
    wanted = {p["RuleArn"]: p["Priority"] for p in request["RulePriorities"]}
    records = [rule(name) for name in wanted]
    if len(set(wanted.values())) < len(wanted):
        raise Refusal("PriorityInUse", "A priority is given twice")
    for record in records:
        _check_free(record["_listener"], wanted[record["RuleArn"]], apart=set(wanted))
    for record in records:
        record["Priority"] = str(wanted[record["RuleArn"]])
    return {"Rules": records}


def _check_free(owner: str, priority: int, apart: frozenset[str] | set[str] = frozenset()) -> None:
    for other in rules.values():
        if other["RuleArn"] in apart or other["_listener"] != owner:
            continue
        if other["Priority"] == str(priority):
            raise Refusal("PriorityInUse", f"Priority '{priority}' is currently in use")


def _normal_conditions(conditions: list[Record]) -> list[Record]:
    """Conditions with both of AWS's forms filled: `Values` and the typed configuration."""
    found = []
    values: list[str] = []
    for condition in conditions:
        field = condition.get("Field", "")
        member = _CONFIG.get(field)
        if member is None:
            raise invalid(f"Condition field '{field}' is not valid")
        config = dict(condition.get(member) or {"Values": condition.get("Values") or []})
        given = config.get("Values") or config.get("RegexValues")
        if not given:
            raise invalid(f"A condition on '{field}' needs at least one value")
        values += [v if isinstance(v, str) else v.get("Value", "") for v in given]
        record = {"Field": field, member: config}
        if field in ("path-pattern", "host-header") and "Values" in config:
            record["Values"] = config["Values"]
        found.append(record)
    _check_size(values)
    return found


def _check_size(values: list[str]) -> None:
    if len(values) > _VALUES_PER_RULE:
        message = f"Rule has {len(values)} condition values; the limit is {_VALUES_PER_RULE}"
        raise Refusal("TooManyConditionValues", message)
    wildcards = sum(value.count("*") + value.count("?") for value in values)
    if wildcards > _WILDCARDS_PER_RULE:
        message = f"Rule has {wildcards} wildcards; the limit is {_WILDCARDS_PER_RULE}"
        raise invalid(message)
    long = next((value for value in values if len(value) > 128), None)
    if long is not None:
        raise invalid(f"Condition value '{long}' is longer than 128 characters")
