"""What a web ACL does first, and what it does last."""

from collections.abc import Iterator

from pulumi_policy import Severity

from policies.plan import Resource
from policies.resource_types import WEB_ACL, WEB_ACL_RULE, WEB_ACL_RULE_GROUP
from policies.rules import ResourceRule
from policies.waf.web_acl import default_allows, readable, rules_of


def _default_block(web_acl: Resource) -> Iterator[str]:
    if default_allows(web_acl):
        yield (
            "defaultAction is allow, so a path that no rule names reaches the tasks. A "
            "defaultAction of block passes, with allow rules for the paths that are served."
        )


def _blocks_before_allows(resource: Resource) -> Iterator[str]:
    if resource.type == WEB_ACL:
        yield from _in_order(resource)
    else:
        yield (
            "a rule outside of its web ACL: its order among the others cannot be verified. "
            "Written as one of the WebAcl's rules it is judged with them."
        )


@readable
def _in_order(web_acl: Resource) -> Iterator[str]:
    rules = rules_of(web_acl)
    allows = [rule for rule in rules if rule.allows]
    for rule in rules:
        if rule.doubt:
            yield (
                f"{rule.shown} cannot be verified: {rule.doubt}, and an allow ends the "
                "evaluation. Rules in the web ACL itself, or overrideAction count, pass."
            )
        elif not rule.allows and allows and rule.priority >= allows[0].priority:
            last = max(each.priority for each in rules if not each.allows)
            yield (
                f"{rule.shown} is not before {allows[0].shown}: an allow ends the evaluation, so "
                f"{rule.name} never sees what {allows[0].name} lets through. Allow rules with "
                f"priorities above {last} pass."
            )


DEFAULT_BLOCK = ResourceRule(
    name="waf-default-block",
    description="A web ACL blocks what no rule allows.",
    protects_from=(
        "Paths that nobody meant to publish (admin pages, metrics, debug endpoints) are open."
    ),
    source="Practice S0-18; AWS: WAF API, DefaultAction.",
    remediation=(
        "Set the WebAcl's defaultAction to block and allow what is served. In a stage file the "
        "allowed paths are evenkeel:firewall.allow."
    ),
    severity=Severity.CRITICAL,
    types={WEB_ACL},
    judge=_default_block,
)

BLOCKS_BEFORE_ALLOWS = ResourceRule(
    name="waf-blocks-before-allows",
    description=(
        "Every rule that blocks, counts or limits the rate is evaluated before every allow rule."
    ),
    protects_from=(
        "The first allow ends the evaluation. The rate limit and the managed rules are off for "
        "exactly the paths that are served."
    ),
    source="Practice S0-18; AWS: WAF developer guide, how rules and actions are evaluated.",
    remediation=(
        "Give the allow rules the highest priority numbers, and keep every rule in the WebAcl's "
        "rules. Evenkeel numbers them in this order."
    ),
    severity=Severity.CRITICAL,
    types={WEB_ACL, WEB_ACL_RULE, WEB_ACL_RULE_GROUP},
    judge=_blocks_before_allows,
)
