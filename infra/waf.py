"""The web ACL in front of the load balancer: it blocks everything that no rule allows."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import waf_rules
from infra.waf_rules import ManagedRules, Rule

# Web ACL capacity units (WAF developer guide, limits and pricing).
MOST_UNITS = 5000
INCLUDED_UNITS = 1500


@dataclass(frozen=True, kw_only=True)
class WafArgs:
    load_balancer_arn: pulumi.Input[str]
    requests_per_five_minutes: int  # of one address
    managed: ManagedRules
    websocket_path: str | None
    allowed_paths: Sequence[str]
    log_group: str  # AWS takes only names that start with aws-waf-logs-
    log_retention_days: int


class Waf(pulumi.ComponentResource):
    """A regional web ACL, attached and logged."""

    metric: str
    log_group: aws.cloudwatch.LogGroup
    association: aws.wafv2.WebAclAssociation
    """Once it is there, the load balancer lets nothing past the rules."""

    def __init__(
        self, name: str, args: WafArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("evenkeel:infra:Waf", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)

        rules = web_acl_rules(args)
        acl = aws.wafv2.WebAcl(
            name,
            scope="REGIONAL",
            description="Allows the paths of the stage file and blocks everything else",
            default_action=waf_rules.default_block(),
            custom_response_bodies=waf_rules.response_bodies(),
            rules=rules,
            visibility_config=waf_rules.visibility(name),
            opts=child,
        )
        self.association = aws.wafv2.WebAclAssociation(
            name, resource_arn=args.load_balancer_arn, web_acl_arn=acl.arn, opts=child
        )
        self.log_group = aws.cloudwatch.LogGroup(
            f"{name}-waf",
            name=args.log_group,
            retention_in_days=args.log_retention_days,
            opts=child,
        )
        aws.wafv2.WebAclLoggingConfiguration(
            name,
            resource_arn=acl.arn,
            log_destination_configs=[self.log_group.arn],
            # Who may act as whom: cookies, tokens, and the session id in Socket.IO's query.
            redacted_fields=[
                {"single_header": {"name": "authorization"}},
                {"single_header": {"name": "cookie"}},
                {"query_string": {}},
            ],
            opts=child,
        )

        self.metric = name
        self.register_outputs({"metric": self.metric, "log_group": self.log_group.name})


def web_acl_rules(args: WafArgs) -> list[Rule]:
    """The rules of *args*, in their order.

    Raises pulumi.RunError when they need more capacity than a web ACL has.
    """
    rules = waf_rules.web_acl_rules(
        requests_per_five_minutes=args.requests_per_five_minutes,
        managed=args.managed,
        websocket_path=args.websocket_path,
        allowed_paths=args.allowed_paths,
    )
    units = waf_rules.capacity_units(rules)
    if units > MOST_UNITS:
        raise pulumi.RunError(
            f"firewall.allow has {len(args.allowed_paths)} entries; with the other rules they need "
            f"{units} web ACL capacity units, allowed: {MOST_UNITS}; "
            "next: allow a common prefix in place of several paths"
        )
    if units > INCLUDED_UNITS:
        pulumi.log.warn(
            f"the web ACL needs {units} capacity units; {INCLUDED_UNITS} are in its base price, "
            "more cost extra"
        )
    return rules
