"""Elastic Load Balancing: the rules of listeners."""

import re
from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.comparison import agrees
from sandbox.provider.elbv2.actions import actions, actions_fault, actions_read
from sandbox.provider.elbv2.calls import MISSING, RETAG, out_of, tags_of
from sandbox.provider.requests import Request, request, translated
from sandbox.provider.resource_type import ResourceType, rule
from sandbox.provider.tags import as_list, ours
from sandbox.provider.values import UNKNOWN, Properties


@rule(
    "actions",
    what="actions complete; the last forwards, redirects or answers; no redirect loop",
    source="BC:elbv2/Action",
)
def _rule_actions(inputs: Properties) -> str | None:
    return actions_fault(inputs, "actions")


# Pulumi's condition → AWS's field and configuration. Source: BC:elbv2/RuleCondition.
_CONDITIONS = {
    "pathPattern": ("path-pattern", "PathPatternConfig"),
    "hostHeader": ("host-header", "HostHeaderConfig"),
    "httpHeader": ("http-header", "HttpHeaderConfig"),
    "httpRequestMethod": ("http-request-method", "HttpRequestMethodConfig"),
    "queryStrings": ("query-string", "QueryStringConfig"),
    "sourceIp": ("source-ip", "SourceIpConfig"),
}


def _conditions(declared: Any) -> Any:
    if declared == UNKNOWN:
        return declared
    result = []
    for condition in declared or []:
        for name, (field, member) in _CONDITIONS.items():
            if condition == UNKNOWN or not condition.get(name):
                continue
            value = {"values": condition[name]} if name == "queryStrings" else condition[name]
            result.append({"field": field, member: value})
    return translated("elbv2", "RuleConditionList", result)


def _conditions_read(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    fields = {field: (name, member) for name, (field, member) in _CONDITIONS.items()}
    result = []
    for condition in found:
        name, member = fields[condition["Field"]]
        value = condition.get(member) or {"Values": condition.get("Values", [])}
        result.append({name: value["Values"] if name == "queryStrings" else value})
    return result


@rule("priority", what="priority 1-50000", source="BC:elbv2/RulePriority")
def _priority(inputs: Properties) -> str | None:
    return out_of("priority", inputs["priority"], 1, 50000)


@rule(
    "conditions",
    what="at most 5 values and 5 wildcards a rule; path patterns up to 128 of AWS's characters",
    source="load-balancer-limits page; BC:elbv2/PathPatternConditionConfig",
)
def _condition_limits(inputs: Properties) -> str | None:
    values: list[str] = []
    for condition in inputs["conditions"]:
        for name in _CONDITIONS:
            block = condition.get(name) or {}
            found = block if isinstance(block, list) else block.get("values") or []
            values += [str(v.get("value", "")) if isinstance(v, dict) else str(v) for v in found]
        for pattern in (condition.get("pathPattern") or {}).get("values") or []:
            if len(pattern) > 128 or not re.fullmatch(r"[A-Za-z0-9_\-.$/~\"'@:+&*?]+", pattern):
                return (
                    f"ValidationError: The path pattern '{pattern}' is not valid: up to 128 "
                    "letters, digits and _-.$/~\"'@:+&*?"
                )
    if not values:
        return "ValidationError: A condition must be specified"
    if len(values) > 5:
        return f"TooManyConditionValues: a rule has at most 5 condition values, not {len(values)}"
    if sum(value.count("*") + value.count("?") for value in values) > 5:
        return "TooManyWildcards: a rule has at most 5 wildcards"
    return None


def _rule_request(inputs: Properties) -> Iterator[Request]:
    yield request(
        "elbv2", "CreateRule", inputs, Conditions=_conditions(inputs.get("conditions")),
        Actions=actions(inputs.get("actions")), Tags=as_list(inputs),
    )  # fmt: skip


def _create_rule(aws: Aws, inputs: Properties) -> str:
    found = aws.call("elbv2", "DescribeRules", ListenerArn=inputs["listenerArn"])["Rules"]
    same = next((item for item in found if item["Priority"] == str(inputs["priority"])), None)
    if same is None:
        return str(aws.send(next(_rule_request(inputs)))["Rules"][0]["RuleArn"])
    arn = str(same["RuleArn"])
    equal = agrees(inputs["conditions"], _conditions_read(same["Conditions"]), unordered=True)
    if not ours(tags_of(aws, arn), inputs) or not equal:
        raise AwsError("PriorityInUse", f"Priority '{inputs['priority']}' is currently in use")
    return arn  # left by a create that crashed


def _update_rule(aws: Aws, arn: str, old: Properties, new: Properties) -> None:
    if old.get("priority") != new["priority"]:
        wanted = [{"RuleArn": arn, "Priority": new["priority"]}]
        aws.call("elbv2", "SetRulePriorities", RulePriorities=wanted)
    if any(old.get(name) != new[name] for name in ("conditions", "actions")):
        aws.call(
            "elbv2", "ModifyRule", RuleArn=arn, Conditions=_conditions(new["conditions"]),
            Actions=actions(new["actions"]),
        )  # fmt: skip


def _read_rule(aws: Aws, arn: str, _inputs: Properties) -> Properties | None:
    found = aws.found("elbv2", "DescribeRules", MISSING, RuleArns=[arn])
    if not found or not found["Rules"]:
        return None
    item = found["Rules"][0]
    return {
        "listenerArn": arn.replace(":listener-rule/", ":listener/").rsplit("/", 1)[0],
        "priority": int(item["Priority"]),
        "conditions": _conditions_read(item["Conditions"]),
        "actions": actions_read(item["Actions"]),
        "arn": arn,
        "tags": tags_of(aws, arn),
    }


def _delete_rule(aws: Aws, arn: str, _outputs: Properties) -> None:
    aws.found("elbv2", "DeleteRule", MISSING, RuleArn=arn)


LISTENER_RULE = ResourceType(
    token="aws:lb/listenerRule:ListenerRule",
    create=_create_rule,
    read=_read_rule,
    update=_update_rule,
    delete=_delete_rule,
    requests=_rule_request,
    properties=frozenset({"listenerArn", "priority", "conditions", "actions"}),
    required=frozenset({"listenerArn", "priority", "conditions", "actions"}),
    replaces=frozenset({"listenerArn"}),
    computed=frozenset({"arn"}),
    unique=("listenerArn", "priority"),
    sets=frozenset({"conditions"}),
    retag=RETAG,
    rules=(_priority, _condition_limits, _rule_actions),
    asks_aws=("one rule a priority", "the target groups exist (the emulator)"),
    open=("a rule without a priority and transforms (not covered)", "quota (100 rules)"),
)
