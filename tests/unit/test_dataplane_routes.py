"""Rules and their actions as Envoy's routes."""

from collections.abc import Mapping
from typing import Any

import pytest

from sandbox.dataplane import actions, clusters, firewall, routes
from sandbox.dataplane.errors import NotCoveredError
from sandbox.dataplane.snapshot import LoadBalancer, TargetGroup
from tests.support.balancers import WEB, balancer, forward, group, redirect, rule


def table(found: LoadBalancer) -> list[Mapping[str, Any]]:
    """The routes of the load balancer's listener."""
    listener = found.listeners[0]
    return list(
        routes.configuration(found, listener, {80: 20080}, 1.0)["virtual_hosts"][0]["routes"]
    )


def test_draining_target_is_marked() -> None:
    """Envoy is told DRAINING, and the group counts as having nobody for new requests."""
    leaving = group(draining=True)
    (endpoint,) = clusters.endpoints(leaving)["endpoints"][0]["lb_endpoints"]
    assert endpoint["health_status"] == "DRAINING"
    (route,) = table(balancer([rule(forward())], leaving))
    assert route["route"]["cluster"] == actions.NOBODY
    (route,) = table(balancer([rule(forward())]))
    assert route["route"]["cluster"] == "111122223333_eu-west-1_web_0123456789abcdef"


def test_forward_ends_for_silence_alone() -> None:
    """No limit on how long a request takes; the idle timeout of the load balancer, 60 s."""
    (route,) = table(balancer([rule(forward())]))
    assert (route["route"]["timeout"], route["route"]["idle_timeout"]) == ("0s", "60s")


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (
            {"Protocol": "HTTPS", "Port": "443"},
            {"scheme_redirect": "https", "port_redirect": 20443},
        ),
        ({"Port": "9000"}, {"port_redirect": 9000}),
        ({"Path": "/new"}, {"path_redirect": "/new"}),
        (
            {"Path": "/new", "Query": "a=1"},
            {"path_redirect": "/new?a=1", "strip_query": False},
        ),
        ({"Path": "/new", "Query": ""}, {"path_redirect": "/new", "strip_query": True}),
        (
            {"Host": "example.com", "Port": "443"},
            {"host_redirect": "example.com", "port_redirect": 443},
        ),
    ],
)
def test_redirect(members: dict[str, str], expected: dict[str, Any]) -> None:
    """Ports become local ones, but those of another host; parts that are kept are not named."""
    found = actions.action([redirect(**members)], balancer([]), {443: 20443})
    assert found == {"redirect": {"response_code": "MOVED_PERMANENTLY", **expected}}


@pytest.mark.parametrize(
    ("acts", "message"),
    [
        (
            [{"Type": "authenticate-oidc"}, forward()],
            "actions before the last one (authenticate-…) are not covered",
        ),
        ([redirect(Path="/new/#{path}")], "a redirect's Path is covered as /#{path} or without"),
        ([redirect(Query="a=1")], "a redirect's own query is covered only with a path"),
    ],
)
def test_action_that_is_not_covered_answers_503(acts: list[dict[str, Any]], message: str) -> None:
    """The rule's requests get 503 with the reason; the rule keeps its place."""
    (route,) = table(balancer([rule(*acts)]))
    assert route["direct_response"]["status"] == 503
    assert message in route["direct_response"]["body"]["inline_string"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"ProtocolVersion": "GRPC"}, "speaks HTTP GRPC"),
        ({"Protocol": "HTTPS"}, "speaks HTTPS HTTP1"),
        ({"TargetType": "instance"}, "is not of type ip"),
    ],
)
def test_group_that_is_not_covered(changed: dict[str, str], message: str) -> None:
    """Another protocol or target type is named in the 503."""
    found = group()
    other = TargetGroup(
        record={**found.record, **changed}, attributes=found.attributes, targets=found.targets
    )
    with pytest.raises(NotCoveredError, match=message):
        actions.action([forward()], balancer([], other), {})


def test_stickiness_that_is_not_covered() -> None:
    """An application's cookie, and stickiness between groups."""
    app = group({"stickiness.enabled": "true", "stickiness.type": "app_cookie"})
    with pytest.raises(NotCoveredError, match="stickiness app_cookie"):
        actions.action([forward()], balancer([], app), {})
    two = [{"TargetGroupArn": WEB, "Weight": weight} for weight in (1, 2)]
    both = forward(TargetGroups=two, TargetGroupStickinessConfig={"Enabled": True})
    with pytest.raises(NotCoveredError, match="between the target groups"):
        actions.action([both], balancer([]), {})


def test_rule_with_a_transform_answers_503() -> None:
    """A rewrite that is not made must not let the original path through."""
    transform = [{"Type": "url-rewrite"}]
    (route,) = table(balancer([rule(forward(), Transforms=transform)]))
    body = route["direct_response"]["body"]["inline_string"]
    assert "rule rule-1: transforms are not covered" in body


def test_web_acl_that_is_not_covered_closes_the_load_balancer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One route is left, for everything: 503 with what the firewall says."""

    def refuse(*_: Any) -> dict[str, Any]:
        raise firewall.UnsupportedRuleError("rule bots: no such statement")

    monkeypatch.setattr(firewall, "per_route", refuse)
    (route,) = table(balancer([rule(forward()), rule(forward())]))
    assert route["match"] == {"prefix": "", "headers": []}
    assert route["direct_response"]["status"] == 503
    assert "rule bots: no such statement" in route["direct_response"]["body"]["inline_string"]
