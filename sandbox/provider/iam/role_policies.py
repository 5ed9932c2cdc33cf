"""IAM: the policies inside roles."""

from collections.abc import Iterator

from sandbox.provider.aws import Aws
from sandbox.provider.documents import policy
from sandbox.provider.iam.roles import MISSING, policy_text
from sandbox.provider.requests import Request
from sandbox.provider.resource_type import Name, ResourceType, rule
from sandbox.provider.values import Properties


@rule(
    "policy",
    what="inline policies up to 10,240 characters, white space not counted",
    source="IAM User Guide, IAM and STS quotas",
)
def _fits(inputs: Properties) -> str | None:
    size = len("".join(str(inputs["policy"]).split()))
    if size > 10240:
        name = inputs.get("name")
        return f"LimitExceeded: Maximum policy size of 10240 bytes exceeded for role policy {name}"
    return None


def _policy_request(inputs: Properties) -> Iterator[Request]:
    yield Request(
        "iam", "PutRolePolicy",
        {"RoleName": inputs["role"], "PolicyName": inputs["name"],
         "PolicyDocument": inputs["policy"]},
    )  # fmt: skip


def _put_policy(aws: Aws, inputs: Properties) -> str:
    aws.send(next(_policy_request(inputs)))
    return f"{inputs['role']}:{inputs['name']}"


def _update_policy(aws: Aws, _policy_id: str, _old: Properties, new: Properties) -> None:
    _put_policy(aws, new)


def _read_policy(aws: Aws, policy_id: str, _inputs: Properties) -> Properties | None:
    role, name = policy_id.split(":", 1)
    found = aws.found("iam", "GetRolePolicy", MISSING, RoleName=role, PolicyName=name)
    if found is None:
        return None
    return {"role": role, "name": name, "policy": policy_text(found["PolicyDocument"])}


def _delete_policy(aws: Aws, policy_id: str, _outputs: Properties) -> None:
    role, name = policy_id.split(":", 1)
    aws.found("iam", "DeleteRolePolicy", MISSING, RoleName=role, PolicyName=name)


ROLE_POLICY = ResourceType(
    token="aws:iam/rolePolicy:RolePolicy",
    create=_put_policy,
    read=_read_policy,
    update=_update_policy,
    delete=_delete_policy,
    requests=_policy_request,
    properties=frozenset({"role", "name", "policy"}),
    required=frozenset({"role", "policy"}),
    replaces=frozenset({"role", "name"}),
    name=Name(128),
    unique=("role", "name"),
    regional=False,
    rules=(policy("policy", "identity"), _fits),
    open=("that actions, resources and condition keys exist",),
)
