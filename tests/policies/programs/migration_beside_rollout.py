"""A migration that does not wait for the rollout, whatever the stage says."""

import pulumi

from tests.policies.programs import mutated


def waits_for_nothing(options: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    options.depends_on = []
    return options


mutated("pulumi-python:dynamic/evenkeel:MigrationRun", options=waits_for_nothing)
