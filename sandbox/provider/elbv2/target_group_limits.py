"""What AWS refuses in a target group."""

import re

from sandbox.provider.elbv2.calls import name_fault, out_of
from sandbox.provider.resource_type import rule
from sandbox.provider.values import Properties

_ALGORITHMS = ("round_robin", "least_outstanding_requests", "weighted_random")
_CODES = re.compile(r"[2-4]\d\d(-[2-4]\d\d)?(,[2-4]\d\d(-[2-4]\d\d)?)*")


# Pulumi's name inside healthCheck → AWS's parameter, lowest and highest.
# Source: BC:elbv2/CreateTargetGroupInput.
CHECKED: dict[str, tuple[str, int, int]] = {
    "interval": ("HealthCheckIntervalSeconds", 5, 300),
    "timeout": ("HealthCheckTimeoutSeconds", 2, 120),
    "healthyThreshold": ("HealthyThresholdCount", 2, 10),
    "unhealthyThreshold": ("UnhealthyThresholdCount", 2, 10),
}


@rule(
    "name",
    what="name of 1-32 letters, digits and inner hyphens",
    source="BC:elbv2/CreateTargetGroupInput.Name",
)
def _name(inputs: Properties) -> str | None:
    return name_fault("Target group", str(inputs["name"]))


@rule(
    "loadBalancingAlgorithmType", "slowStart",
    what="slow start only with round_robin",
    source="ELB23 load-balancer-target-groups.md L184, L284; "
    "kubernetes-sigs/aws-load-balancer-controller#3686",
)  # fmt: skip
def _algorithm_without_slow_start(inputs: Properties) -> str | None:
    algorithm = inputs.get("loadBalancingAlgorithmType", "round_robin")
    words = {
        "least_outstanding_requests": "least outstanding requests",
        "weighted_random": "weighted random",
    }
    if inputs.get("slowStart") and algorithm in words:
        return (
            "InvalidConfigurationRequest: You cannot enable both slow start and "
            f"{words[algorithm]} algorithm on a target group"
        )
    return None


@rule(
    "slowStart",
    what="slow start 0 or 30-900 s",
    source="BC:elbv2/TargetGroupAttribute; kubernetes-sigs/aws-load-balancer-controller#1536",
)
def _slow_start(inputs: Properties) -> str | None:
    seconds = inputs.get("slowStart", 0)
    if seconds == 0 or 30 <= seconds <= 900:
        return None
    return (
        "ValidationError: 'slow_start.duration_seconds' must be 0 or between '30' and '900' "
        f"inclusive, not '{seconds}'"
    )


@rule(
    "deregistrationDelay",
    what="deregistration delay 0-3600 s",
    source="BC:elbv2/TargetGroupAttribute",
)
def _drain(inputs: Properties) -> str | None:
    delay = inputs.get("deregistrationDelay")
    return out_of("deregistration_delay.timeout_seconds", delay, 0, 3600)


@rule(
    "loadBalancingAlgorithmType", "loadBalancingAnomalyMitigation",
    what="algorithm of AWS's three; anomaly mitigation only with weighted_random",
    source="BC:elbv2/TargetGroupAttribute",
)  # fmt: skip
def _algorithm(inputs: Properties) -> str | None:
    algorithm = inputs.get("loadBalancingAlgorithmType", "round_robin")
    if algorithm not in _ALGORITHMS:
        allowed = ", ".join(_ALGORITHMS)
        return (
            f"ValidationError: '{algorithm}' is no load_balancing.algorithm.type; it is one of "
            f"{allowed}"
        )
    if inputs.get("loadBalancingAnomalyMitigation") == "on" and algorithm != "weighted_random":
        return "InvalidConfigurationRequest: anomaly mitigation needs the weighted_random algorithm"
    return None


@rule(
    "stickiness", "loadBalancingAlgorithmType",
    what="stickiness lb_cookie or app_cookie, 1-604800 s, not with weighted_random",
    source="BC:elbv2/TargetGroupAttribute; ELB23 sticky-sessions.md",
)  # fmt: skip
def _stickiness(inputs: Properties) -> str | None:
    given = inputs.get("stickiness") or {}
    kind, cookie = given.get("type", "lb_cookie"), str(given.get("cookieName") or "")
    if kind not in ("lb_cookie", "app_cookie"):
        return f"ValidationError: '{kind}' is no stickiness.type of an application load balancer"
    if given and kind == "app_cookie" and given.get("enabled", True) and not cookie:
        return "ValidationError: stickiness.app_cookie.cookie_name is needed with app_cookie"
    if cookie.upper().startswith(("AWSALB", "AWSALBAPP", "AWSALBTG")):
        return f"ValidationError: cookie name '{cookie}' is reserved"
    sticky = bool(given) and given.get("enabled", True)
    if sticky and inputs.get("loadBalancingAlgorithmType") == "weighted_random":
        return (
            "InvalidConfigurationRequest: You cannot enable both stickiness and weighted random "
            "algorithm on a target group"
        )
    return out_of("stickiness.lb_cookie.duration_seconds", given.get("cookieDuration"), 1, 604800)


@rule(
    "healthCheck",
    what="health check: interval 5-300 s, timeout 2-120 s and below the interval, thresholds "
    "2-10, path from /, codes 200-499",
    source="BC:elbv2/CreateTargetGroupInput; timeout < interval: AWS's ValidationError",
)
def _health_check(inputs: Properties) -> str | None:
    check = inputs.get("healthCheck") or {}
    for name, (member, low, high) in CHECKED.items():
        said = out_of(member, check.get(name), low, high)
        if said:
            return said
    interval, timeout = check.get("interval", 30), check.get("timeout", 5)
    if timeout >= interval:
        return (
            f"ValidationError: Health check timeout '{timeout}' must be smaller than the interval "
            f"'{interval}'"
        )
    path = check.get("path", "/")
    if not str(path).startswith("/") or len(path) > 1024:
        return (
            f"ValidationError: Health check path '{path}' must begin with a '/' character, and "
            "can be up to 1024 characters"
        )
    if not _CODES.fullmatch(str(check.get("matcher", "200"))):
        return (
            f"ValidationError: Health check matcher HTTP code '{check['matcher']}' must be within "
            "'200-499' inclusive"
        )
    return None


@rule(
    "healthCheck",
    "targetType",
    what="health checks stay on for ip targets",
    source="BC:elbv2/CreateTargetGroupInput.HealthCheckEnabled",
)
def _checked(inputs: Properties) -> str | None:
    off = (inputs.get("healthCheck") or {}).get("enabled", True) is False
    if off and inputs.get("targetType", "instance") != "lambda":
        return (
            "ValidationError: Health check enabled must be true for target groups with target "
            "type 'ip' or 'instance'"
        )
    return None


@rule("port", what="port 1-65535", source="BC:elbv2/Port")
def _port(inputs: Properties) -> str | None:
    return out_of("port", inputs.get("port"), 1, 65535)


RULES = (
    _name,
    _algorithm_without_slow_start,
    _slow_start,
    _drain,
    _algorithm,
    _stickiness,
    _health_check,
    _checked,
    _port,
)
