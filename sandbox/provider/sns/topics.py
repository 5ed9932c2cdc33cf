"""SNS: topics and their policies."""

import json
import re
from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.documents import policy
from sandbox.provider.requests import Request
from sandbox.provider.resource_type import Name, ResourceType, rule
from sandbox.provider.tags import as_list, from_list, retag
from sandbox.provider.values import Properties

MISSING = ("NotFound", "NotFoundException")
_TOPIC = {"displayName": "DisplayName", "kmsMasterKeyId": "KmsMasterKeyId", "policy": "Policy"}


@rule("name", what="name of 1-256 letters, digits, - and _", source="BC:sns/CreateTopicInput.Name")
def _name(inputs: Properties) -> str | None:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", str(inputs["name"])):
        return "InvalidParameter: Invalid parameter: Topic Name"
    return None


def attributes(inputs: Properties, table: dict[str, str]) -> dict[str, str]:
    found = {member: inputs.get(name) for name, member in table.items()}
    return {
        member: str(value).lower() if isinstance(value, bool) else value
        for member, value in found.items()
        if value is not None
    }


def _topic_request(inputs: Properties) -> Iterator[Request]:
    parameters: dict[str, Any] = {
        "Name": inputs.get("name"), "Attributes": attributes(inputs, _TOPIC),
    }  # fmt: skip
    if as_list(inputs):
        parameters["Tags"] = as_list(inputs)
    yield Request("sns", "CreateTopic", parameters)


def _update_topic(aws: Aws, arn: str, old: Properties, new: Properties) -> None:
    for name, member in _TOPIC.items():
        if old.get(name) != new.get(name):
            value = new.get(name) or ""
            aws.call(
                "sns",
                "SetTopicAttributes",
                TopicArn=arn,
                AttributeName=member,
                AttributeValue=value,
            )


def _read_topic(aws: Aws, arn: str, _inputs: Properties) -> Properties | None:
    answer = aws.found("sns", "GetTopicAttributes", *MISSING, TopicArn=arn)
    if answer is None:
        return None
    found = answer["Attributes"]
    tags = aws.call("sns", "ListTagsForResource", ResourceArn=arn).get("Tags")
    return {
        "name": arn.rsplit(":", 1)[1],
        **{name: found.get(member) for name, member in _TOPIC.items()},
        "arn": arn,
        "owner": found.get("Owner"),
        "tags": from_list(tags),
    }


def _delete_topic(aws: Aws, arn: str, _outputs: Properties) -> None:
    aws.found("sns", "DeleteTopic", *MISSING, TopicArn=arn)


TOPIC = ResourceType(
    token="aws:sns/topic:Topic",
    # CreateTopic gives the topic of that name where there is one. Source: BC:sns/CreateTopic.
    create=lambda aws, inputs: str(aws.send(next(_topic_request(inputs)))["TopicArn"]),
    read=_read_topic,
    update=_update_topic,
    delete=_delete_topic,
    requests=_topic_request,
    properties=frozenset({"name", *_TOPIC}),
    replaces=frozenset({"name"}),
    computed=frozenset({"arn", "owner", "policy"}),
    name=Name(256),
    unique=("name",),
    retag=retag("sns", "TagResource", "UntagResource", "ResourceArn"),
    rules=(_name, policy("policy", "resource", "InvalidParameter")),
    open=("FIFO topics, delivery settings (not covered)",),
)


def _policy_request(inputs: Properties) -> Iterator[Request]:
    yield Request(
        "sns", "SetTopicAttributes",
        {"TopicArn": inputs["arn"], "AttributeName": "Policy", "AttributeValue": inputs["policy"]},
    )  # fmt: skip


def _put_policy(aws: Aws, inputs: Properties) -> str:
    aws.send(next(_policy_request(inputs)))
    return str(inputs["arn"])


def _update_policy(aws: Aws, _arn: str, _old: Properties, new: Properties) -> None:
    _put_policy(aws, new)


def _read_policy(aws: Aws, arn: str, _inputs: Properties) -> Properties | None:
    answer = aws.found("sns", "GetTopicAttributes", *MISSING, TopicArn=arn)
    if answer is None or not answer["Attributes"].get("Policy"):
        return None
    found = answer["Attributes"]
    return {"arn": arn, "policy": found["Policy"], "owner": found.get("Owner")}


def _delete_policy(aws: Aws, arn: str, _outputs: Properties) -> None:
    # A topic always has a policy; AWS's own first one is put back, as AWS's provider does.
    owner = arn.split(":")[4]
    actions = [
        "Subscribe",
        "SetTopicAttributes",
        "RemovePermission",
        "Publish",
        "ListSubscriptionsByTopic",
        "GetTopicAttributes",
        "DeleteTopic",
        "AddPermission",
    ]
    text = {
        "Version": "2008-10-17", "Id": "__default_policy_ID",
        "Statement": [{
            "Sid": "__default_statement_ID", "Effect": "Allow", "Principal": {"AWS": "*"},
            "Action": [f"SNS:{action}" for action in actions], "Resource": arn,
            "Condition": {"StringEquals": {"AWS:SourceOwner": owner}},
        }],
    }  # fmt: skip
    asked = {"AttributeName": "Policy", "AttributeValue": json.dumps(text)}
    aws.found("sns", "SetTopicAttributes", *MISSING, TopicArn=arn, **asked)


TOPIC_POLICY = ResourceType(
    token="aws:sns/topicPolicy:TopicPolicy",
    create=_put_policy,
    read=_read_policy,
    update=_update_policy,
    delete=_delete_policy,
    requests=_policy_request,
    properties=frozenset({"arn", "policy"}),
    required=frozenset({"arn", "policy"}),
    replaces=frozenset({"arn"}),
    computed=frozenset({"owner"}),
    unique=("arn",),
    rules=(policy("policy", "resource", "InvalidParameter"),),
    asks_aws=("the topic exists",),
)
