"""LoadBalancer: listeners, rules, and the two target groups."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.access_logs import AccessLogs
from infra.load_balancer import LoadBalancer, LoadBalancerArgs, rule_patterns
from infra.target_groups import HealthCheck, Websocket
from tests.support.program import Program, register

LISTENER = "aws:lb/listener:Listener"
RULE = "aws:lb/listenerRule:ListenerRule"
GROUP = "aws:lb/targetGroup:TargetGroup"
CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
SOCKET = Websocket(
    path="/socket.io", polling=False, slow_start_seconds=60, deregistration_delay_seconds=300
)
ARGS = LoadBalancerArgs(
    vpc_id="vpc-1",
    subnet_ids=["subnet-1", "subnet-2"],
    security_group_id="sg-1",
    health_check=HealthCheck(
        path="/api/fe-health-check",
        interval_seconds=30,
        timeout_seconds=5,
        healthy_threshold=2,
        unhealthy_threshold=2,
        success_codes="200-399",
    ),
    idle_timeout_seconds=65,
    short_name="stage",
    http_deregistration_delay_seconds=60,
    websocket=SOCKET,
    allowed_paths=["/api", "/assets", "=/"],
    certificate_arn=CERTIFICATE,
    access_logs=AccessLogs(
        bucket="logs", retention_days=30, region="eu-west-1", account="123456789012", keep=True
    ),
    deletion_protection=True,
)


def built(args: LoadBalancerArgs = ARGS) -> Program:
    return register(lambda: LoadBalancer("lb", args))


def test_load_balancer_is_public_strict_and_logged() -> None:
    """The balancer drops invalid headers, keeps the firewall closed on failure, and logs."""
    inputs = built().one("aws:lb/loadBalancer:LoadBalancer").inputs
    assert inputs == {
        "loadBalancerType": "application",
        "internal": False,
        "subnets": ["subnet-1", "subnet-2"],
        "securityGroups": ["sg-1"],
        "idleTimeout": 65,
        "dropInvalidHeaderFields": True,
        "desyncMitigationMode": "defensive",
        "enableWafFailOpen": False,
        "enableDeletionProtection": True,
        "accessLogs": {"bucket": "logs", "enabled": True},
    }


def test_bucket_may_be_written_before_the_balancer_names_it() -> None:
    """AWS tests the write at once, so the balancer waits for the bucket's policy."""
    balancer = built().one("aws:lb/loadBalancer:LoadBalancer")
    assert any("BucketPolicy" in urn for urn in balancer.depends_on)


def test_http_group_uses_least_outstanding_requests() -> None:
    """The http group balances by outstanding requests, with slow start off (S3-09, S0-17)."""
    inputs = built().one(GROUP, "stage-http").inputs
    assert inputs["loadBalancingAlgorithmType"] == "least_outstanding_requests"
    assert inputs["slowStart"] == 0
    assert inputs["stickiness"] == {"type": "lb_cookie", "enabled": False}
    assert inputs["deregistrationDelay"] == 60


def test_websocket_group_ramps_up() -> None:
    """The websocket group has round robin with slow start, and drains longer (S3-10, S0-17)."""
    inputs = built().one(GROUP, "stage-ws").inputs
    assert inputs["loadBalancingAlgorithmType"] == "round_robin"
    assert inputs["slowStart"] == 60
    assert inputs["deregistrationDelay"] == 300


@pytest.mark.parametrize("polling", [True, False])
def test_polling_clients_stay_with_their_task(polling: bool) -> None:
    """The websocket group is sticky exactly when clients may poll; the other never is (S0-16)."""
    program = built(replace(ARGS, websocket=replace(SOCKET, polling=polling)))
    sticky = {g.name: g.inputs["stickiness"]["enabled"] for g in program.of_type(GROUP)}
    assert sticky == {"stage-http": False, "stage-ws": polling}


def test_groups_hold_task_addresses_and_check_health() -> None:
    """Both groups take IP targets over HTTP/1.1 and check them as declared (S3-20)."""
    for group in built().of_type(GROUP):
        assert group.inputs["targetType"] == "ip"
        assert group.inputs["protocolVersion"] == "HTTP1"
        # Whatever the service's: another one would replace a group that is in use.
        assert group.inputs["port"] == 80
        assert group.inputs["healthCheck"] == {
            "enabled": True,
            "protocol": "HTTP",
            "port": "traffic-port",
            "path": "/api/fe-health-check",
            "interval": 30,
            "timeout": 5,
            "healthyThreshold": 2,
            "unhealthyThreshold": 2,
            "matcher": "200-399",
        }


def test_https_carries_the_rules_and_http_redirects() -> None:
    """With a certificate, HTTP redirects, and HTTPS with TLS 1.3 answers 404 unless a rule fits."""
    program = built()
    http = program.one(LISTENER, "lb-http").inputs
    assert http["defaultActions"][0]["redirect"] == {
        "protocol": "HTTPS",
        "port": "443",
        "statusCode": "HTTP_301",
    }
    https = program.one(LISTENER, "lb-https").inputs
    assert (https["port"], https["protocol"]) == (443, "HTTPS")
    assert https["certificateArn"] == CERTIFICATE
    assert https["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
    assert https["defaultActions"][0]["fixedResponse"]["statusCode"] == "404"
    assert {rule.inputs["listenerArn"] for rule in program.of_type(RULE)} == {
        program.one(LISTENER, "lb-https").outputs["arn"]
    }


def test_without_certificate_http_carries_the_rules() -> None:
    """Without a certificate the HTTP listener answers 404 itself and carries the rules."""
    program = built(replace(ARGS, certificate_arn=None))
    http = program.one(LISTENER)
    assert http.inputs["defaultActions"][0]["fixedResponse"]["statusCode"] == "404"
    assert {rule.inputs["listenerArn"] for rule in program.of_type(RULE)} == {http.outputs["arn"]}


def test_rules_forward_what_exists_and_nothing_else() -> None:
    """The websocket path goes to its group, allowed paths to http, at a path boundary."""
    program = built()
    arns = {g.outputs["arn"]: g.name for g in program.of_type(GROUP)}
    rules = {
        r.inputs["priority"]: (
            r.name,
            arns[r.inputs["actions"][0]["targetGroupArn"]],
            r.inputs["conditions"][0]["pathPattern"]["values"],
        )
        for r in program.of_type(RULE)
    }
    assert rules == {
        1: ("lb-websocket", "stage-ws", ["/socket.io", "/socket.io/*"]),
        10: ("lb-allow-0", "stage-http", ["/api", "/api/*", "/assets", "/assets/*", "/"]),
    }


def test_without_websockets_there_is_one_group() -> None:
    """A stage without websockets has the http group alone; its rules keep their priorities."""
    program = built(replace(ARGS, websocket=None))
    assert [g.name for g in program.of_type(GROUP)] == ["stage-http"]
    assert [(r.name, r.inputs["priority"]) for r in program.of_type(RULE)] == [("lb-allow-0", 10)]


PATH = st.text("ab/", min_size=1, max_size=5).map(lambda text: f"/{text}".rstrip("/") or "/")
ENTRY = st.tuples(st.sampled_from(["", "="]), PATH).map("".join)


@given(st.lists(ENTRY, min_size=1, max_size=40, unique=True))
def test_rules_stay_within_the_quota_and_lose_no_path(entries: list[str]) -> None:
    """However many paths: at most five values a rule, every path once, in its order."""
    rules = rule_patterns(entries)
    assert all(1 <= len(rule) <= 5 for rule in rules)
    assert [p for rule in rules for p in rule] == [
        p for e in entries for p in rule_patterns([e])[0]
    ]
