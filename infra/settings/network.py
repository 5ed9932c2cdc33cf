"""The network: Evenkeel's own, or one that is given."""

from ipaddress import IPv4Network
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from infra.settings.problems import Finding, RefusalError
from infra.settings.section import Says, Section, Several

CIDR_SAYS = "an IPv4 block from /16 to /22, such as 10.20.0.0/16, written from its first address"


def _cidr(value: str) -> str:
    # A VPC takes /16 to /28 (EC2 API, CreateVpc); two subnets in each of up to six zones, each
    # with room for a task's network interface per task, need /22 or larger.
    try:
        block = IPv4Network(value)
    except ValueError as error:
        raise RefusalError(Finding(CIDR_SAYS, f"correct it: {error}")) from None
    if not 16 <= block.prefixlen <= 22:
        raise RefusalError(Finding(CIDR_SAYS, "choose a block between /16 and /22"))
    return value


Cidr = Annotated[str, AfterValidator(_cidr), Says(CIDR_SAYS)]
# A load balancer wants subnets in two zones or more (ELB API, CreateLoadBalancer).
Subnets = Annotated[
    Several[Annotated[str, Field(pattern=r"^subnet-[0-9a-f]+$"), Says("a subnet id, subnet-…")]],
    Field(min_length=2),
]


class OwnNetwork(Section):
    """A VPC made for this stage."""

    cidr: Cidr = Field("10.20.0.0/16", description="Addresses of the VPC.")
    zones: int = Field(
        2, ge=2, le=6, description="Availability zones, each with a public and a private subnet."
    )
    egress: Literal["nat", "natPerZone", "endpoints"] = Field(
        "nat",
        description="How tasks reach the outside: one NAT gateway, one in each zone, or VPC "
        "endpoints alone (AWS services only).",
    )


class GivenNetwork(Section):
    """A VPC that exists already."""

    vpc_id: Annotated[str, Says("a VPC id, vpc-…")] = Field(
        pattern=r"^vpc-[0-9a-f]+$", description="The VPC."
    )
    public_subnet_ids: Subnets = Field(description="Subnets of the load balancer.")
    private_subnet_ids: Subnets = Field(description="Subnets of the tasks.")


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        given = any(str(key).lower().endswith(("vpcid", "subnetids")) for key in value)
        return "given" if given else "own"
    return "given" if isinstance(value, GivenNetwork) else "own"


Network = Annotated[
    Annotated[OwnNetwork, Tag("own")] | Annotated[GivenNetwork, Tag("given")],
    Discriminator(_kind),
]
