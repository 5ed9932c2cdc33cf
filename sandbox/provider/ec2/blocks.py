"""EC2: address blocks."""

import ipaddress
from typing import Any

from sandbox.provider.resource_type import rule
from sandbox.provider.values import Properties


def network(text: Any) -> ipaddress.IPv4Network | None:
    """The block, or None where the text is none."""
    try:
        return ipaddress.IPv4Network(text)
    except ValueError:
        return None


@rule(
    "cidrBlock", what="block of /16 to /28", source="BC:ec2/CreateVpcRequest, CreateSubnetRequest"
)
def block_size(inputs: Properties) -> str | None:
    block = network(inputs["cidrBlock"])
    if block is None:
        return (
            f"InvalidParameterValue: Value ({inputs['cidrBlock']}) for parameter cidrBlock is "
            "invalid. This is not a valid CIDR block."
        )
    if not 16 <= block.prefixlen <= 28:
        return f"InvalidVpc.Range: The CIDR '{block}' is invalid: a block is between /16 and /28."
    return None
