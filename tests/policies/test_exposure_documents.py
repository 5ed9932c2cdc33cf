"""Policy documents that hand out more than is used, and some that do not."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pulumi_aws as aws
import pytest

from infra import iam
from policies.exposure import RULES
from policies.resource_types import IAM_POLICY
from tests.policies.exposing import judged
from tests.policies.judging import findings, fired
from tests.support.program import Program, register

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:jobs"


def _document(**statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def _policy(**statement: Any) -> list[str]:
    """What is said of a policy with this one statement."""
    document = _document(**{"Action": "sqs:SendMessage", "Resource": QUEUE, **statement})
    return [each.message for each in judged(lambda: aws.iam.Policy("jobs", policy=document))]


@pytest.mark.parametrize(
    "statement",
    [
        {},
        {"Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::assets/*"},
        {"Action": "s3:Get*", "Resource": ["arn:aws:s3:::assets/*"]},
        {"Action": "logs:PutLogEvents", "Resource": "arn:aws:logs:eu-west-1:1:log-group:/web:*"},
        {"Action": "ecr:GetAuthorizationToken", "Resource": "*"},
        {"Action": ["ECR:getauthorizationtoken", "xray:PutTraceSegments"], "Resource": ["*"]},
        {
            "Action": "secretsmanager:GetSecretValue",
            "Resource": "arn:aws:secretsmanager:*:1:secret:web/*",
        },
        {"Action": "iam:PassRole", "Resource": "arn:aws:iam::1:role/web-*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "NotAction": "sts:*", "NotResource": QUEUE},
    ],
)
def test_named_actions_on_named_resources_pass(statement: Any) -> None:
    """What is used and named passes, and so does every denial."""
    assert _policy(**statement) == []


@pytest.mark.parametrize(
    "action",
    [
        "*",
        "**",
        "sqs:*",
        "SQS:*",
        "sqs:**",
        "sqs:?*",
        "*:*",
        "s*:SendMessage",
        ["sqs:Get*", "iam:*"],
    ],
)
def test_a_whole_service_is_refused(action: Any) -> None:
    """Every way to write all of a service, or of all services, is refused."""
    (message,) = _policy(Action=action)

    assert message.startswith("jobs: policy, statement 0: Action ")
    assert "all of a service. The actions that are called pass." in message


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("sqs:SendMessage", "*"),
        ("sqs:SendMessage", ["arn:aws:sqs:::one", "*"]),
        ("sqs:SendMessage", "arn:aws:sqs:*:*:*"),
        ("sqs:SendMessage", "arn:aws:sqs*"),
        ("sqs:SendMessage", "arn:aws:*:*:*:jobs"),
        ("s3:GetObject", "arn:aws:s3:::*"),
        ("s3:GetObject", "arn:aws:s3:::*/*"),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:1:secret:*"),
        ("ssm:GetParameters", "arn:aws:ssm:eu-west-1:1:parameter/*"),
        ("kms:Decrypt", "arn:aws:kms:eu-west-1:1:key/*"),
        ("iam:PassRole", "arn:aws:iam::1:role/*"),
        (["ecr:GetAuthorizationToken", "ecr:BatchGetImage"], "*"),
    ],
)
def test_every_resource_is_refused(action: Any, resource: Any) -> None:
    """Everything of a kind, however it is written, is refused for actions that take a resource."""
    (message,) = _policy(Action=action, Resource=resource)

    assert "can be kept to what is used. The ARNs of the resources that are used pass" in message
    assert "GetAuthorizationToken" not in message


@pytest.mark.parametrize("key", ["NotAction", "NotResource"])
def test_all_but_what_is_named_is_refused(key: str) -> None:
    """An allowance by exception gives everything that AWS will ever add."""
    (message,) = _policy(**{key: "s3:DeleteBucket"})

    assert f"{key} allows all that it does not name" in message


def test_one_statement_in_place_of_a_list_is_read() -> None:
    """IAM takes one statement without a list; and an element's name in any case is read."""
    document = json.dumps({"statement": {"effect": "Allow", "action": "*", "resource": QUEUE}})
    found = judged(lambda: aws.iam.Policy("jobs", policy=document))

    assert fired(found) == {("exposure-least-privilege", "jobs")}


HOLDERS: dict[str, Callable[[Any], object]] = {
    "policy": lambda document: aws.iam.Policy("all", policy=document),
    "role policy": lambda document: aws.iam.RolePolicy("all", role="web", policy=document),
    "user policy": lambda document: aws.iam.UserPolicy("all", user="web", policy=document),
    "group policy": lambda document: aws.iam.GroupPolicy("all", group="web", policy=document),
    "inline": lambda document: aws.iam.Role(
        "all",
        assume_role_policy=iam.assume_role_document(region="eu-west-1", account="1"),
        inline_policies=[{}, {"name": "all", "policy": document}],
    ),
}


@pytest.mark.parametrize("holder", HOLDERS)
def test_every_place_of_a_document_is_read(holder: str) -> None:
    """A policy is refused on its own, in a role, in a user and in a group."""
    found = judged(lambda: HOLDERS[holder](_document(Action="*", Resource=QUEUE)))

    assert fired(found) == {("exposure-least-privilege", "all")}
    assert (
        judged(lambda: HOLDERS[holder](_document(Action="sqs:SendMessage", Resource=QUEUE))) == []
    )


def test_a_document_as_data_is_read() -> None:
    """The SDK takes a document as data besides text."""
    registered = register(lambda: HOLDERS["policy"]("{}"), stage="dev").one(IAM_POLICY)
    data = {"policy": json.loads(_document(Action="*", Resource=QUEUE))}
    program = Program([replace(registered, inputs=data)], {})

    assert fired(findings(program, RULES)) == {("exposure-least-privilege", "all")}


def test_an_unknown_document_is_refused() -> None:
    """A document that hangs on another resource could not be verified."""
    (found,) = judged(lambda: HOLDERS["policy"](aws.sns.Topic("later").arn))

    assert found.message.startswith(
        "all could not be verified: policy is not known before the update."
    )


def test_a_document_that_is_no_json_is_refused() -> None:
    """Text that is no document could not be verified."""
    assert fired(judged(lambda: HOLDERS["policy"]("{"))) == {("exposure-least-privilege", "all")}


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["arn:aws:iam::1:root", "*"]}])
def test_a_role_for_everybody_is_refused(principal: Any) -> None:
    """Trust in every principal lets any AWS account take the role."""
    trust = _document(Action="sts:AssumeRole", Principal=principal)
    found = judged(lambda: aws.iam.Role("web", assume_role_policy=trust))

    assert "assumeRolePolicy, statement 0: Principal * lets every AWS account" in found[0].message


def test_trust_by_exception_is_refused_and_in_a_service_passes() -> None:
    """NotPrincipal trusts all others; Evenkeel's own trust document passes."""
    trust = _document(Action="sts:AssumeRole", NotPrincipal={"AWS": "arn:aws:iam::1:root"})
    own = iam.assume_role_document(region="eu-west-1", account="1")

    assert len(judged(lambda: aws.iam.Role("web", assume_role_policy=trust))) == 1
    assert judged(lambda: aws.iam.Role("web", assume_role_policy=own)) == []
