"""A private subnet that hands out addresses on the internet."""

from tests.policies.programs import mutated

mutated("aws:ec2/subnet:Subnet", name="evenkeel-production-private-1", map_public_ip_on_launch=True)
