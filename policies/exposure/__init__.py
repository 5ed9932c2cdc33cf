"""Exposure: who reaches the tasks, what they may do, and what they give away."""

from policies.exposure import containers, network, rights
from policies.rules import Rule

RULES: list[Rule] = [
    network.TASKS_PRIVATE,
    network.ONLY_FROM_LOAD_BALANCER,
    rights.LEAST_PRIVILEGE,
    containers.NO_PLAIN_SECRETS,
    containers.IMAGE_PINNED,
]
