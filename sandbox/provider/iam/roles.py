"""IAM: roles."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.documents import policy
from sandbox.provider.requests import Request, request
from sandbox.provider.resource_type import Name, ResourceType
from sandbox.provider.tags import as_list, from_list, ours, retag
from sandbox.provider.values import Properties

MISSING = "NoSuchEntity"


def _role_request(inputs: Properties) -> Iterator[Request]:
    yield request(
        "iam", "CreateRole", inputs, RoleName=inputs.get("name"),
        AssumeRolePolicyDocument=inputs.get("assumeRolePolicy"), Tags=as_list(inputs),
    )  # fmt: skip


def _create_role(aws: Aws, inputs: Properties) -> str:
    name = str(inputs["name"])
    found = _role(aws, name)
    if found is None:
        aws.send(next(_role_request(inputs)))
    elif ours(from_list(found.get("Tags")), inputs):  # left by a create that crashed
        _update_role(aws, name, {}, inputs)
    else:
        raise AwsError("EntityAlreadyExists", f"Role with name {name} already exists.")
    return name


def _role(aws: Aws, name: str) -> dict[str, Any] | None:
    answer = aws.found("iam", "GetRole", MISSING, RoleName=name)
    return answer and answer["Role"]


def _update_role(aws: Aws, name: str, old: Properties, new: Properties) -> None:
    if old.get("assumeRolePolicy") != new["assumeRolePolicy"]:
        document = new["assumeRolePolicy"]
        aws.call("iam", "UpdateAssumeRolePolicy", RoleName=name, PolicyDocument=document)
    changed = {key: new.get(key) for key in ("description", "maxSessionDuration")}
    if any(old.get(key) != value for key, value in changed.items()):
        aws.call(
            "iam", "UpdateRole", RoleName=name, Description=changed["description"] or "",
            MaxSessionDuration=changed["maxSessionDuration"] or 3600,
        )  # fmt: skip
    boundary = new.get("permissionsBoundary")
    if old.get("permissionsBoundary") != boundary:
        if boundary:
            aws.call(
                "iam", "PutRolePermissionsBoundary", RoleName=name, PermissionsBoundary=boundary
            )
        else:
            aws.call("iam", "DeleteRolePermissionsBoundary", RoleName=name)


def policy_text(document: Any) -> str:
    """A policy as text; botocore decodes some of IAM's answers itself."""
    return unquote(document) if isinstance(document, str) else json.dumps(document)


def _read_role(aws: Aws, name: str, _inputs: Properties) -> Properties | None:
    role = _role(aws, name)
    if role is None:
        return None
    return {
        "name": role["RoleName"],
        "assumeRolePolicy": policy_text(role["AssumeRolePolicyDocument"]),
        "description": role.get("Description"),
        "path": role.get("Path"),
        "maxSessionDuration": role.get("MaxSessionDuration", 3600),
        "permissionsBoundary": (role.get("PermissionsBoundary") or {}).get(
            "PermissionsBoundaryArn"
        ),
        "arn": role["Arn"],
        "uniqueId": role["RoleId"],
        "createDate": role["CreateDate"].isoformat(),
        "tags": from_list(role.get("Tags")),
    }


def _delete_role(aws: Aws, name: str, outputs: Properties) -> None:
    inline = aws.found("iam", "ListRolePolicies", MISSING, RoleName=name)
    if inline is None:
        return
    for policy_name in inline["PolicyNames"]:
        aws.call("iam", "DeleteRolePolicy", RoleName=name, PolicyName=policy_name)
    if outputs.get("forceDetachPolicies"):
        attached = aws.call("iam", "ListAttachedRolePolicies", RoleName=name)
        for managed in attached["AttachedPolicies"]:
            aws.call("iam", "DetachRolePolicy", RoleName=name, PolicyArn=managed["PolicyArn"])
    aws.found("iam", "DeleteRole", MISSING, RoleName=name)


ROLE = ResourceType(
    token="aws:iam/role:Role",
    create=_create_role,
    read=_read_role,
    update=_update_role,
    delete=_delete_role,
    requests=_role_request,
    properties=frozenset(
        {
            "name",
            "assumeRolePolicy",
            "description",
            "path",
            "maxSessionDuration",
            "permissionsBoundary",
            "forceDetachPolicies",
        }
    ),
    required=frozenset({"assumeRolePolicy"}),
    replaces=frozenset({"name", "path"}),
    computed=frozenset({"arn", "uniqueId", "createDate"}),
    name=Name(64),
    unique=("name",),
    unread=frozenset({"forceDetachPolicies"}),
    defaults={"path": "/", "maxSessionDuration": 3600, "forceDetachPolicies": False},
    retag=retag("iam", "TagRole", "UntagRole", "RoleName"),
    regional=False,
    rules=(policy("assumeRolePolicy", "trust"),),
    asks_aws=("the name is free, or bears this stack's tags",),
    open=("that principals and action names exist", "quotas (1,000 roles an account)"),
)
