"""Policies that hand out more than is used, attached in every way that there is."""

import json
from collections.abc import Callable
from typing import Any

import pulumi_aws as aws
import pytest

from infra import iam
from tests.policies.exposing import judged
from tests.policies.judging import fired

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
OWN = iam.assume_role_document(region="eu-west-1", account="1")
ATTACHED: dict[str, Callable[[Any], object]] = {
    "role": lambda arn: aws.iam.RolePolicyAttachment("all", role="web", policy_arn=arn),
    "user": lambda arn: aws.iam.UserPolicyAttachment("all", user="web", policy_arn=arn),
    "group": lambda arn: aws.iam.GroupPolicyAttachment("all", group="web", policy_arn=arn),
    "any": lambda arn: aws.iam.PolicyAttachment("all", roles=["web"], policy_arn=arn),
    "exclusive": lambda arn: aws.iam.RolePolicyAttachmentsExclusive(
        "all", role_name="web", policy_arns=[arn]
    ),
    "managed": lambda arn: aws.iam.Role("all", assume_role_policy=OWN, managed_policy_arns=[arn]),
}


@pytest.mark.parametrize("way", ATTACHED)
def test_every_way_to_attach_is_read(way: str) -> None:
    """Administrator rights are refused however they get to a role, a user or a group."""
    found = judged(lambda: ATTACHED[way](ADMIN))

    assert fired(found) == {("exposure-least-privilege", "all")}
    assert f"{ADMIN} gives a whole account" in found[0].message


@pytest.mark.parametrize(
    "name",
    [
        "AmazonS3FullAccess",
        "AWSLambda_FullAccess",
        "AmazonDynamoDBFullAccess_v2",
        "PowerUserAccess",
        "job-function/DatabaseAdministrator",
        "AdministratorAccess-Amplify",
        "AWSCodeBuildAdminAccess",
        "SecretsManagerReadWrite",
    ],
)
def test_wholesale_policies_of_aws_are_refused(name: str) -> None:
    """AWS's policies for a whole account, a whole service or every secret are refused."""
    assert judged(lambda: ATTACHED["role"](f"arn:aws-cn:iam::aws:policy/{name}"))


@pytest.mark.parametrize(
    "name", ["service-role/AmazonECSTaskExecutionRolePolicy", "AWSXRayDaemonWriteAccess"]
)
def test_narrow_policies_of_aws_pass(name: str) -> None:
    """AWS's policies for one purpose pass."""
    assert judged(lambda: ATTACHED["role"](f"arn:aws:iam::aws:policy/{name}")) == []


@pytest.mark.parametrize("way", ATTACHED)
def test_a_policy_made_here_is_judged_itself(way: str) -> None:
    """The ARN of a policy of the program is unknown at preview, and its document is judged."""

    def program(action: str) -> None:
        statement = {"Effect": "Allow", "Action": action, "Resource": "arn:aws:sqs:::jobs"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        ATTACHED[way](aws.iam.Policy("jobs", policy=document).arn)

    assert judged(lambda: program("sqs:SendMessage")) == []
    assert fired(judged(lambda: program("sqs:*"))) == {("exposure-least-privilege", "jobs")}


def test_an_arn_hidden_from_the_preview_is_refused_before_the_change() -> None:
    """An attachment that only the update knows is judged then, before it is made."""

    def program() -> None:
        ATTACHED["role"](aws.sns.Topic("later").arn.apply(lambda _: ADMIN))

    assert judged(program) == []
    assert fired(judged(program, preview=False)) == {("exposure-least-privilege", "all")}
