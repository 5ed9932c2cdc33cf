"""Tasks with an address on the internet."""

import pulumi_aws as aws

from tests.policies.programs import mutated

mutated(
    "aws:ecs/service:Service",
    network_configuration=lambda network: aws.ecs.ServiceNetworkConfigurationArgs(
        subnets=network.subnets, security_groups=network.security_groups, assign_public_ip=True
    ),
)
