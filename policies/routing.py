"""Routing: how a target group spreads requests."""

from collections.abc import Iterator

from pulumi_policy import ResourceValidationArgs, Severity

from policies.resource_types import TARGET_GROUPS
from policies.support import resource_policy

ROUND_ROBIN = "round_robin"


def _lor_xor_slow_start(resource: ResourceValidationArgs) -> Iterator[str]:
    slow_start = int(resource.props.get("slowStart") or 0)
    algorithm = resource.props.get("loadBalancingAlgorithmType") or ROUND_ROBIN
    # The API refuses slow start with weighted_random in the same words.
    if slow_start and algorithm != ROUND_ROBIN:
        yield (
            f"slowStart {slow_start} s together with {algorithm}: AWS refuses both on one target "
            "group, at the update, when other resources have changed already. Use two groups: "
            "least_outstanding_requests with slowStart 0 for requests, and round_robin with "
            "slowStart 30 to 900 for the websocket path."
        )


LOR_XOR_SLOW_START = resource_policy(
    "routing-lor-xor-slow-start",
    "A target group has slow start or least outstanding requests, never both.",
    types=TARGET_GROUPS,
    judge=_lor_xor_slow_start,
    severity=Severity.HIGH,
    remediation=(
        "Split the group in two, one listener rule each. In a stage file these are "
        "evenkeel:routing.http (least outstanding requests) and evenkeel:routing.websocket "
        "(round robin and slowStart)."
    ),
)
