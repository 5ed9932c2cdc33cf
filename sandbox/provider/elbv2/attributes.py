"""Elastic Load Balancing: settings kept as attributes (key and text)."""

from collections.abc import Mapping
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.values import UNKNOWN, Properties

# property, or path of one inside a block → key, and the value that AWS gives where none is said.
# Source: BC:elbv2/LoadBalancerAttribute, TargetGroupAttribute.
BALANCER: Mapping[str, tuple[str, Any]] = {
    "accessLogs.enabled": ("access_logs.s3.enabled", False),
    "accessLogs.bucket": ("access_logs.s3.bucket", ""),
    "accessLogs.prefix": ("access_logs.s3.prefix", ""),
    "idleTimeout": ("idle_timeout.timeout_seconds", 60),
    "clientKeepAlive": ("client_keep_alive.seconds", 3600),
    "enableDeletionProtection": ("deletion_protection.enabled", False),
    "enableHttp2": ("routing.http2.enabled", True),
    "enableWafFailOpen": ("waf.fail_open.enabled", False),
    "dropInvalidHeaderFields": ("routing.http.drop_invalid_header_fields.enabled", False),
    "preserveHostHeader": ("routing.http.preserve_host_header.enabled", False),
    "desyncMitigationMode": ("routing.http.desync_mitigation_mode", "defensive"),
    "xffHeaderProcessingMode": ("routing.http.xff_header_processing.mode", "append"),
    "enableXffClientPort": ("routing.http.xff_client_port.enabled", False),
    "enableTlsVersionAndCipherSuiteHeaders": (
        "routing.http.x_amzn_tls_version_and_cipher_suite.enabled", False,
    ),
}  # fmt: skip


TARGET_GROUP: Mapping[str, tuple[str, Any]] = {
    "deregistrationDelay": ("deregistration_delay.timeout_seconds", 300),
    "slowStart": ("slow_start.duration_seconds", 0),
    "loadBalancingAlgorithmType": ("load_balancing.algorithm.type", "round_robin"),
    "loadBalancingAnomalyMitigation": ("load_balancing.algorithm.anomaly_mitigation", "off"),
    "loadBalancingCrossZoneEnabled": (
        "load_balancing.cross_zone.enabled", "use_load_balancer_configuration",
    ),
    "stickiness.enabled": ("stickiness.enabled", False),
    "stickiness.type": ("stickiness.type", "lb_cookie"),
    "stickiness.cookieDuration": ("stickiness.lb_cookie.duration_seconds", 86400),
    "stickiness.cookieName": ("stickiness.app_cookie.cookie_name", ""),
}  # fmt: skip


def flat(inputs: Properties, table: Mapping[str, tuple[str, Any]]) -> dict[str, Any]:
    """The settings that the inputs declare, by their path."""
    found = {}
    for path in table:
        block, _, name = path.partition(".")
        value = inputs.get(block)
        if name:
            if value == UNKNOWN:
                continue
            value = (value or {}).get(name)
        if value is not None:
            found[path] = value
    if inputs.get("stickiness") not in (None, UNKNOWN) and "stickiness.enabled" in table:
        found.setdefault("stickiness.enabled", True)  # PAWS:lb/target_group.py: default true
    return found


def wire(
    old: Properties, new: Properties, table: Mapping[str, tuple[str, Any]]
) -> list[dict[str, str]]:
    """What must be sent to get from *old* to *new*; a setting no longer declared is set back."""
    before, after = flat(old, table), flat(new, table)
    changes = {path: table[path][1] for path in before.keys() - after.keys()}
    changes |= {path: value for path, value in after.items() if before.get(path) != value}
    return [
        {"Key": table[path][0], "Value": _text(changes[path])}
        for path in table
        if path in changes and _text(changes[path]) != ""
    ]


def read(
    aws: Aws, operation: str, table: Mapping[str, tuple[str, Any]], **resource: str
) -> Properties:
    """The settings as AWS has them, under Pulumi's names, without those that it does not give."""
    answer = aws.call("elbv2", operation, **resource)["Attributes"]
    texts = {attribute["Key"]: attribute.get("Value", "") for attribute in answer}
    result: Properties = {}
    for path, (key, default) in table.items():
        if key not in texts:
            continue
        block, _, name = path.partition(".")
        value = _value(texts[key], default)
        if name:
            result.setdefault(block, {})[name] = value
        else:
            result[block] = value
    return result


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(text: str, default: Any) -> Any:
    if isinstance(default, bool):
        return text == "true"
    return int(text) if isinstance(default, int) and text.isdigit() else text
