"""What the load balancer asks of a task before it sends it requests."""

import re
from collections.abc import Iterator
from typing import Any

from pulumi_policy import Severity

from policies.plan import Resource
from policies.resource_types import TARGET_GROUPS
from policies.routing.routes import protocol, speaks_http
from policies.rules import ResourceRule

# Lowest, highest and advised (AWS: ELB API, CreateTargetGroup); seconds, then checks in a row.
RANGES = {
    "interval": (5, 300, 30),
    "timeout": (2, 120, 5),
    "healthyThreshold": (2, 10, 2),
    "unhealthyThreshold": (2, 10, 2),
}
SECONDS = ("interval", "timeout")
# AWS's defaults in seconds; the timeout's follows the protocol of the group.
DEFAULT_INTERVAL = 30
DEFAULT_TIMEOUT = {"HTTP": 6, "HTTPS": 10}
CODES = (200, 499, "200-399")
GRPC_CODES = (0, 99, "0")


def _health_check(group: Resource) -> Iterator[str]:
    if not speaks_http(group):
        return
    check = group.props.get("healthCheck")
    if not check:
        yield (
            'no healthCheck: AWS\'s default asks for "/" and calls a task healthy after '
            "5 × 30 = 150 s. A healthCheck with path /health, interval 30, timeout 5, "
            "healthyThreshold 2, unhealthyThreshold 2 and matcher 200-399 passes."
        )
        return
    if check.get("enabled") is False:
        yield "healthCheck.enabled is false: a dead task keeps its requests. It passes with true."
    path = check.get("path")
    if path is not None and not path.startswith("/"):
        yield f'healthCheck.path {path} does not start with "/". A path of /{path} passes.'
    yield from _numbers(check, DEFAULT_TIMEOUT[protocol(group)])
    yield from _matcher(check, GRPC_CODES if _is_grpc(group) else CODES)


def _numbers(check: Any, default_timeout: int) -> Iterator[str]:
    outside = [
        key
        for key, (low, high, _) in RANGES.items()
        if check.get(key) is not None and not low <= check[key] <= high
    ]
    for key in outside:
        low, high, advised = RANGES[key]
        unit = " s" if key in SECONDS else ""
        yield (
            f"healthCheck.{key} {check[key]:g}{unit} is outside {low} to {high}{unit}, what AWS "
            f"takes. {_article(key)} {key} of {advised} passes."
        )
    if any(key in outside for key in SECONDS):
        return
    interval = check.get("interval") or DEFAULT_INTERVAL
    timeout = check.get("timeout") or default_timeout
    if timeout >= interval:
        yield (
            f"healthCheck.timeout {timeout:g} s is not less than interval {interval:g} s. "
            f"A timeout of {min(RANGES['timeout'][2], int(interval) - 1)} passes."
        )


def _article(key: str) -> str:
    return "An" if key[0] in "iu" else "A"


def _matcher(check: Any, allowed: tuple[int, int, str]) -> Iterator[str]:
    codes = check.get("matcher")
    low, high, advised = allowed
    if codes is not None and not _within(str(codes), low, high):
        yield (
            f"healthCheck.matcher {codes} is not codes and ranges within {low} to {high}. "
            f"A matcher of {advised} passes."
        )


def _within(codes: str, low: int, high: int) -> bool:
    if not re.fullmatch(r"\d{1,3}(-\d{1,3})?(,\d{1,3}(-\d{1,3})?)*", codes):
        return False
    pairs = [part.partition("-") for part in codes.split(",")]
    return all(low <= int(first) <= int(last or first) <= high for first, _, last in pairs)


def _is_grpc(group: Resource) -> bool:
    return bool(group.props.get("protocolVersion") == "GRPC")


HEALTH_CHECK = ResourceRule(
    name="routing-health-check",
    description="Every target group checks its tasks in a way that AWS takes.",
    protects_from=(
        "Without a check of its own a service gets requests late, or on tasks that cannot answer; "
        "with one that AWS refuses, an update stops half done."
    ),
    source="Practices S2-03 and S3-20; AWS: ELB API, CreateTargetGroup and Matcher.",
    types=TARGET_GROUPS,
    judge=_health_check,
    severity=Severity.HIGH,
    remediation=(
        "Write the target group's healthCheck in full: path, interval, timeout, both thresholds "
        "and matcher. In a stage file that is evenkeel:service.healthCheck."
    ),
)
