"""What AWS refuses of a web ACL: rules that do not go together, or do not fit."""

from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wafv2_capacity import capacity, statements
from sandbox.emulator.wire import Record

_CAPACITY_LIMIT = 5000


def check(request: Record) -> None:
    """Refuse rules that AWS does not take together, and what does not fit."""
    rules = request.get("Rules", [])
    _check_names(rules)
    for rule in rules:
        _check_rule(rule)
    _check_bodies(request)
    used = capacity(rules)
    if used > _CAPACITY_LIMIT:
        raise Refusal(
            "WAFLimitsExceededException",
            f"The web ACL uses {used} capacity units; the limit is {_CAPACITY_LIMIT}",
        )


def _check_names(rules: list[Record]) -> None:
    for member in ("Name", "Priority"):
        given = [rule[member] for rule in rules]
        twice = next((value for value in given if given.count(value) > 1), None)
        if twice is not None:
            raise invalid(
                f"You have used the same {member.lower()} in more than one rule,"
                f" field: RULE, parameter: {twice}"
            )


def _check_rule(rule: Record) -> None:
    group = any(
        (name.endswith("ReferenceStatement") and "RuleGroup" in name)
        or name == "ManagedRuleGroupStatement"
        for name in rule["Statement"]
    )
    if ("OverrideAction" in rule) != group or ("Action" in rule) == group:
        raise invalid(
            "A rule has an override action exactly when it references a rule group, and an"
            f" action otherwise, field: RULE_ACTION, parameter: {rule['Name']}"
        )
    for name, statement in statements(rule["Statement"]):
        orders = [t["Priority"] for t in statement.get("TextTransformations", [])]
        if len(set(orders)) < len(orders):
            raise invalid(
                "Text transformations need unique priorities, field: TEXT_TRANSFORMATION,"
                f" parameter: {name}"
            )


def _check_bodies(request: Record) -> None:
    bodies = request.get("CustomResponseBodies", {})
    blocks = [
        action.get("Block", {})
        for action in (
            request["DefaultAction"],
            *(rule.get("Action", {}) for rule in request.get("Rules", [])),
        )
    ]
    for block in blocks:
        key = (block or {}).get("CustomResponse", {}).get("CustomResponseBodyKey")
        if key is not None and key not in bodies:
            raise invalid(
                "The custom response body isn't defined, field: CUSTOM_RESPONSE_BODY_KEY,"
                f" parameter: {key}"
            )


def invalid(reason: str) -> Refusal:
    """The refusal of a value, in AWS's form."""
    return Refusal("WAFInvalidParameterException", f"Error reason: {reason}")
