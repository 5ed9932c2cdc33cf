"""TLS: what stands between clients and the load balancer."""

from collections.abc import Iterator
from typing import Any

from pulumi_policy import Severity

from policies.facts import tier
from policies.plan import Plan, Resource
from policies.resource_types import LISTENER_RULES, LISTENERS, LOAD_BALANCERS
from policies.routing.routes import is_application, protocol
from policies.rules import PlanRule

# AWS's default outside its console; it takes TLS 1.0 (AWS: ELB user guide, security policies).
DEFAULT_POLICY = "ELBSecurityPolicy-2016-08"
ADVISED_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
TLS_1_3 = "ELBSecurityPolicy-TLS13-"
# Policies of TLS 1.3 whose lowest version is 1.0 or 1.1.
TOO_LOW = (f"{TLS_1_3}1-0-", f"{TLS_1_3}1-1-")


def _tls(balancer: Resource, plan: Plan) -> Iterator[str]:
    if not is_application(balancer):
        return
    # Without facts as strictly as in production.
    if tier() not in (None, "production"):
        return
    listeners = plan.pointing_at(balancer, LISTENERS, "loadBalancerArn")
    https = [listener for listener in listeners if protocol(listener) == "HTTPS"]
    if not https:
        yield (
            f"none of its {len(listeners)} listeners is HTTPS. A listener with protocol HTTPS, a "
            f"certificateArn and sslPolicy {ADVISED_POLICY} passes."
        )
    for listener in https:
        yield from _version(listener)
    for listener in listeners:
        if listener not in https:
            yield from _plain_http(listener, plan)


def _version(listener: Resource) -> Iterator[str]:
    policy = listener.props.get("sslPolicy") or DEFAULT_POLICY
    if not policy.startswith(TLS_1_3) or policy.startswith(TOO_LOW):
        yield (
            f"sslPolicy {policy} of listener {listener.name} is not TLS 1.3 with TLS 1.2 as the "
            f"oldest version. A sslPolicy of {ADVISED_POLICY} passes."
        )


def _plain_http(listener: Resource, plan: Plan) -> Iterator[str]:
    """*listener* is one of HTTP, AWS's default where none is given."""
    answers = [(listener, "defaultActions", listener.props["defaultActions"])]
    for rule in plan.pointing_at(listener, LISTENER_RULES, "listenerArn"):
        answers.append((rule, "actions", rule.props["actions"]))
    for resource, key, actions in answers:
        kinds = [action["type"] for action in actions if not _to_https(action)]
        if kinds:
            yield (
                f"{key} of {resource.name} answers over plain HTTP with {', '.join(kinds)}. "
                f"One {key} entry of type redirect with redirect.protocol HTTPS, port 443 and "
                "statusCode HTTP_301 passes."
            )


def _to_https(action: Any) -> bool:
    # A redirect without a protocol keeps HTTP.
    return bool(action["type"] == "redirect" and action["redirect"].get("protocol") == "HTTPS")


TLS = PlanRule(
    name="routing-tls",
    description="In production a load balancer speaks TLS 1.2 or later, and HTTP only redirects.",
    protects_from=(
        "Passwords and session cookies travel where others can read them, or under versions of "
        "TLS that are broken."
    ),
    source="AWS: ELB user guide, security policies for your Application Load Balancer.",
    types=LOAD_BALANCERS,
    judge=_tls,
    severity=Severity.CRITICAL,
    remediation=(
        "Give evenkeel:routing.certificateArn: the HTTPS listener, its sslPolicy and the redirect "
        "follow. In another program set them on the load balancer's listeners."
    ),
)
