"""The rules of a web ACL in their order, as Envoy's matcher: the first that fits decides.

What no rule decides, the default action does. Rules that count never decide: a second matcher, in
the shadow of the first, names those that a request has met before the rule that decided.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.dataplane.firewall import rates
from sandbox.dataplane.firewall.errors import UnsupportedRuleError, only, the_one
from sandbox.dataplane.firewall.statements import (
    all_of,
    any_of,
    negated,
    predicate,
    sent_target,
)
from sandbox.dataplane.resources import Resource, extension

WebAcl = Mapping[str, Any]
DEFAULT = "Default_Action"  # as AWS's logs call what no rule decides
MALFORMED = "Malformed:target"  # no name of a rule, which has no colon
TARGET = "/[!-~]*"
MOST_COUNTING = 4  # the shadow matcher doubles with each
_FIREWALL_MANAGER = ("PreProcessFirewallManagerRuleGroups", "PostProcessFirewallManagerRuleGroups")
_ACTIONS = {"Allow": "ALLOW", "Block": "DENY"}


@dataclass(frozen=True)
class Rule:
    """A rule that is enforced: what it looks for, and whether it allows, blocks or counts."""

    name: str
    predicate: Resource
    action: str


def matchers(web_acl: WebAcl) -> Resource:
    """The rules as members of Envoy's RBAC message; raises UnsupportedRuleError."""
    for groups in _FIREWALL_MANAGER:
        only("the web ACL", dict.fromkeys([groups] if web_acl.get(groups) else []))
    rules = list(_enforced(web_acl))
    deciding = [rule for rule in rules if rule.action != "Count"]
    matcher = {
        "matcher_list": {
            "matchers": [
                _case(negated(sent_target(TARGET)), _verdict(MALFORMED, "Block")),
                *(_case(rule.predicate, _verdict(rule.name, rule.action)) for rule in deciding),
            ]
        },
        "on_no_match": _verdict(DEFAULT, action_of("the default action", web_acl["DefaultAction"])),
    }
    counting = [rule for rule in rules if rule.action == "Count"]
    if len(counting) > MOST_COUNTING:
        raise UnsupportedRuleError(
            f"{len(counting)} rules count; the sandbox's firewall covers {MOST_COUNTING}"
        )
    return {"matcher": matcher} | ({"shadow_matcher": _shadow(rules)} if counting else {})


def not_evaluated(web_acl: WebAcl) -> list[str]:
    """The rules whose contents are AWS's own, and are not here."""
    return [rule["Name"] for rule in ordered(web_acl) if _is_managed(rule)]


def ordered(web_acl: WebAcl) -> list[Mapping[str, Any]]:
    """The rules by priority."""
    return sorted(web_acl["Rules"], key=lambda rule: int(rule["Priority"]))


def rate_rule(web_acl: WebAcl) -> Mapping[str, Any] | None:
    """The rate-based rule; raises UnsupportedRuleError for two, or one behind another decision.

    AWS counts only the requests that reach the rule, and every request reaches the first.
    """
    decided, found = False, None
    for rule in ordered(web_acl):
        if "RateBasedStatement" in rule["Statement"]:
            if found or decided:
                raise UnsupportedRuleError(
                    f"rule {rule['Name']} is rate-based; the sandbox's firewall counts for one "
                    "rule, before any that allows or blocks"
                )
            found = rule
        decided |= "Count" not in (rule.get("Action") or {"Count"})
    return found


def action_of(what: str, action: Mapping[str, Any]) -> str:
    """Allow, Block or Count; raises UnsupportedRuleError for any other."""
    name = the_one(what, action, "Allow", "Block", "Count")
    only(f"{what} {name}", action[name] or {}, *(["CustomResponse"] if name == "Block" else []))
    return name


def _enforced(web_acl: WebAcl) -> Iterator[Rule]:
    for rule in ordered(web_acl):
        if _is_managed(rule):
            continue
        name = rule["Name"]
        if not re.fullmatch(r"[\w-]+", name, re.ASCII) or name == DEFAULT:
            raise UnsupportedRuleError(f"{name!r} is no name of a rule")
        try:
            yield Rule(name, _predicate(rule), action_of("Action", rule.get("Action") or {}))
        except UnsupportedRuleError as error:
            raise UnsupportedRuleError(f"rule {name}: {error}") from None


def _predicate(rule: Mapping[str, Any]) -> Resource:
    if "RateBasedStatement" in rule["Statement"]:
        return rates.exceeded()
    return predicate(rule["Statement"])


def _is_managed(rule: Mapping[str, Any]) -> bool:
    return "ManagedRuleGroupStatement" in rule["Statement"]


def _shadow(rules: Sequence[Rule]) -> Resource:
    """Names the counting rules that fit; each only if nothing before it has decided."""
    met: list[Rule] = []
    earlier: list[Resource] = []
    for rule in rules:
        if rule.action == "Count":
            undecided = [negated(any_of(earlier))] if earlier else []
            met.append(Rule(rule.name, all_of([rule.predicate, *undecided]), rule.action))
        else:
            earlier.append(rule.predicate)
    shadow: Resource = _named(met, ())["matcher"]
    return shadow


def _named(rules: Sequence[Rule], names: tuple[str, ...]) -> Resource:
    """What to do once *names* have been met and *rules* are still to be tried."""
    met = _verdict(",".join(names), "Allow")
    if not rules:
        return met
    cases = [
        _case(rule.predicate, _named(rules[place + 1 :], (*names, rule.name)))
        for place, rule in enumerate(rules)
    ]
    matcher: Resource = {"matcher_list": {"matchers": cases}}
    return {"matcher": matcher | ({"on_no_match": met} if names else {})}


def _case(fits: Resource, then: Resource) -> Resource:
    return {"predicate": fits, "on_match": then}


def _verdict(name: str, action: str) -> Resource:
    kind = "envoy.config.rbac.v3.Action"
    return {"action": extension("verdict", kind, name=name, action=_ACTIONS[action])}
