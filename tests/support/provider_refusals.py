"""What AWS refuses in network, storage, load balancer and firewall, case by case."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.provider_cases import grant
from tests.support.provider_cases_entrance import target_group, web_acl


@dataclass(frozen=True)
class Refusal:
    """The case *case* with *change* (None removes) is refused with *words*."""

    case: str
    change: Mapping[str, Any]
    words: str


def _check(**changes: Any) -> dict[str, Any]:
    return {"healthCheck": {**target_group()["healthCheck"], **changes}}


def _waf(**changes: Any) -> dict[str, Any]:
    rule = {**web_acl()["rules"][0], **changes}
    return {"rules": [{key: value for key, value in rule.items() if value is not None}]}


_MATCH = web_acl()["rules"][2]["statement"]["notStatement"]["statement"]
_RATE = web_acl()["rules"][0]["statement"]
_LOR = (
    "You cannot enable both slow start and least outstanding requests algorithm on a target group"
)

ENTRANCE = (
    Refusal("vpc", {"cidrBlock": "10.0.0.0/8"}, "InvalidVpc.Range"),
    Refusal("vpc", {"cidrBlock": "10.0.0.0"}, "InvalidVpc.Range"),
    Refusal("vpc", {"cidrBlock": "nine"}, "This is not a valid CIDR block"),
    Refusal("vpc", {"tags": {"aws:x": "y"}}, "Tag keys starting with 'aws:' are reserved"),
    Refusal("vpc", {"tags": {f"k{n}": "" for n in range(51)}}, "TooManyTagsException: 5"),
    Refusal("vpc", {"instanceTenancy": "shared"}, "Member must satisfy enum value set"),
    Refusal("vpc", {"ipv6CidrBlock": "::/56"}, "is not covered by the sandbox's provider"),
    Refusal("vpc", {"cidrBlock": None}, 'Missing required argument: "cidrBlock"'),
    Refusal("vpc", {"region": "us-west-2"}, "one region a stack, eu-west-1"),
    Refusal("subnet-a", {"cidrBlock": "10.9.0.0/29"}, "between /16 and /28"),
    Refusal("route", {"natGatewayId": "nat-1"}, "a route has exactly one target"),
    Refusal("route", {"destinationCidrBlock": "any"}, "parameter destinationCidrBlock is invalid"),
    Refusal("nat", {"allocationId": None}, "must include the AllocationId"),
    Refusal("nat", {"connectivityType": "private"}, "takes no AllocationId"),
    Refusal("endpoint", {"subnetIds": ["subnet-1"]}, "endpoint of type Gateway takes no subnetIds"),
    Refusal("interface", {"routeTableIds": ["rtb-1"]}, "endpoint of type Interface takes no"),
    Refusal("endpoint", {"serviceName": "s3"}, "InvalidServiceName"),
    Refusal("group", {"description": "Größe"}, "parameter description is invalid"),
    Refusal("group", {"name": "sg-1"}, "may not be in the format sg-*"),
    Refusal("ingress", {"fromPort": 445, "toPort": 444}, "Invalid TCP/UDP port range (445:444)"),
    Refusal("ingress", {"toPort": None}, "Must specify both from and to ports"),
    Refusal("egress", {"fromPort": 80, "toPort": 80}, "all protocols (-1) take no ports"),
    Refusal("egress", {"prefixListId": "pl-1"}, "a rule has exactly one of"),
    Refusal("ingress", {"cidrIpv4": None}, "a rule has exactly one of"),
    Refusal("ingress", {"cidrIpv4": "10.0.0.1/8"}, "CIDR block 10.0.0.1/8 is malformed"),
    Refusal("bucket", {"bucket": "Upper"}, "InvalidBucketName"),
    Refusal("bucket", {"bucket": "10.0.0.1"}, "InvalidBucketName"),
    Refusal("bucket-policy", {"policy": "{nope"}, "MalformedPolicy: This policy contains invalid"),
    Refusal("bucket-policy", {"policy": grant("s3:GetObject")}, "exactly one of Principal"),
    Refusal("encryption", {"rules": [{"applyServerSideEncryptionByDefault": {
        "sseAlgorithm": "AES256", "kmsMasterKeyId": "k"}}]}, "KMSMasterKeyID is not applicable"),
    Refusal("encryption", {"rules": [{"applyServerSideEncryptionByDefault": {
        "sseAlgorithm": "rot13"}}]}, "Member must satisfy enum value set"),
    Refusal("lifecycle", {"rules": [{"id": "a", "status": "Enabled"}]}, "At least one action"),
    Refusal("lifecycle", {"rules": [{"id": "a", "status": "Enabled", "expiration": {"days": 0}}]},
            "must be a positive integer"),
    Refusal("balancer", {"name": "x" * 33}, "cannot be longer than '32' characters"),
    Refusal("balancer", {"name": "-web"}, "must not begin or end with a hyphen"),
    Refusal("balancer", {"idleTimeout": 4001}, "'idle_timeout.timeout_seconds' must be between"),
    Refusal("balancer", {"clientKeepAlive": 59}, "'client_keep_alive.seconds' must be between"),
    Refusal("balancer", {"desyncMitigationMode": "off"}, "'off' is no desyncMitigationMode"),
    Refusal("balancer", {"accessLogs": {"enabled": True}}, "Access logs need a bucket"),
    Refusal("balancer", {"subnets": ["subnet-1"]}, "two different Availability Zones"),
    Refusal("balancer", {"loadBalancerType": "network"}, "of type network are not covered"),
    Refusal("group-http", {"name": "web_1"}, "alphanumeric characters and hyphens"),
    Refusal("group-http", {"slowStart": 60}, f"InvalidConfigurationRequest: {_LOR}"),
    Refusal("group-ws", {"loadBalancingAlgorithmType": "weighted_random"}, "weighted random"),
    Refusal("group-ws", {"slowStart": 29}, "must be 0 or between '30' and '900' inclusive"),
    Refusal("group-ws", {"slowStart": 901}, "must be 0 or between '30' and '900' inclusive"),
    Refusal("group-http", {"deregistrationDelay": 3601}, "between '0' and '3600' inclusive"),
    Refusal("group-http", {"loadBalancingAlgorithmType": "fair"}, "'fair' is no load_balancing"),
    Refusal("group-http", {"loadBalancingAnomalyMitigation": "on"}, "needs the weighted_random"),
    Refusal("group-http", {"stickiness": {"type": "source_ip"}}, "is no stickiness.type"),
    Refusal("group-http", {"stickiness": {"type": "lb_cookie", "cookieDuration": 604801}},
            "'stickiness.lb_cookie.duration_seconds' must be between"),
    Refusal("group-http", _check(interval=4), "'HealthCheckIntervalSeconds' must be between"),
    Refusal("group-http", _check(timeout=30), "'30' must be smaller than the interval '30'"),
    Refusal("group-http", _check(path="health"), "must begin with a '/' character"),
    Refusal("group-http", _check(matcher="500"), "must be within '200-499' inclusive"),
    Refusal("group-http", _check(enabled=False), "Health check enabled must be true"),
    Refusal("group-http", {"port": 0}, "'port' must be between '1' and '65535'"),
    Refusal("group-http", {"protocol": "GOPHER"}, "Member must satisfy enum value set"),
    Refusal("listener", {"protocol": "HTTPS"}, "A certificate must be specified"),
    Refusal("listener", {"sslPolicy": "ELBSecurityPolicy-2016-08"}, "for HTTP listeners"),
    Refusal("listener", {"protocol": "HTTPS", "certificateArn": "arn:x", "sslPolicy": "TLS13"},
            "SSLPolicyNotFound"),
    Refusal("listener", {"port": 65536}, "'port' must be between"),
    Refusal("listener", {"defaultActions": [{"type": "forward"}]}, "A target group must be"),
    Refusal("listener", {"defaultActions": [{"type": "fixed-response", "fixedResponse": {
        "contentType": "text/plain", "statusCode": "301"}}]}, "must be 2XX, 4XX or 5XX"),
    Refusal("listener", {"defaultActions": [{"type": "redirect", "redirect": {
        "statusCode": "HTTP_301"}}]}, "would result in a redirect loop"),
    Refusal("rule-group-http", {"actions": [{"type": "forward"}]}, "A target group must be"),
    Refusal("rule-group-http", {"priority": 50001}, "'priority' must be between"),
    Refusal("rule-group-http", {"conditions": [{"pathPattern": {"values": list("abcdef")}}]},
            "at most 5 condition values, not 6"),
    Refusal("rule-group-http", {"conditions": [{"pathPattern": {"values": ["/*" * 6]}}]},
            "at most 5 wildcards"),
    Refusal("rule-group-http", {"conditions": [{"pathPattern": {"values": ["/a b"]}}]},
            "The path pattern '/a b' is not valid"),
    Refusal("acl", {"rules": [web_acl()["rules"][0]] * 2}, "duplicate priority"),
    Refusal("acl", _waf(overrideAction={"none": {}}), "needs action and nothing else"),
    Refusal("acl", {"defaultAction": {}}, "exactly one value"),
    Refusal("acl", _waf(statement={"orStatement": {"statements": [_MATCH]}}), "two statements"),
    Refusal("acl", _waf(statement={"notStatement": {"statement": _RATE}}), "cannot be nested"),
    Refusal("acl", _waf(statement={"rateBasedStatement": {"limit": 9, "aggregateKeyType": "IP"}}),
            "greater than or equal to 10"),
    Refusal("acl", _waf(statement={"orStatement": {"statements": [_MATCH] * 501}}),
            "5010 of 5000 web ACL capacity units"),
    Refusal("acl", {"customResponseBodies": []}, "no custom response body has the key refused"),
    Refusal("waf-logging", {"logDestinationConfigs": ["arn:aws:logs:eu-west-1:1:log-group:x"]},
            "resource name with aws-waf-logs-"),
    Refusal("waf-logging", {"redactedFields": [{"body": {}}]}, "a redacted field is one of"),
)  # fmt: skip
