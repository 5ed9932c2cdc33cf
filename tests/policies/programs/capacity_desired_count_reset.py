"""A service whose desired count every update puts back, whatever the load has made of it."""

import pulumi

from tests.policies.programs import mutated


def ignoring(options: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    """The service's own options, with other ignored changes."""
    options.ignore_changes = []
    return options


mutated("aws:ecs/service:Service", options=ignoring)
