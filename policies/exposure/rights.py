"""What roles may do: what they need, and nothing that somebody else could use."""

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_policy import Severity

from policies.exposure.documents import field, listed, parsed
from policies.plan import Resource
from policies.resource_types import (
    IAM_GROUP_POLICY,
    IAM_GROUP_POLICY_ATTACHMENT,
    IAM_POLICY,
    IAM_POLICY_ATTACHMENT,
    IAM_ROLE,
    IAM_ROLE_ATTACHMENTS,
    IAM_ROLE_POLICY,
    IAM_ROLE_POLICY_ATTACHMENT,
    IAM_USER_POLICY,
    IAM_USER_POLICY_ATTACHMENT,
)
from policies.rules import ResourceRule
from policies.values import LATER, each, given

# Actions that take no resource, of the services that tasks commonly call; lower case, because IAM
# reads actions in any case (AWS: service authorization reference, column "Resource types").
WITHOUT_RESOURCE = frozenset(
    {
        "cloudwatch:getmetricdata",
        "cloudwatch:getmetricstatistics",
        "cloudwatch:listmetrics",
        "cloudwatch:putmetricdata",
        "ec2:describenetworkinterfaces",
        "ecr:getauthorizationtoken",
        "ecs:describetaskdefinition",
        "ssmmessages:createcontrolchannel",
        "ssmmessages:createdatachannel",
        "ssmmessages:opencontrolchannel",
        "ssmmessages:opendatachannel",
        "sts:getcalleridentity",
        "xray:getsamplingrules",
        "xray:getsamplingstatisticsummaries",
        "xray:getsamplingtargets",
        "xray:puttelemetryrecords",
        "xray:puttracesegments",
    }
)
# Kinds of resource of which one is all that a service needs: every other one is somebody else's
# secret, or somebody else's rights.
EVERY_ONE = {"iam": "role", "kms": "key", "secretsmanager": "secret", "ssm": "parameter"}
# In the names of AWS's own policies that give a whole account, a whole service or every secret.
WHOLESALE = (
    "Administrator",
    "AdminAccess",
    "FullAccess",
    "PowerUserAccess",
    "SecretsManagerReadWrite",
)
ATTACHMENTS = ("policyArn", "policyArns", "managedPolicyArns")
WILD = "*?"


def _least_privilege(resource: Resource) -> Iterator[str]:
    for where, document in _documents(resource):
        for index, statement in enumerate(listed(field(parsed(document), "Statement"))):
            if field(statement, "Effect") != "Deny":
                for problem in _problems(statement):
                    yield f"{where}, statement {index}: {problem}"
    for key in ATTACHMENTS:
        for arn in each(given(resource.props, key)):
            # What only the update knows is a policy made here and judged itself; the update
            # judges the ARN before it attaches anything.
            name = str(arn).rpartition("/")[2]
            if arn != LATER and any(word in name for word in WHOLESALE):
                yield (
                    f"{key} {arn} gives a whole account, a whole service or every secret. A "
                    "policy passes that names the actions and the resources that are used."
                )


def _documents(resource: Resource) -> Iterator[tuple[str, Any]]:
    """Every policy document of *resource*, and the property that it stands in."""
    for key in ("policy", "assumeRolePolicy"):
        if key in resource.props:
            yield key, resource.props[key]
    for index, inline in enumerate(resource.props.get("inlinePolicies") or ()):
        if inline.get("policy"):
            yield f"inlinePolicies[{index}]", inline["policy"]


def _problems(statement: Mapping[str, Any]) -> Iterator[str]:
    for key in ("NotAction", "NotResource", "NotPrincipal"):
        if field(statement, key) is not None:
            yield f"{key} allows all that it does not name. {key[3:]} with what is used passes."
    if "*" in _principals(field(statement, "Principal")):
        yield "Principal * lets every AWS account take the role. The service's own name passes."
    actions = [str(action) for action in listed(field(statement, "Action"))]
    broad = [action for action in actions if _is_whole_service(action)]
    if broad:
        yield f"Action {', '.join(broad)}: all of a service. The actions that are called pass."
    named = [a for a in actions if a not in broad and a.lower() not in WITHOUT_RESOURCE]
    every = [r for r in map(str, listed(field(statement, "Resource"))) if _is_everything(r)]
    if every and named:
        yield (
            f"Resource {', '.join(every)} with {', '.join(named)}, which can be kept to what is "
            "used. The ARNs of the resources that are used pass."
        )


def _principals(given: Any) -> list[Any]:
    if isinstance(given, Mapping):
        return [who for kind in given for who in listed(given[kind])]
    return listed(given)


def _is_whole_service(action: str) -> bool:
    """Whether *action* is ``*``, ``service:*``, or as much in other words."""
    service, _, name = action.partition(":")
    return not name.strip(WILD) or _is_wild(service)


def _is_everything(resource: str) -> bool:
    """Whether *resource* is ``*``, everything of a service, or every one of EVERY_ONE."""
    parts = resource.split(":", 5)
    if len(parts) < 6 or _is_wild(parts[2]):
        return _is_wild(resource)
    service, rest = parts[2], parts[5]
    return not rest.removeprefix(EVERY_ONE.get(service, "")).strip(f"{WILD}:/")


def _is_wild(text: str) -> bool:
    return any(wild in text for wild in WILD)


LEAST_PRIVILEGE = ResourceRule(
    name="exposure-least-privilege",
    description="Policies name the actions and the resources that are used, and roles who is in.",
    protects_from=(
        "One hole in the application opening the whole account: its secrets, its data, its rights."
    ),
    source="AWS: IAM user guide, security best practices; service authorization reference.",
    severity=Severity.CRITICAL,
    types={
        IAM_GROUP_POLICY,
        IAM_GROUP_POLICY_ATTACHMENT,
        IAM_POLICY,
        IAM_POLICY_ATTACHMENT,
        IAM_ROLE,
        IAM_ROLE_ATTACHMENTS,
        IAM_ROLE_POLICY,
        IAM_ROLE_POLICY_ATTACHMENT,
        IAM_USER_POLICY,
        IAM_USER_POLICY_ATTACHMENT,
    },
    judge=_least_privilege,
    remediation=(
        "Write each action and each resource's ARN into the policy. Resource * is for actions that "
        "take no resource, such as ecr:GetAuthorizationToken. Evenkeel's own roles need no change."
    ),
)
