"""Cooldowns: capacity comes fast and goes slowly."""

from collections.abc import Iterator

from pulumi_policy import ResourceValidationArgs, Severity

from policies.resource_types import ECS, SCALING_POLICY
from policies.support import resource_policy

# Application Auto Scaling's own for ECS, both ways, when a policy leaves one out.
DEFAULT_SECONDS = 300
# Below five minutes a production service gives capacity back between two waves of one burst.
ADVISED_SECONDS = 300


def _asymmetric(resource: ResourceValidationArgs) -> Iterator[str]:
    if resource.props.get("serviceNamespace") != ECS:
        return
    tracking = resource.props.get("targetTrackingScalingPolicyConfiguration")
    if tracking is None or tracking.get("disableScaleIn"):
        return
    scale_in = _seconds(tracking.get("scaleInCooldown"))
    scale_out = _seconds(tracking.get("scaleOutCooldown"))
    if scale_in <= scale_out:
        yield (
            f"scaleInCooldown {scale_in} s is not longer than scaleOutCooldown {scale_out} s, so "
            "the service flaps: it gives tasks back before the load that added them has passed. "
            f"A scaleInCooldown of {max(ADVISED_SECONDS, scale_out + 1)} passes."
        )


def _seconds(value: float | None) -> int:
    return DEFAULT_SECONDS if value is None else int(value)


ASYMMETRIC = resource_policy(
    "cooldown-asymmetric",
    "Target tracking waits longer before it removes tasks than before it adds more.",
    types={SCALING_POLICY},
    judge=_asymmetric,
    severity=Severity.HIGH,
    remediation=(
        "Raise scaleInCooldown of this entry of evenkeel:scaling.targets above its "
        "scaleOutCooldown; 60 out and 300 in is the common pair."
    ),
)
