"""All cases, in the order in which they can be created."""

from collections.abc import Iterator

from tests.support.provider_cases import Case, group_cases, network_cases, storage_cases
from tests.support.provider_cases_entrance import balancing_cases, firewall_cases
from tests.support.provider_cases_service import running_cases, scaling_cases
from tests.support.provider_cases_watching import watching_cases


def _ordered() -> Iterator[Case]:
    network = list(network_cases())
    yield from network[:-1]
    yield from group_cases()
    yield network[-1]  # the interface endpoint stands in a security group
    yield from (*storage_cases(), *balancing_cases(), *firewall_cases())
    yield from (*running_cases(), *scaling_cases(), *watching_cases())


CASES = tuple(_ordered())
"""In the order in which they can be created."""

BY_NAME = {case.name: case for case in CASES}
