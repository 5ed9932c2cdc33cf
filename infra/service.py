"""The one ECS service of a stage: its task definition, its roles, its deployment."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pulumi
import pulumi_aws as aws

from infra import task_roles
from infra.containers import Container, definitions

# Said, so that no deployment changes platform by itself; secrets by JSON key and tasks of 8 and
# 16 vCPU need it (ECS API, RegisterTaskDefinition).
PLATFORM_VERSION = "1.4.0"


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """How tasks are replaced; percent of the desired count."""

    minimum_healthy_percent: int
    maximum_percent: int
    health_check_grace_seconds: int


@dataclass(frozen=True, kw_only=True)
class ServiceArgs:
    service_name: str
    family: str
    container: Container
    port: int  # that the container listens on
    cpu: int
    memory_mib: int
    cluster_arn: pulumi.Input[str]
    capacity_provider: str  # FARGATE or FARGATE_SPOT
    initial_tasks: int  # when the service is made; scaling owns the count from then on
    deployment: Deployment
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    target_group_arns: Mapping[str, pulumi.Input[str]]  # by use: http, websocket
    after: Sequence[pulumi.Resource]  # what must be there, or have run, before ECS gets to work
    log_retention_days: int
    account: str


class Service(pulumi.ComponentResource):
    """An autoscaled Fargate service behind its target groups."""

    arn: pulumi.Output[str]
    task_definition_arn: pulumi.Output[str]
    inputs_hash: pulumi.Output[str]
    """Changes with every input of the ECS service."""
    ecs: aws.ecs.Service

    def __init__(
        self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("evenkeel:infra:Service", name, None, opts)
        self.child = pulumi.ResourceOptions(parent=self)

        task_definition = self._task_definition(name, args)
        inputs = self._inputs(args, task_definition)
        self.inputs_hash = fingerprint(inputs)
        self.ecs = aws.ecs.Service(
            name,
            inputs,
            pulumi.ResourceOptions(
                parent=self, depends_on=[*args.after], ignore_changes=["desiredCount"]
            ),
        )

        self.arn = self.ecs.arn
        self.task_definition_arn = task_definition.arn
        self.register_outputs({"arn": self.arn, "task_definition_arn": self.task_definition_arn})

    # Typed inputs in place of dict literals: together they are hashed as well as registered.
    def _inputs(
        self, args: ServiceArgs, task_definition: aws.ecs.TaskDefinition
    ) -> aws.ecs.ServiceArgs:
        return aws.ecs.ServiceArgs(
            name=args.service_name,
            cluster=args.cluster_arn,
            task_definition=task_definition.arn,
            desired_count=args.initial_tasks,
            capacity_provider_strategies=[
                # Without a base of on-demand tasks: a stage on Spot has said that it may wait.
                aws.ecs.ServiceCapacityProviderStrategyArgs(
                    capacity_provider=args.capacity_provider, weight=1, base=0
                )
            ],
            # The provider changes a strategy only together with a forced deployment, and wants
            # a trigger for it.
            force_new_deployment=True,
            triggers={"capacity_provider": args.capacity_provider},
            platform_version=PLATFORM_VERSION,
            network_configuration=aws.ecs.ServiceNetworkConfigurationArgs(
                subnets=args.subnet_ids,
                security_groups=[args.security_group_id],
                assign_public_ip=False,
            ),
            load_balancers=[
                aws.ecs.ServiceLoadBalancerArgs(
                    target_group_arn=arn,
                    container_name=args.container.name,
                    container_port=args.port,
                )
                for arn in args.target_group_arns.values()
            ],
            deployment_controller=aws.ecs.ServiceDeploymentControllerArgs(type="ECS"),
            deployment_circuit_breaker=aws.ecs.ServiceDeploymentCircuitBreakerArgs(
                enable=True, rollback=True
            ),
            deployment_minimum_healthy_percent=args.deployment.minimum_healthy_percent,
            deployment_maximum_percent=args.deployment.maximum_percent,
            health_check_grace_period_seconds=args.deployment.health_check_grace_seconds,
            availability_zone_rebalancing=zone_rebalancing(args.deployment.maximum_percent),
            enable_execute_command=False,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            # A rolled-back deployment is steady too; the rollout judges.
            wait_for_steady_state=False,
        )

    def _task_definition(self, name: str, args: ServiceArgs) -> aws.ecs.TaskDefinition:
        container = replace(args.container, port=args.port)
        log_group = aws.cloudwatch.LogGroup(
            name,
            name=container.log_group,
            retention_in_days=args.log_retention_days,
            opts=self.child,
        )
        roles = task_roles.make(name, container, args.account, self.child)
        return aws.ecs.TaskDefinition(
            name,
            family=args.family,
            cpu=str(args.cpu),
            memory=str(args.memory_mib),
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            runtime_platform={"operating_system_family": "LINUX", "cpu_architecture": "X86_64"},
            execution_role_arn=roles.execution.arn,
            task_role_arn=roles.task.arn,
            container_definitions=definitions(container),
            # Revisions stay, so that a rollback has somewhere to go.
            skip_destroy=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[log_group, roles.permissions]),
        )


def zone_rebalancing(maximum_percent: int) -> str:
    """On wherever AWS takes it: it starts the replacement first, so it needs room above 100 %."""
    return "ENABLED" if maximum_percent > 100 else "DISABLED"


def fingerprint(inputs: aws.ecs.ServiceArgs) -> pulumi.Output[str]:
    """A hash of all of *inputs* but the desired count, which is not theirs after creation."""
    decides = {name: value for name, value in vars(inputs).items() if name != "desired_count"}
    text = pulumi.Output.json_dumps(_plain(decides), sort_keys=True)
    return text.apply(lambda known: hashlib.sha256(known.encode()).hexdigest())


def _plain(value: Any) -> Any:
    """*value* with its typed inputs as mappings, which JSON can have; outputs as they are."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, pulumi.Output) or not hasattr(value, "__dict__"):
        return value
    return _plain(vars(value))
