"""The account's Fargate quota holds every task of a deploy."""

from collections.abc import Iterator

from pulumi_policy import Severity

from infra.settings import Settings
from policies import facts
from policies.capacity import advice
from policies.capacity.database import split
from policies.capacity.tasks import BOUNDED, TIMES, most_of
from policies.plan import Resource
from policies.rules import ResourceRule

PURCHASES = {"onDemand": "Fargate on demand", "spot": "Fargate Spot"}


def _fargate_quota(resource: Resource) -> Iterator[str]:
    most = most_of(resource)
    if most is None:
        return
    settings = facts.stage()
    total = advice.vcpus(settings, most)
    if not total.fits:
        migration = f"+ {total.migration} migration " if total.migration else ""
        yield (
            f"{total.tasks} tasks during a deploy ({split(total.tasks, most)}) {migration}{TIMES} "
            f"{total.each:g} vCPU = {total.total:g} > {total.quota} (quota of "
            f"{PURCHASES[settings.capacity.purchase]}). {_advice(settings, most)}"
        )


def _advice(settings: Settings, most: int) -> str:
    quota = f"{settings.capacity.fargate_vcpu_quota} vCPU"
    first = advice.max_words(settings, quota, advice.fits_quota)
    return f"{first}; {advice.all_needs(settings, advice.peak_of(settings, most))}."


FARGATE_QUOTA = ResourceRule(
    name="capacity-fargate-quota",
    description="The account's Fargate quota holds every task of a deploy, and a migration.",
    protects_from=(
        "Fargate starts no task beyond the account's vCPU quota: the deploy hangs halfway, and "
        "scaling out under load adds nothing."
    ),
    source=(
        "AWS: Service Quotas, Fargate On-Demand vCPU resource count and Fargate Spot vCPU "
        "resource count. AWS: ECS API, DeploymentConfiguration."
    ),
    types=BOUNDED,
    judge=_fargate_quota,
    severity=Severity.HIGH,
    remediation=(
        "Have AWS raise the quota in Service Quotas, then write it as fargateVcpuQuota of "
        "evenkeel:capacity; or lower max there (or in the schedule of this name) or cpu in "
        "evenkeel:service."
    ),
)
