"""IAM documents as pure functions over plain text, so that they are whole at the first preview."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Statement = Mapping[str, Any]

# An image in Amazon ECR: account, region, repository, then a tag or a digest.
_ECR_IMAGE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?/"
    r"(?P<repository>[a-z0-9._/-]+)"
)


def partition(region: str) -> str:
    """The ARN partition that *region* belongs to."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def arn(service: str, resource: str, *, region: str, account: str) -> str:
    """The ARN of a regional resource, such as ``arn("sns", "topic", …)``."""
    return f"arn:{partition(region)}:{service}:{region}:{account}:{resource}"


def statement(
    actions: Sequence[str],
    resources: Sequence[str],
    *,
    principal: Mapping[str, str] | None = None,
    condition: Mapping[str, Mapping[str, str]] | None = None,
) -> Statement:
    """One statement that allows *actions* on *resources*."""
    allowed: dict[str, Any] = {"Effect": "Allow", "Action": [*actions]}
    if principal is not None:
        allowed["Principal"] = principal
    allowed["Resource"] = [*resources]
    if condition is not None:
        allowed["Condition"] = condition
    return allowed


def policy_document(statements: Iterable[Statement]) -> str:
    """A policy document as JSON text."""
    return json.dumps({"Version": "2012-10-17", "Statement": [*statements]})


def assume_role_document(*, region: str, account: str) -> str:
    """Trust in ECS tasks of this account and region alone.

    The two conditions are AWS's own against a confused deputy (ECS developer guide, task IAM role).
    """
    return policy_document(
        [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": account},
                    "ArnLike": {"aws:SourceArn": arn("ecs", "*", region=region, account=account)},
                },
            }
        ]
    )


def execution_policy(
    *, image: str, secrets: Iterable[str], log_group: str, region: str, account: str
) -> str:
    """What ECS needs to start a task: pull *image*, write *log_group*, read *secrets* (ARNs).

    A secret under a customer-managed key needs a grant on that key besides: the key is not in a
    secret's ARN. An image outside ECR needs no permission.
    """
    logs = arn("logs", f"log-group:{log_group}:*", region=region, account=account)
    return policy_document(
        [
            *_pull(image),
            statement(["logs:CreateLogStream", "logs:PutLogEvents"], [logs]),
            *_read(secrets),
        ]
    )


def _pull(image: str) -> list[Statement]:
    found = _ECR_IMAGE.match(image)
    if found is None:
        return []
    repository = arn(
        "ecr",
        f"repository/{found['repository']}",
        region=found["region"],
        account=found["account"],
    )
    return [
        # ECR takes no resource for the token (service authorization reference).
        statement(["ecr:GetAuthorizationToken"], ["*"]),
        statement(
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            [repository],
        ),
    ]


def _read(secrets: Iterable[str]) -> list[Statement]:
    # A reference may end in ":json-key:version-stage:version-id"; permissions are on the secret.
    arns = sorted({":".join(secret.split(":")[:7]) for secret in secrets})
    held = [each for each in arns if ":secretsmanager:" in each]
    parameters = [each for each in arns if ":ssm:" in each]
    return [
        *([statement(["secretsmanager:GetSecretValue"], held)] if held else []),
        *([statement(["ssm:GetParameters"], parameters)] if parameters else []),
    ]
