"""The cases of the entrance: load balancer, target groups, web ACL."""

from collections.abc import Iterator
from typing import Any

from tests.support.provider_cases import Case, Ref


def target_group(**changes: Any) -> dict[str, Any]:
    """A target group for tasks."""
    check = {"path": "/health", "interval": 30, "timeout": 5, "healthyThreshold": 2,
             "unhealthyThreshold": 2, "matcher": "200-399"}  # fmt: skip
    return {
        "vpcId": Ref("vpc", "id"), "port": 3000, "protocol": "HTTP", "protocolVersion": "HTTP1",
        "targetType": "ip", "loadBalancingAlgorithmType": "least_outstanding_requests",
        "slowStart": 0, "deregistrationDelay": 60, "healthCheck": check,
        "stickiness": {"type": "lb_cookie", "enabled": False}, **changes,
    }  # fmt: skip


def balancing_cases() -> Iterator[Case]:
    """The load balancer with its groups, listener and rules."""
    answer = {"contentType": "text/plain", "statusCode": "404", "messageBody": "not here"}
    fixed = {"type": "fixed-response", "fixedResponse": answer}
    yield Case(
        "balancer", "aws:lb/loadBalancer:LoadBalancer",
        {"subnets": [Ref("subnet-b", "id"), Ref("subnet-a", "id")], "idleTimeout": 65,
         "securityGroups": [Ref("group", "id")], "dropInvalidHeaderFields": True,
         "accessLogs": {"bucket": Ref("bucket", "id"), "enabled": True}},
        {"idleTimeout": 120, "desyncMitigationMode": "strictest"},
    )  # fmt: skip
    kind = "aws:lb/targetGroup:TargetGroup"
    yield Case("group-http", kind, target_group(), {"deregistrationDelay": 90})
    yield Case("group-ws", kind,
               target_group(loadBalancingAlgorithmType="round_robin", slowStart=60),
               {"slowStart": 0,
                "loadBalancingAlgorithmType": "least_outstanding_requests"})  # fmt: skip
    listener = {"loadBalancerArn": Ref("balancer"), "port": 80, "protocol": "HTTP"}
    redirect = {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS",
                                                 "statusCode": "HTTP_301"}}  # fmt: skip
    yield Case("listener", "aws:lb/listener:Listener", {**listener, "defaultActions": [fixed]},
               {"defaultActions": [redirect]})  # fmt: skip
    for priority, group in ((10, "group-http"), (20, "group-ws")):
        forward = {"type": "forward", "targetGroupArn": Ref(group)}
        yield Case(
            f"rule-{group}", "aws:lb/listenerRule:ListenerRule",
            {"listenerArn": Ref("listener"), "priority": priority, "actions": [forward],
             "conditions": [{"pathPattern": {"values": [f"/{group}", f"/{group}/*"]}}]},
            {"priority": priority + 5,
             "conditions": [{"pathPattern": {"values": ["/other", "/other/*"]}}]},
        )  # fmt: skip


def web_acl(**changes: Any) -> dict[str, Any]:
    """A web ACL with a rate limit, a managed group and an allowlist."""

    def seen(name: str) -> dict[str, Any]:
        return {"cloudwatchMetricsEnabled": True, "metricName": name,
                "sampledRequestsEnabled": True}  # fmt: skip

    def at(path: str, how: str) -> dict[str, Any]:
        return {"byteMatchStatement": {
            "searchString": path, "positionalConstraint": how, "fieldToMatch": {"uriPath": {}},
            "textTransformations": [{"priority": 0, "type": "NONE"}],
        }}  # fmt: skip

    header = {"name": "x-refused-by", "value": "waf"}
    clear = {"customResponse": {"responseCode": 403, "customResponseBodyKey": "refused",
                                "responseHeaders": [header]}}  # fmt: skip
    rules = [
        {"name": "rate", "priority": 0, "action": {"block": {}}, "visibilityConfig": seen("rate"),
         "statement": {"rateBasedStatement": {"limit": 2000, "aggregateKeyType": "IP"}}},
        {"name": "common", "priority": 1, "overrideAction": {"count": {}},
         "visibilityConfig": seen("common"),
         "statement": {"managedRuleGroupStatement": {
             "name": "AWSManagedRulesCommonRuleSet", "vendorName": "AWS"}}},
        {"name": "not-admin", "priority": 2, "action": {"block": clear},
         "visibilityConfig": seen("not-admin"),
         "statement": {"notStatement": {"statement": at("/admin", "CONTAINS")}}},
        {"name": "allow", "priority": 3, "action": {"allow": {}}, "visibilityConfig": seen("allow"),
         "statement": {"orStatement": {"statements": [
             at("/api/", "STARTS_WITH"), at("/api", "EXACTLY")]}}},
    ]  # fmt: skip
    body = {"key": "refused", "content": "refused", "contentType": "TEXT_PLAIN"}
    return {"scope": "REGIONAL", "defaultAction": {"block": clear}, "rules": rules,
            "customResponseBodies": [body], "visibilityConfig": seen("acl"), **changes}  # fmt: skip


def firewall_cases() -> Iterator[Case]:
    """The web ACL."""
    yield Case(
        "acl",
        "aws:wafv2/webAcl:WebAcl",
        web_acl(),
        {"description": "changed", "rules": web_acl()["rules"][:2]},
    )
    yield Case("guard", "aws:wafv2/webAclAssociation:WebAclAssociation",
               {"webAclArn": Ref("acl"), "resourceArn": Ref("balancer")})  # fmt: skip
    yield Case("waf-logs", "aws:cloudwatch/logGroup:LogGroup",
               {"name": "aws-waf-logs-evenkeel-test", "retentionInDays": 30},
               {"retentionInDays": 90})  # fmt: skip
    cookie = {"singleHeader": {"name": "cookie"}}
    yield Case(
        "waf-logging", "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        {"resourceArn": Ref("acl"), "logDestinationConfigs": [Ref("waf-logs")],
         "redactedFields": [cookie, {"queryString": {}}]},
        {"redactedFields": [cookie]},
    )  # fmt: skip
