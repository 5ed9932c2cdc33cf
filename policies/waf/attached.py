"""The web ACL stands in front of the load balancer."""

from collections.abc import Iterator

from pulumi_policy import Severity

from policies.plan import Plan, Resource
from policies.resource_types import LOAD_BALANCERS, WEB_ACL, WEB_ACL_ASSOCIATION
from policies.rules import PlanRule


def _attached(balancer: Resource, plan: Plan) -> Iterator[str]:
    kind = balancer.props.get("loadBalancerType") or "application"
    # A gateway load balancer has no address that a client could reach.
    if balancer.props.get("internal") or kind == "gateway":
        return
    if kind != "application":
        yield (
            f"loadBalancerType {kind} on the internet: AWS WAF guards application load balancers "
            "alone. internal true, or loadBalancerType application with a WebAclAssociation, "
            "passes."
        )
        return
    associations = plan.pointing_at(balancer, {WEB_ACL_ASSOCIATION}, "resourceArn")
    if not associations:
        yield (
            "it faces the internet (internal is not true) and no WebAclAssociation names it. A "
            "WebAclAssociation with its arn as resourceArn passes."
        )
    for association in associations:
        if not any(source.type == WEB_ACL for source in plan.behind(association, "webAclArn")):
            yield (
                f"its web ACL (webAclArn of {association.name}) is not made in this program, so "
                "what it lets through could not be verified. The arn of a web ACL of this "
                "program passes."
            )
    if balancer.props.get("enableWafFailOpen"):
        yield (
            "enableWafFailOpen is true: while AWS WAF does not answer, every request gets past "
            "the web ACL. enableWafFailOpen false passes."
        )


ATTACHED = PlanRule(
    name="waf-attached",
    description="A web ACL stands in front of every load balancer that faces the internet.",
    protects_from="Every path and every flood of requests reaches the tasks as it comes.",
    source="Practice S0-18; AWS: WAF API, AssociateWebACL.",
    remediation=(
        "Attach a web ACL: a WebAclAssociation whose resourceArn is the load balancer's arn. "
        "Evenkeel registers one for every stage."
    ),
    severity=Severity.CRITICAL,
    types=LOAD_BALANCERS,
    judge=_attached,
)
