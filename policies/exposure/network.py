"""Who reaches the tasks: the load balancer, and nobody else."""

from collections.abc import Iterator

from pulumi_policy import Severity

from policies.exposure import security_groups
from policies.plan import Plan, Resource
from policies.resource_types import DEFAULT_SUBNET, ECS_SERVICE, SUBNET
from policies.rules import PlanRule

NETWORK = "networkConfiguration"
GROUPS = f"{NETWORK}.securityGroups"
# What mapPublicIpOnLaunch is where it is not given (VPC user guide, subnets).
GIVES_ADDRESSES = {SUBNET: False, DEFAULT_SUBNET: True}


def _tasks_private(service: Resource, plan: Plan) -> Iterator[str]:
    network = service.props.get(NETWORK)
    if network is None:
        yield (
            f"it has no {NETWORK}: its tasks answer at their hosts' addresses, and whether these "
            f"are private could not be verified. A {NETWORK} with assignPublicIp false passes."
        )
        return
    if network.get("assignPublicIp"):
        yield (
            "assignPublicIp true gives every task an address on the internet, beside the load "
            "balancer and its firewall. An assignPublicIp of false passes; tasks call out through "
            "a NAT gateway or VPC endpoints."
        )
    for subnet in plan.behind(service, NETWORK):
        default = GIVES_ADDRESSES.get(subnet.type)
        if default is not None and subnet.props.get("mapPublicIpOnLaunch", default):
            yield (
                f"its subnet {subnet.name} has mapPublicIpOnLaunch true: what starts there gets "
                "an address on the internet. A subnet with mapPublicIpOnLaunch false passes."
            )


def _only_from_load_balancer(service: Resource, plan: Plan) -> Iterator[str]:
    network = service.props.get(NETWORK) or {}
    ids = network.get("securityGroups") or ()
    if not ids:
        yield (
            f"it has no {GROUPS}: its tasks share the VPC's default group, or their hosts', with "
            f"whatever else is in it. A security group of this program in {GROUPS} passes."
        )
        return
    groups = security_groups.groups(service, NETWORK, ids, plan)
    if len(ids) > len(groups):
        yield (
            f"{len(ids)} {GROUPS} > {len(groups)} made by this program: whom the others let in "
            f"could not be verified. Security groups of this program alone pass."
        )
    for group in groups:
        for opening in security_groups.openings(group, plan):
            yield (
                f"{opening.rule} lets {opening.whom} reach the tasks past the load balancer and "
                f"its firewall. The load balancer's security group in {opening.key} passes."
            )


TASKS_PRIVATE = PlanRule(
    name="exposure-tasks-private",
    description="Tasks have no address on the internet.",
    protects_from=(
        "A task that is reached beside the load balancer: no firewall, no TLS, no access log. "
        "One security group rule too many is then enough."
    ),
    source="AWS: ECS developer guide, Fargate task networking; VPC user guide, subnets.",
    severity=Severity.CRITICAL,
    types={ECS_SERVICE},
    judge=_tasks_private,
    remediation=(
        "Set networkConfiguration.assignPublicIp to false and use private subnets; in a stage "
        "file these are evenkeel:network.privateSubnetIds, or those that Evenkeel makes."
    ),
)

ONLY_FROM_LOAD_BALANCER = PlanRule(
    name="exposure-only-from-load-balancer",
    description="Only the load balancer may open connections to tasks.",
    protects_from=(
        "Anybody in the VPC, a peered network or the internet calling tasks directly, where no "
        "firewall rule applies and client addresses in headers can be made up."
    ),
    source="AWS: ELB user guide, security groups of an Application Load Balancer.",
    severity=Severity.CRITICAL,
    types={ECS_SERVICE},
    judge=_only_from_load_balancer,
    remediation=(
        "Give tasks a security group of their own whose ingress rules name the load balancer's "
        "security group, and no CIDR block, prefix list or other group. Evenkeel makes it so; no "
        "setting of the stage file changes it."
    ),
)
