"""The attributes of load balancers, target groups and listeners: defaults, ranges, combinations.

Keys, defaults and ranges are those of botocore's elbv2 model (LoadBalancerAttribute,
TargetGroupAttribute, ListenerAttribute). The texts of the two combination errors are AWS's.
"""

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from sandbox.emulator.elbv2_records import invalid
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record

Check: TypeAlias = Callable[[str], str | None]


def _one_of(*choices: str) -> Check:
    return lambda v: None if v in choices else f"must be one of {', '.join(choices)}"


def _number(low: int, high: int, *, zero: bool = False) -> Check:
    def check(value: str) -> str | None:
        inside = re.fullmatch(r"\d+", value) and (low <= int(value) <= high)
        if inside or (zero and value == "0"):
            return None
        return f"must be {'0 or ' if zero else ''}from {low} to {high}"

    return check


def _text(value: str) -> str | None:  # noqa: ARG001
    return None


_SWITCH = _one_of("true", "false")

BALANCER: Mapping[str, tuple[str, Check]] = {
    "access_logs.s3.enabled": ("false", _SWITCH),
    "access_logs.s3.bucket": ("", _text),
    "access_logs.s3.prefix": ("", _text),
    "client_keep_alive.seconds": ("3600", _number(60, 604800)),
    "connection_logs.s3.enabled": ("false", _SWITCH),
    "connection_logs.s3.bucket": ("", _text),
    "connection_logs.s3.prefix": ("", _text),
    "deletion_protection.enabled": ("false", _SWITCH),
    "health_check_logs.s3.enabled": ("false", _SWITCH),
    "health_check_logs.s3.bucket": ("", _text),
    "health_check_logs.s3.prefix": ("", _text),
    "idle_timeout.timeout_seconds": ("60", _number(1, 4000)),
    "load_balancing.cross_zone.enabled": ("true", _one_of("true")),
    "routing.http.desync_mitigation_mode": (
        "defensive",
        _one_of("monitor", "defensive", "strictest"),
    ),
    "routing.http.drop_invalid_header_fields.enabled": ("false", _SWITCH),
    "routing.http.preserve_host_header.enabled": ("false", _SWITCH),
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": ("false", _SWITCH),
    "routing.http.xff_client_port.enabled": ("false", _SWITCH),
    "routing.http.xff_header_processing.mode": ("append", _one_of("append", "preserve", "remove")),
    "routing.http2.enabled": ("true", _SWITCH),
    "waf.fail_open.enabled": ("false", _SWITCH),
    "zonal_shift.config.enabled": ("false", _SWITCH),
}

TARGET_GROUP: Mapping[str, tuple[str, Check]] = {
    "deregistration_delay.timeout_seconds": ("300", _number(0, 3600)),
    "stickiness.enabled": ("false", _SWITCH),
    "stickiness.type": ("lb_cookie", _one_of("lb_cookie", "app_cookie")),
    "stickiness.lb_cookie.duration_seconds": ("86400", _number(1, 604800)),
    "stickiness.app_cookie.cookie_name": ("", _text),
    "stickiness.app_cookie.duration_seconds": ("86400", _number(1, 604800)),
    "load_balancing.cross_zone.enabled": (
        "use_load_balancer_configuration",
        _one_of("true", "false", "use_load_balancer_configuration"),
    ),
    "load_balancing.algorithm.type": (
        "round_robin",
        _one_of("round_robin", "least_outstanding_requests", "weighted_random"),
    ),
    "load_balancing.algorithm.anomaly_mitigation": ("off", _one_of("on", "off")),
    "slow_start.duration_seconds": ("0", _number(30, 900, zero=True)),
    "target_group_health.dns_failover.minimum_healthy_targets.count": ("1", _text),
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": ("off", _text),
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": ("1", _text),
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": (
        "off",
        _text,
    ),
}

LISTENER: Mapping[str, tuple[str, Check]] = {
    "routing.http.response.server.enabled": ("true", _SWITCH),
    "routing.http.response.strict_transport_security.header_value": ("", _text),
    "routing.http.response.access_control_allow_origin.header_value": ("", _text),
    "routing.http.response.access_control_allow_methods.header_value": ("", _text),
    "routing.http.response.access_control_allow_headers.header_value": ("", _text),
    "routing.http.response.access_control_allow_credentials.header_value": ("", _text),
    "routing.http.response.access_control_expose_headers.header_value": ("", _text),
    "routing.http.response.access_control_max_age.header_value": ("", _text),
    "routing.http.response.content_security_policy.header_value": ("", _text),
    "routing.http.response.x_content_type_options.header_value": ("", _text),
    "routing.http.response.x_frame_options.header_value": ("", _text),
}


def defaults(table: Mapping[str, tuple[str, Check]]) -> dict[str, str]:
    """Every attribute at AWS's default."""
    return {key: default for key, (default, _) in table.items()}


def changed(
    table: Mapping[str, tuple[str, Check]], current: Mapping[str, str], request: Record
) -> dict[str, str]:
    """`current` with a modify call's attributes; refused when a key or a value is not AWS's."""
    result = dict(current)
    for attribute in request["Attributes"]:
        key, value = attribute["Key"], attribute.get("Value", "")
        if key not in table:
            raise invalid(f"Attribute key '{key}' is not recognized")
        problem = table[key][1](value)
        if problem:
            raise invalid(f"Attribute '{key}' is '{value}'; it {problem}")
        result[key] = value
    return result


def listed(attributes: Mapping[str, str]) -> list[Record]:
    """Attributes as AWS lists them."""
    return [{"Key": key, "Value": value} for key, value in attributes.items()]


def check_combination(attributes: Mapping[str, str]) -> None:
    """Refuse a target group's attributes that AWS does not take together."""
    algorithm = attributes["load_balancing.algorithm.type"]
    if attributes["slow_start.duration_seconds"] != "0" and algorithm != "round_robin":
        words = {
            "least_outstanding_requests": "least outstanding requests algorithm",
            "weighted_random": "weighted random algorithm",
        }
        raise Refusal(
            "InvalidConfigurationRequest",
            f"You cannot enable both slow start and {words[algorithm]} on a target group",
        )
    mitigation = attributes["load_balancing.algorithm.anomaly_mitigation"] == "on"
    if mitigation and algorithm != "weighted_random":
        raise invalid("Anomaly mitigation can only be enabled with the weighted random algorithm")
