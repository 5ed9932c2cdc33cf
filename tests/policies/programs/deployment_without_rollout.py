"""A rollout that does not wait for the service which it judges."""

import pulumi

from tests.policies.programs import mutated


def waits_for_nothing(options: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    options.depends_on = []
    return options


mutated("pulumi-python:dynamic/evenkeel:Rollout", options=waits_for_nothing)
