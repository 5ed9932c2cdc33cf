"""EC2: what ministack drops of NAT gateways and endpoints, and what AWS refuses of networks.

Everything else of the service stays ministack's, and so do its stores.
"""

from ministack.services import ec2

from sandbox.emulator import ec2_checks, ec2_endpoints, ec2_nat_gateways, ec2_prefix_lists
from sandbox.emulator.native import NativeService


def service() -> NativeService:
    """The service over ministack's."""
    ec2_prefix_lists.install()
    return NativeService(
        "ec2",
        "ec2",
        {
            "CreateNatGateway": ec2_nat_gateways.create,
            "DescribeNatGateways": ec2_nat_gateways.describe,
            "DeleteNatGateway": ec2_nat_gateways.delete,
            "CreateVpcEndpoint": ec2_endpoints.create,
            "ModifyVpcEndpoint": ec2_endpoints.modify,
            "DescribeVpcEndpoints": ec2_endpoints.describe,
        },
        {},
        validation_code="InvalidParameterValue",
        checks=ec2_checks.CHECKS,
        fallback=ec2.handle_request,
    )
