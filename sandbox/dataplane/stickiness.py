"""Sticky sessions: the cookie AWSALB keeps a client with a target."""

from sandbox.dataplane.errors import NotCoveredError
from sandbox.dataplane.resources import FILTERS, Resource, extension, seconds, typed
from sandbox.dataplane.snapshot import TargetGroup

FILTER = "envoy.filters.http.stateful_session"
_KIND = f"{FILTERS}.http.stateful_session.v3.StatefulSession"
_COOKIE = "envoy.extensions.http.stateful_session.cookie.v3.CookieBasedSessionState"


def http_filter() -> Resource:
    """The filter of every listener; it does nothing where no route asks for it."""
    return extension(FILTER, _KIND)


def check(group: TargetGroup) -> None:
    """Raises NotCoveredError for a stickiness that is not the load balancer's own cookie."""
    kind = group.attributes["stickiness.type"]
    if kind != "lb_cookie":
        name = group.record["TargetGroupName"]
        raise NotCoveredError(f"target group {name} has stickiness {kind}; lb_cookie is covered")


def of_targets(group: TargetGroup) -> Resource:
    """The settings of a route, or of its share of one, to a group whose targets are sticky."""
    if group.attributes["stickiness.enabled"] != "true":
        return {}
    duration = float(group.attributes["stickiness.lb_cookie.duration_seconds"])
    cookie = {"name": "AWSALB", "path": "/", "ttl": seconds(duration)}
    state = extension("envoy.http.stateful_session.cookie", _COOKIE, cookie=cookie)
    return {FILTER: typed(f"{_KIND}PerRoute", stateful_session={"session_state": state})}
