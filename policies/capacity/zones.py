"""A service stands in two zones or more."""

from collections.abc import Iterator

from pulumi_policy import Severity

from policies.plan import Plan, Resource
from policies.resource_types import ECS_SERVICE, SUBNET
from policies.rules import PlanRule

FEWEST_ZONES = 2


def _two_zones(resource: Resource, plan: Plan) -> Iterator[str]:
    made = [each for each in plan.behind(resource, "networkConfiguration") if each.type == SUBNET]
    if made:
        zones = sorted({each.props["availabilityZone"] for each in made})
        if len(zones) < FEWEST_ZONES:
            yield (
                f"its {len(made)} subnets are all in {zones[0]}: {len(zones)} zone < "
                f"{FEWEST_ZONES}. Subnets with two different values of availabilityZone pass."
            )
        return
    network = resource.props.get("networkConfiguration")
    given = sorted(set(network["subnets"])) if network else []
    if network and len(given) < FEWEST_ZONES:
        yield (
            f"its subnets are {', '.join(given) or 'none'}: {len(given)} subnet < {FEWEST_ZONES}, "
            "and one subnet is in one zone. Two subnets of different zones pass."
        )


TWO_ZONES = PlanRule(
    name="capacity-two-zones",
    description="A service's subnets span two availability zones or more.",
    protects_from="When the only zone fails, every task is gone, and no new one can start.",
    source="Practice S3-13. AWS: ECS Developer Guide, balancing a service over zones.",
    types={ECS_SERVICE},
    judge=_two_zones,
    severity=Severity.HIGH,
    remediation=(
        "Set zones of evenkeel:network to 2 or more, or list private subnets of two zones there; "
        "elsewhere give networkConfiguration subnets of two zones."
    ),
)
