"""Where sessions must not be lost, tasks are on demand."""

from collections.abc import Iterator

from pulumi_policy import Severity

from infra.settings import Settings
from policies import facts
from policies.capacity.advice import vcpus
from policies.plan import Resource
from policies.resource_types import ECS_SERVICE
from policies.rules import ResourceRule

SPOT = "FARGATE_SPOT"


def _on_demand(resource: Resource) -> Iterator[str]:
    settings = facts.stage()
    session_aware = settings.scaling.scale_in == "sessionAware"
    if settings.tier != "production" and not session_aware:
        return
    where = f"tier {settings.tier}" if settings.tier == "production" else "scaleIn sessionAware"
    strategies = resource.props.get("capacityProviderStrategies") or []
    if not strategies and not resource.props.get("launchType"):
        yield (
            "neither capacityProviderStrategies nor launchType is given, so the cluster's default "
            f"decides, Spot or not. Capacity provider FARGATE passes in {where}."
        )
    for strategy in strategies:
        if strategy["capacityProvider"] == SPOT:
            yield (
                f"capacityProviderStrategies has {SPOT} with weight {strategy.get('weight') or 0:g}"
                f" and base {strategy.get('base') or 0:g}: AWS takes such a task away at two "
                f"minutes' notice. In {where} {_advice(settings)} passes."
            )


def _advice(settings: Settings) -> str:
    if settings.capacity.purchase != "spot":
        return "capacity provider FARGATE"
    capacity = settings.capacity.model_copy(update={"purchase": "onDemand"})
    total = vcpus(settings.model_copy(update={"capacity": capacity}), capacity.highest_max)
    quota = "" if total.fits else f" with a fargateVcpuQuota of {total.needed}"
    return f"a purchase of onDemand{quota}"


ON_DEMAND = ResourceRule(
    name="capacity-on-demand",
    description="In production, and where sessions decide who leaves, tasks are on demand.",
    protects_from=(
        "Spot takes tasks away at two minutes' notice, many at once when the zone runs short, "
        "and the sessions on them are lost."
    ),
    source="Practices S3-04 and S1-01. AWS: ECS Developer Guide, Fargate Spot termination notices.",
    types={ECS_SERVICE},
    judge=_on_demand,
    severity=Severity.HIGH,
    remediation=(
        "Write purchase: onDemand in evenkeel:capacity; elsewhere give the service FARGATE alone "
        "in capacityProviderStrategies."
    ),
)
