"""Which listener rules reach a target group, and which of them carry websockets."""

from collections import defaultdict

from policies.plan import Plan, Resource
from policies.resource_types import LISTENER_RULES, LISTENERS

# Target groups of other protocols belong to network load balancers, or invoke a function.
HTTP_PROTOCOLS = ("HTTP", "HTTPS")


def is_application(balancer: Resource) -> bool:
    """Whether this is an application load balancer, the kind that AWS makes by default."""
    return (balancer.props.get("loadBalancerType") or "application") == "application"


def speaks_http(resource: Resource) -> bool:
    """Whether a target group or listener is one of HTTP or HTTPS."""
    return protocol(resource) in HTTP_PROTOCOLS


def protocol(resource: Resource) -> str:
    """The protocol in capitals, as the provider writes it; empty where none is given."""
    return str(resource.props.get("protocol") or "").upper()


def routes(group: Resource, plan: Plan) -> list[Resource]:
    """The listener rules that forward to *group*, and the listeners that do so by default."""
    return [
        *plan.pointing_at(group, LISTENER_RULES, "actions"),
        *plan.pointing_at(group, LISTENERS, "defaultActions"),
    ]


def websocket_rules(plan: Plan, path: str) -> list[Resource]:
    """The rule of each listener that gets the websocket *path*.

    Another rule may name the path as well; the one with the lowest priority number wins.
    """
    by_listener = defaultdict(list)
    for rule in plan.of_type(LISTENER_RULES):
        if _names(rule, path):
            listener = frozenset(each.urn for each in plan.behind(rule, "listenerArn"))
            by_listener[listener].append(rule)
    return [
        rules[0] if len(rules) == 1 else min(rules, key=lambda rule: rule.props["priority"])
        for rules in by_listener.values()
    ]


def _names(rule: Resource, path: str) -> bool:
    patterns = [
        pattern
        for condition in rule.props["conditions"]
        for pattern in (condition.get("pathPattern") or {}).get("values") or ()
    ]
    return any(
        pattern == path or pattern.startswith((f"{path}/", f"{path}*")) for pattern in patterns
    )
