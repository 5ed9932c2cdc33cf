"""A web ACL's rules as policies read them: in their order, each with what it does."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policies.plan import Resource

# What a rule can do (AWS: WAF API, RuleAction). Only an allow ends the evaluation with a yes.
ACTIONS = ("allow", "block", "count", "captcha", "challenge")
# What a rule can make of its group's actions (AWS: WAF API, OverrideAction).
GROUP_ACTIONS = ("none", "count")

MANAGED_GROUP = "managedRuleGroupStatement"

OneOf = Mapping[str, Any]  # of its keys one has a value


@dataclass(frozen=True)
class AclRule:
    """One rule of a web ACL.

    `action` is a name of AWS's, of the rule itself or of what it makes of its group's actions.
    """

    name: str
    priority: int
    statement: OneOf
    action: str
    for_group: bool
    block: Mapping[str, Any]  # the block action's own properties; empty for any other action

    @property
    def allows(self) -> bool:
        """Whether it lets through whatever its statement matches."""
        return self.action == "allow" and not self.for_group

    @property
    def blocks(self) -> bool:
        """Whether it refuses whatever its statement matches."""
        return self.action == "block"

    @property
    def doubt(self) -> str | None:
        """Why it may allow requests that this web ACL does not show; None when it cannot."""
        known = GROUP_ACTIONS if self.for_group else ACTIONS
        if self.action not in known:
            return f"its action {self.action or '(none given)'} is unknown"
        if not self.for_group or self.action == "count":  # a counted group lets nothing through
            return None
        kind = kind_of(self.statement)
        if kind == MANAGED_GROUP:
            return _managed_doubt(self.statement[kind])
        return f"its {kind} has rules of its own"

    @property
    def shown(self) -> str:
        """For messages."""
        return f"rule {self.name} (priority {self.priority})"


def rules_of(web_acl: Resource) -> list[AclRule]:
    """The rules in the order in which AWS WAF evaluates them, whatever their order in the list."""
    rules = [_rule(rule) for rule in web_acl.props.get("rules") or ()]
    return sorted(rules, key=lambda rule: rule.priority)


def readable(judge: Callable[[Resource], Iterable[str]]) -> Callable[[Resource], Iterator[str]]:
    """*judge*, for web ACLs whose rules are properties; others cannot be verified."""

    def guarded(web_acl: Resource) -> Iterator[str]:
        if web_acl.props.get("ruleJson"):
            yield (
                "ruleJson cannot be verified: it holds the rules as text. Write them as rules, "
                "which every policy reads."
            )
        else:
            yield from judge(web_acl)

    return guarded


def kind_of(union: OneOf) -> str:
    """Which of the keys has the value.

    Raises:
        ValueError: when it is not one, which AWS refuses.
    """
    kinds = [key for key in union if union.get(key) is not None] or list(union)
    if len(kinds) != 1:
        raise ValueError(f"one of {', '.join(kinds) or 'the choices'} has to be given")
    return kinds[0]


def default_allows(web_acl: Resource) -> bool:
    """Whether a request that no rule decides is let through."""
    default = web_acl.props["defaultAction"]
    return default.get("block") is None or default.get("allow") is not None


def _rule(rule: Mapping[str, Any]) -> AclRule:
    own, override = rule.get("action") or {}, rule.get("overrideAction") or {}
    action = own or override
    return AclRule(
        name=rule["name"],
        priority=int(rule["priority"]),
        statement=rule["statement"],
        action=kind_of(action) if action else "",
        for_group=not own,
        block=own.get("block") or {},
    )


def _managed_doubt(group: Mapping[str, Any]) -> str | None:
    if group["vendorName"] != "AWS":
        return f"its group {group['name']} of {group['vendorName']} may have allow rules"
    allowing = [
        override["name"]
        for override in group.get("ruleActionOverrides") or ()
        if kind_of(override["actionToUse"]) == "allow"
    ]
    if allowing:
        return f"its ruleActionOverrides let {', '.join(allowing)} allow"
    return None
