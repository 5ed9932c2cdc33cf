"""IAM documents: exact, least privilege, no unknown part."""

import json
from typing import Any

import pytest

from infra import iam

WHERE = {"region": "eu-west-1", "account": "123456789012"}
DIGEST = "sha256:" + "0" * 64
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:evenkeel/database-AbCdEf"
PARAMETER = "arn:aws:ssm:eu-west-1:123456789012:parameter/evenkeel/token"


def statements(image: str, *secrets: str) -> list[dict[str, Any]]:
    document = json.loads(
        iam.execution_policy(image=image, secrets=secrets, log_group="/evenkeel/x/service", **WHERE)
    )
    assert document["Version"] == "2012-10-17"
    return list(document["Statement"])


def test_execution_role_outside_ecr_writes_its_log_and_nothing_else() -> None:
    """A task whose image is in no ECR and that has no secrets may write its own log group alone."""
    assert statements(f"registry.example.com/web@{DIGEST}") == [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": ["arn:aws:logs:eu-west-1:123456789012:log-group:/evenkeel/x/service:*"],
        }
    ]


def test_execution_role_pulls_from_its_own_repository_alone() -> None:
    """An ECR image gives a right on exactly its repository, in the repository's own account."""
    image = f"210987654321.dkr.ecr.us-east-1.amazonaws.com/team/web@{DIGEST}"
    token, pull, _ = statements(image)
    assert token["Action"] == ["ecr:GetAuthorizationToken"]
    assert pull["Resource"] == ["arn:aws:ecr:us-east-1:210987654321:repository/team/web"]
    assert "ecr:BatchGetImage" in pull["Action"]


def test_execution_role_reads_the_named_secrets_alone() -> None:
    """Secrets and parameters are read by exact ARN, a JSON key or version in the name left off."""
    _, held, parameters = statements("web:1", f"{SECRET}:password::", SECRET, PARAMETER)
    assert held["Action"] == ["secretsmanager:GetSecretValue"]
    assert held["Resource"] == [SECRET]
    assert parameters["Action"] == ["ssm:GetParameters"]
    assert parameters["Resource"] == [PARAMETER]


def test_only_tasks_of_the_account_take_a_role() -> None:
    """Trust goes to ECS tasks, on behalf of this account and region alone."""
    (trust,) = json.loads(iam.assume_role_document(**WHERE))["Statement"]
    assert trust["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:ecs:eu-west-1:123456789012:*"},
    }


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_arns_are_in_the_partition_of_the_region(region: str, partition: str) -> None:
    """ARNs that are built and not asked for name the partition of their region."""
    built = iam.arn("sns", "topic", region=region, account="123456789012")
    assert built == f"arn:{partition}:sns:{region}:123456789012:topic"
