"""What AWS refuses of a service: what does not fit together, or is not there."""

from ministack.services import ec2

from sandbox.emulator import elbv2_records
from sandbox.emulator.ecs_clusters import check_strategy
from sandbox.emulator.ecs_records import definition
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record


def check(record: Record, home: Record) -> None:
    """Refuse a service, new or changed, in its cluster `home`."""
    if record.get("launchType") and record.get("capacityProviderStrategy"):
        raise _invalid(
            "Specifying both a launch type and capacity provider strategy is not supported."
            " Remove one and try again."
        )
    check_strategy(record.get("capacityProviderStrategy") or [], home)
    configuration = record["deploymentConfiguration"]
    low, high = configuration["minimumHealthyPercent"], configuration["maximumPercent"]
    if high < 100 or low > high or (low, high) == (100, 100):
        raise _invalid(
            f"Both maximumPercent and minimumHealthyPercent cannot be such that no task can move:"
            f" {high} and {low}"
        )
    task_definition = definition(record["taskDefinition"]) or {"containerDefinitions": []}
    network = (record.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    if task_definition.get("networkMode") == "awsvpc" and not network:
        raise _invalid(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        )
    check_network(network or {})
    _check_balancers(record, task_definition)


def check_network(network: Record) -> None:
    """Refuse subnets and security groups that are not there."""
    for name in network.get("subnets", []):
        if name not in ec2._subnets:
            raise _invalid(f"Error retrieving subnet information for [{name}]: not found")
    for name in network.get("securityGroups", []):
        if name not in ec2._security_groups:
            raise _invalid(f"Error retrieving security group information for [{name}]: not found")


def _check_balancers(record: Record, task_definition: Record) -> None:
    """Refuse load balancers that do not fit the task definition or that nothing forwards to."""
    if len(record["loadBalancers"]) > 5:
        raise _invalid("A service can be associated with at most 5 target groups.")
    ports = {
        (c["name"], port["containerPort"])
        for c in task_definition["containerDefinitions"]
        for port in c.get("portMappings", [])
    }
    for balancer in record["loadBalancers"]:
        name, port = balancer.get("containerName"), balancer.get("containerPort")
        if (name, port) not in ports:
            raise _invalid(
                f"The container {name} does not exist in the task definition,"
                f" or has no port {port}."
            )
        _check_group(str(balancer.get("targetGroupArn")))


def _check_group(group: str) -> None:
    found = elbv2_records.groups.get(group)
    if found is None:
        raise _invalid("The specified target group does not exist.")
    if found["TargetType"] != "ip":
        raise _invalid(
            f"The provided target group {group} has target type {found['TargetType']}, which is"
            " incompatible with the awsvpc network mode specified in the task definition."
        )
    if not elbv2_records.users(group):
        raise _invalid(
            f"The target group with targetGroupArn {group} does not have an associated load"
            " balancer."
        )


def _invalid(message: str) -> Refusal:
    return Refusal("InvalidParameterException", message)
