"""Database migrations: a task definition of their own, and the run as a resource.

`MigrationRunProvider` is stored in the stack's state by the path of this module: neither moves.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import dynamic

from infra import iam
from infra.account import connect, told_plainly
from infra.containers import Container, definitions
from infra.migration_failure import MigrationFailedError
from infra.migration_run import run_once
from infra.migration_spec import CAPACITY_PROVIDER, Migration, migration_key

Props = dict[str, Any]
# What makes a run another run: with more memory, or another variable, it is the same migration.
DECIDES = ("key", "family", "cluster", "account", "region")


@dataclass(frozen=True, kw_only=True)
class MigrationTaskArgs:
    """`commands` by phase: `migrate` alone, or `expand` and `contract`; each over *container*."""

    family: str
    container: Container  # named infra.migration_spec.CONTAINER; its own command is not used
    commands: Mapping[str, Sequence[str]]
    cpu: int
    memory_mib: int
    timeout_seconds: int  # of one run, from the creation of its task
    cluster_name: str
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    log_retention_days: int
    region: str
    account: str
    profile: str = ""
    role_arn: str = ""


class MigrationTask(pulumi.ComponentResource):
    """What migrations run as: log group, roles, and a task definition for each phase.

    The command stands in the task definition: a revision marked as done in the ledger shows what
    ran. `run` makes the run of a phase; the `ecs.Service` depends on it, or it on the rollout.
    """

    task_definition_arns: dict[str, pulumi.Output[str]]

    def __init__(
        self, name: str, args: MigrationTaskArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("evenkeel:infra:MigrationTask", name, None, opts)
        self.child = pulumi.ResourceOptions(parent=self)
        self.name, self.args = name, args

        log_group = aws.cloudwatch.LogGroup(
            name,
            name=args.container.log_group,
            retention_in_days=args.log_retention_days,
            opts=self.child,
        )
        execution = self._role("execution", "ECS, to start migrations: image, log, secrets")
        task = self._role("task", "The migration; Evenkeel grants it nothing")
        before: list[pulumi.Resource] = [log_group, self._permissions(execution)]
        self.task_definition_arns = {}
        for phase, command in args.commands.items():
            definition = aws.ecs.TaskDefinition(
                f"{name}-{phase}",
                family=args.family,
                cpu=str(args.cpu),
                memory=str(args.memory_mib),
                network_mode="awsvpc",
                requires_compatibilities=["FARGATE"],
                runtime_platform={"operating_system_family": "LINUX", "cpu_architecture": "X86_64"},
                execution_role_arn=execution.arn,
                task_role_arn=task.arn,
                container_definitions=definitions(replace(args.container, command=command)),
                # Revisions stay: they carry the ledger of what has run.
                skip_destroy=True,
                opts=pulumi.ResourceOptions(
                    parent=self,
                    depends_on=before,
                    # The ledger is tags; an update after a refresh would take them off again.
                    ignore_changes=["tags", "tagsAll"],
                ),
            )
            # ECS refuses two registrations in one family at once.
            before = [definition]
            self.task_definition_arns[phase] = definition.arn

        self.register_outputs({"task_definition_arns": self.task_definition_arns})

    def run(self, phase: str, *, after: Iterable[pulumi.Resource]) -> "MigrationRun":
        """The run of *phase*, a key of `commands`, once all of *after* are there."""
        return MigrationRun(
            f"{self.name}-{phase}",
            self.args,
            phase,
            self.task_definition_arns[phase],
            pulumi.ResourceOptions(parent=self, depends_on=[*after]),
        )

    def _permissions(self, execution: aws.iam.Role) -> aws.iam.RolePolicy:
        args = self.args
        return aws.iam.RolePolicy(
            f"{self.name}-execution",
            name="start-tasks",
            role=execution.name,
            policy=iam.execution_policy(
                image=args.container.image,
                secrets=args.container.secrets.values(),
                log_group=args.container.log_group,
                region=args.region,
                account=args.account,
            ),
            opts=self.child,
        )

    def _role(self, use: str, description: str) -> aws.iam.Role:
        trust = iam.assume_role_document(region=self.args.region, account=self.args.account)
        return aws.iam.Role(
            f"{self.name}-{use}",
            name=f"{self.name}-{use}",
            description=description,
            assume_role_policy=trust,
            opts=self.child,
        )


class MigrationRunProvider(dynamic.ResourceProvider):
    """Runs the migration in an update, never in a preview; `destroy` leaves the database alone."""

    # Nothing of the program is captured, so nothing is secret, and the state can be read.
    serialize_as_secret_always = False

    def diff(self, _id: str, _olds: Props, _news: Props) -> dynamic.DiffResult:
        return dynamic.DiffResult(changes=any(_olds.get(key) != _news[key] for key in DECIDES))

    def create(self, props: Props) -> dynamic.CreateResult:
        outs = self._settle(props)
        return dynamic.CreateResult(f"{props['cluster']}/{props['family']}/{props['phase']}", outs)

    def update(self, _id: str, _olds: Props, _news: Props) -> dynamic.UpdateResult:
        return dynamic.UpdateResult(self._settle(_news))

    def _settle(self, props: Props) -> Props:
        with told_plainly(MigrationFailedError):
            outcome = run_once(Migration.from_props(props), connect(props), sleep=time.sleep)
        # The engine shows what a provider prints; pulumi.log does not reach it from here.
        print(f"migration {props['phase']} {outcome.how}: {outcome.detail}", flush=True)
        return {**props, "outcome": outcome.how, "detail": outcome.detail}


class MigrationRun(dynamic.Resource, module="evenkeel", name="MigrationRun"):
    """One phase of a migration, done: exactly one successful run for its image and command."""

    outcome: pulumi.Output[str]  # ran | adopted | found | skipped
    detail: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: MigrationTaskArgs,
        phase: str,
        task_definition_arn: pulumi.Input[str],
        opts: pulumi.ResourceOptions,
    ) -> None:
        command = [*args.commands[phase]]
        props = {
            "key": migration_key(args.container.image, command),
            "phase": phase,
            "image": args.container.image,
            "command": command,
            "cluster": args.cluster_name,
            "family": args.family,
            "taskDefinition": task_definition_arn,
            "capacityProvider": CAPACITY_PROVIDER,
            "subnetIds": args.subnet_ids,
            "securityGroupIds": args.security_group_ids,
            "logGroup": args.container.log_group,
            "timeoutSeconds": args.timeout_seconds,
            "account": args.account,
            "region": args.region,
            "profile": args.profile,
            "roleArn": args.role_arn,
            "outcome": None,
            "detail": None,
        }
        super().__init__(MigrationRunProvider(), name, props, opts)
