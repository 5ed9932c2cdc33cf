"""A web ACL in which a rule of a managed group lets requests without a user agent through."""

from typing import Any

from tests.policies.programs import mutated

OVERRIDE: dict[str, Any] = {"none": {}}
NO_AGENT = {"name": "NoUserAgent_HEADER", "action_to_use": {"allow": {}}}


def _overridden(rules: list[Any]) -> list[Any]:
    group = {
        "vendor_name": "AWS",
        "name": "AWSManagedRulesCommonRuleSet",
        "rule_action_overrides": [NO_AGENT],
    }
    statement = {"managed_rule_group_statement": group}
    return [
        {**rule, "statement": statement, "override_action": OVERRIDE}
        if rule["name"] == "Common"
        else rule
        for rule in rules
    ]


mutated("aws:wafv2/webAcl:WebAcl", rules=_overridden)
