"""What AWS refuses in a web ACL."""

from collections.abc import Iterator
from typing import Any

from sandbox.provider.resource_type import rule
from sandbox.provider.values import Properties
from sandbox.provider.wafv2.capacity import MOST_UNITS, units


@rule("rules", what="priorities and names unique", source="BC:wafv2/Rule.Priority")
def _unique(inputs: Properties) -> str | None:
    for field in ("priority", "name"):
        values = [item.get(field) for item in inputs.get("rules") or []]
        double = next((value for value in values if values.count(value) > 1), None)
        if double is not None:
            return (
                "WAFInvalidParameterException: Error reason: your rules contain a duplicate "
                f"{field}, field: RULE, parameter: {double}"
            )
    return None


@rule(
    "rules",
    what="action for plain rules, override action (none or count) for rule groups, exactly one",
    source="BC:wafv2/Rule.Action, OverrideAction",
)
def _actions(inputs: Properties) -> str | None:
    groups = {"managedRuleGroupStatement", "ruleGroupReferenceStatement"}
    for item in inputs.get("rules") or []:
        own, override = "action" in item, "overrideAction" in item
        is_group = bool(groups & item.get("statement", {}).keys())
        if own == override or is_group != override:
            wanted = "overrideAction" if is_group else "action"
            return (
                f"WAFInvalidParameterException: Error reason: rule {item.get('name')} needs "
                f"{wanted} and nothing else, field: RULE_ACTION"
            )
        if sum(1 for value in item.get("action", {"": {}}).values() if value is not None) != 1:
            return (
                f"WAFInvalidParameterException: Error reason: rule {item.get('name')} has exactly "
                "one action, field: RULE_ACTION"
            )
    return None


@rule(
    "defaultAction",
    what="default action allow or block, exactly one",
    source="BC:wafv2/DefaultAction",
)
def _default_action(inputs: Properties) -> str | None:
    if len(inputs["defaultAction"]) != 1:
        return (
            "WAFInvalidParameterException: Error reason: You have used none or multiple values "
            "for a field that requires exactly one value., field: DEFAULT_ACTION"
        )
    return None


@rule(
    "rules",
    what="AND and OR of two statements or more; rate-based rules not nested; distinct "
    "transformation priorities, at most 10",
    source="BC:wafv2/AndStatement, OrStatement, RateBasedStatement; WAF limits page",
)
def _nesting(inputs: Properties) -> str | None:
    for item in inputs.get("rules") or []:
        said = _statement_fault(item.get("statement") or {}, top=True)
        if said:
            return (
                f"WAFInvalidParameterException: Error reason: {said} (rule {item.get('name')}), "
                "field: STATEMENT"
            )
    return None


def _statement_fault(statement: dict[str, Any], *, top: bool = False) -> str | None:
    if len(statement) != 1:
        return "a statement has exactly one kind"
    kind, body = next(iter(statement.items()))
    if kind == "rateBasedStatement" and not top:
        return "a rate-based statement cannot be nested"
    if kind in ("andStatement", "orStatement") and len(body.get("statements") or []) < 2:
        return f"an {kind} needs two statements or more"
    priorities = [t.get("priority") for t in body.get("textTransformations") or []]
    if len(set(priorities)) < len(priorities) or len(priorities) > 10:
        return "text transformations have distinct priorities, at most 10"
    inner = [*(body.get("statements") or []), body.get("statement"), body.get("scopeDownStatement")]
    return next((said for s in inner if s and (said := _statement_fault(s))), None)


@rule(
    "rules",
    what=f"at most {MOST_UNITS} capacity units",
    source="WAF23 statement pages; limits page",
)
def _capacity(inputs: Properties) -> str | None:
    needed = units(inputs.get("rules") or [])
    if needed > MOST_UNITS:
        return (
            "WAFLimitsExceededException: AWS WAF couldn't perform the operation because you "
            f"exceeded your resource limit: {needed} of {MOST_UNITS} web ACL capacity units"
        )
    return None


def _responses(value: Any) -> Iterator[dict[str, Any]]:
    """Every custom response below *value*."""
    if isinstance(value, list):
        for item in value:
            yield from _responses(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name in ("customResponse", "customRequestHandling") and isinstance(item, dict):
                yield item
            else:
                yield from _responses(item)


@rule(
    "customResponseBodies", "rules", "defaultAction",
    what="bodies up to 4 KB, at most 50 and 50 KB; responses name an existing body, status "
    "200-599, at most 10 headers, none content-type",
    source="BC:wafv2/CustomResponse, CustomResponseBody; WAF23 limits.md",
)  # fmt: skip
def _bodies(inputs: Properties) -> str | None:
    bodies = {
        body["key"]: str(body["content"]) for body in inputs.get("customResponseBodies") or []
    }
    sizes = [len(text.encode()) for text in bodies.values()]
    if len(bodies) > 50 or sum(sizes) > 50 * 1024 or any(size > 4096 for size in sizes):
        return (
            "WAFLimitsExceededException: custom response bodies: at most 50, 4 KB each, 50 KB in "
            "all"
        )
    for response in _responses([inputs.get("rules"), inputs.get("defaultAction")]):
        key, headers = response.get("customResponseBodyKey"), response.get("responseHeaders") or []
        if key is not None and key not in bodies:
            return (
                "WAFInvalidParameterException: Error reason: no custom response body has the key "
                f"{key}, field: CUSTOM_RESPONSE_BODY"
            )
        if len(headers) > 10 or any(h.get("name", "").lower() == "content-type" for h in headers):
            return (
                "WAFInvalidParameterException: Error reason: at most 10 response headers, none "
                "of them content-type, field: RESPONSE_CONTENT"
            )
    return None


RULES = (
    _unique,
    _actions,
    _default_action,
    _nesting,
    _capacity,
    _bodies,
)
