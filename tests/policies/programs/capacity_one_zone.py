"""A network whose subnets are all in one availability zone."""

from tests.policies.programs import mutated

mutated("aws:ec2/subnet:Subnet", availability_zone="eu-west-1a")
