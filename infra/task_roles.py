"""The two roles of a task: one for ECS to start it, one for what runs in it."""

import hashlib
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import iam
from infra.containers import Container


@dataclass(frozen=True)
class TaskRoles:
    """A task cannot start before *permissions* are in place."""

    execution: aws.iam.Role
    task: aws.iam.Role
    permissions: aws.iam.RolePolicy


def make(name: str, container: Container, account: str, child: pulumi.ResourceOptions) -> TaskRoles:
    """Roles that ECS tasks of *account* alone may take; the application's has no rights."""
    trust = iam.assume_role_document(region=container.region, account=account)
    execution, task = (
        aws.iam.Role(
            f"{name}-{kind}",
            name=f"{name}-{kind}",
            description=description,
            assume_role_policy=trust,
            opts=child,
        )
        for kind, description in (
            ("execution", "ECS, to start tasks: image, log, secrets"),
            ("task", "The application; Evenkeel grants it nothing"),
        )
    )
    policy = iam.execution_policy(
        image=container.image,
        secrets=container.secrets.values(),
        log_group=container.log_group,
        region=container.region,
        account=account,
    )
    # Other rights are another policy, beside the old one until the update is done: the revision
    # that runs must be able to start tasks, for scaling and for a rollback.
    rights = hashlib.sha256(policy.encode()).hexdigest()[:8]
    permissions = aws.iam.RolePolicy(
        f"{name}-execution-{rights}",
        name=f"start-tasks-{rights}",
        role=execution.name,
        policy=policy,
        opts=child,
    )
    return TaskRoles(execution, task, permissions)
