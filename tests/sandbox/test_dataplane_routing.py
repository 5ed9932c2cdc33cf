"""Listeners and rules: over real sockets, the data plane answers as the balancer is told to."""

from typing import Any

import pytest

from tests.support.entrance import NOT_FOUND, Entrance, get
from tests.support.plane import entrance, pair, plane
from tests.support.targets import Target

__all__ = ["entrance", "pair", "plane"]
pytestmark = pytest.mark.sandbox


def says(text: str) -> dict[str, Any]:
    """A fixed response."""
    config = {"StatusCode": "200", "ContentType": "text/plain", "MessageBody": text}
    return {"Type": "fixed-response", "FixedResponseConfig": config}


def test_default_action_answers_what_no_rule_matches(entrance: Entrance) -> None:
    """A fixed response has the status, the content type and the body that were declared."""
    answer = entrance.get("/anything?x=1")
    assert (answer.status, answer.body) == (404, "no route")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["server"] == "awselb/2.0"


def test_paths_match_as_on_aws(entrance: Entrance) -> None:
    """`*` is any number of characters, `?` one; case counts, the query does not.

    Nothing is decoded, and the first rule by priority decides.
    """
    entrance.rule(says("one"), "/api", "/api/*")
    entrance.rule(says("two"), "/api/*", "/a?c", "/img/*.jpg")
    expected = {
        "/api": "one",
        "/api/": "one",
        "/api?x=1": "one",
        "/api/../x": "one",
        "/abc": "two",
        "/img/a/b.jpg": "two",
        "/apix": "no route",
        "/API": "no route",
        "/%61pi": "no route",
        "/ac": "no route",
        "/abbc": "no route",
        "/img/x?y=.jpg": "no route",
    }
    assert {path: entrance.get(path).body for path in expected} == expected


def test_priority_decides_whatever_the_order_of_creation(entrance: Entrance) -> None:
    """Rules of a lower number come first, and a moved rule moves at once."""
    first = entrance.rule(says("first"), "/x*")
    second = entrance.rule(says("second"), "/xy")
    assert entrance.get("/xy").body == "first"
    swap = [{"RuleArn": first, "Priority": 90}, {"RuleArn": second, "Priority": 80}]
    entrance.elbv2.set_rule_priorities(RulePriorities=swap)
    assert entrance.get("/xy").body == "second"


@pytest.mark.parametrize(
    ("condition", "hit", "miss"),
    [
        (
            {"Field": "host-header", "Values": ["*.example.com"]},
            {"Host": "WWW.example.com:8080"},
            {"Host": "example.com"},
        ),
        (
            {
                "Field": "http-header",
                "HttpHeaderConfig": {"HttpHeaderName": "X-Stage", "Values": ["blue*"]},
            },
            {"X-Stage": "Blue-1"},
            {"X-Stage": "green"},
        ),
    ],
)
def test_header_conditions(
    entrance: Entrance, condition: dict[str, Any], hit: dict[str, str], miss: dict[str, str]
) -> None:
    """Hosts (without their port) and header values match in any case, with wildcards."""
    entrance.rule(says("hit"), Conditions=[condition])
    assert get(entrance.url(), "/", **hit).body == "hit"
    assert get(entrance.url(), "/", **miss).body == "no route"


def test_method_and_query_conditions(entrance: Entrance) -> None:
    """All conditions of a rule must hold, one value of each; a query may stand anywhere."""
    query = {"Values": [{"Key": "version", "Value": "v*"}, {"Value": "beta"}]}
    conditions = [
        {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET", "PUT"]}},
        {"Field": "query-string", "QueryStringConfig": query},
    ]
    entrance.rule(says("hit"), Conditions=conditions)
    assert entrance.get("/a?x=1&Version=V2&y=2").body == "hit"
    assert entrance.get("/a?channel=beta").body == "hit"
    assert entrance.get("/a?version=1").body == "no route"
    assert entrance.get("/version=v2").body == "no route"
    assert get(entrance.url(), "/a?version=v2", method="POST").body == "no route"


def test_what_is_not_covered_is_refused(entrance: Entrance) -> None:
    """A rule that cannot be judged answers 503 and says why; rules before it still decide."""
    entrance.rule(says("before"), "/a")
    source = {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}}
    path = {"Field": "path-pattern", "Values": ["/a", "/b"]}
    rule = entrance.rule(says("internal"), Conditions=[source, path])
    assert entrance.get("/a").body == "before"
    assert entrance.get("/c").body == "no route"
    answer = entrance.get("/b")
    assert answer.status == 503
    assert rule in answer.body
    assert "conditions on source-ip are not covered" in answer.body


def test_redirect_goes_to_the_port_that_stands_for_its_own(entrance: Entrance) -> None:
    """HTTP → HTTPS: 301 to the HTTPS listener's local port, host, path and query kept."""
    certificate = [{"CertificateArn": entrance.certificate()}]
    entrance.listener(443, [NOT_FOUND], Protocol="HTTPS", Certificates=certificate)
    redirect = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    entrance.elbv2.modify_listener(
        ListenerArn=entrance.listener_arn,
        DefaultActions=[{"Type": "redirect", "RedirectConfig": redirect}],
    )
    answer = entrance.get("/api/x?a=1&b=%20")
    assert answer.status == 301
    assert answer.headers["location"] == f"{entrance.url(443)}/api/x?a=1&b=%20"
    assert entrance.get("/api/x", port=443).body == "no route"


def test_redirect_to_another_place(entrance: Entrance) -> None:
    """302, with a host, a path and a query of its own; the port is that host's."""
    config = {"Protocol": "HTTPS", "Port": "8443", "StatusCode": "HTTP_302"}
    config |= {"Host": "example.com", "Path": "/new", "Query": "from=old"}
    entrance.rule({"Type": "redirect", "RedirectConfig": config}, "/old")
    answer = entrance.get("/old?x=1")
    assert answer.status == 302
    assert answer.headers["location"] == "https://example.com:8443/new?from=old"


def test_weights_share_requests(entrance: Entrance, pair: list[Target]) -> None:
    """A weighted forward reaches both groups, a weight of 0 nobody."""
    one, two = (entrance.group(target) for target in pair)

    def forward(*weights: int) -> dict[str, Any]:
        groups = [
            {"TargetGroupArn": group, "Weight": weight}
            for group, weight in zip((one, two), weights, strict=True)
        ]
        return {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}

    entrance.rule(forward(50, 50), "/both")
    entrance.rule(forward(0, 1), "/second")
    entrance.until_state(one, "healthy", pair[0])
    entrance.until_state(two, "healthy", pair[1])
    url = entrance.url()
    # A fair coin gives one side alone 60 times out of 2**60.
    assert {get(url, "/both").body for _ in range(60)} == {t.address for t in pair}
    assert {get(url, "/second").body for _ in range(10)} == {pair[1].address}


def test_listener_comes_and_goes(entrance: Entrance) -> None:
    """A new listener is served on a port of its own; a deleted one is no longer offered."""
    arn = entrance.listener(8080, [says("second")])
    assert entrance.get("/", port=8080).body == "second"
    assert entrance.url(8080) != entrance.url()
    entrance.elbv2.delete_listener(ListenerArn=arn)
    with pytest.raises(KeyError):
        entrance.url(8080)
    assert entrance.get("/").body == "no route"
