"""The vCPU sum: what the tasks take of the account's Fargate quota."""

from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True)
class VcpuSum:
    """vCPU that tasks of one size take together, against the quota of their way of purchase.

    Service Quotas has two, "Fargate On-Demand vCPU resource count" and "Fargate Spot vCPU resource
    count", for each account and region.
    """

    tasks: int  # of the service, at the peak of a deployment
    migration: int  # tasks that migrate meanwhile
    cpu: int  # units of one task; 1024 = 1 vCPU
    quota: int  # vCPU

    @property
    def each(self) -> float:
        """vCPU of one task."""
        return self.cpu / 1024

    @property
    def total(self) -> float:
        """vCPU of all tasks together."""
        return (self.tasks + self.migration) * self.each

    @property
    def fits(self) -> bool:
        """Whether the quota allows them all."""
        return self.total <= self.quota

    @property
    def needed(self) -> int:
        """The smallest quota, in whole vCPU, that allows them all."""
        return ceil(self.total)
