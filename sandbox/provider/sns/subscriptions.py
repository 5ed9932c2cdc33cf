"""SNS: subscriptions."""

import re
from collections.abc import Iterator

from sandbox.provider.aws import Aws
from sandbox.provider.documents import json_object
from sandbox.provider.requests import Request
from sandbox.provider.resource_type import ResourceType, rule
from sandbox.provider.sns.topics import MISSING, attributes
from sandbox.provider.values import Properties

_SUBSCRIPTION = {
    "filterPolicy": "FilterPolicy", "filterPolicyScope": "FilterPolicyScope",
    "rawMessageDelivery": "RawMessageDelivery", "redrivePolicy": "RedrivePolicy",
    "subscriptionRoleArn": "SubscriptionRoleArn",
}  # fmt: skip


_ENDPOINTS = {
    "email": r"[^@\s]+@[^@\s]+\.[^@\s]+", "email-json": r"[^@\s]+@[^@\s]+\.[^@\s]+",
    "http": r"http://.+", "https": r"https://.+", "sms": r"\+?[\d-]+", "sqs": r"arn:.+:sqs:.+",
    "lambda": r"arn:.+:lambda:.+", "firehose": r"arn:.+:firehose:.+",
    "application": r"arn:.+:sns:.+",
}  # fmt: skip


@rule(
    "protocol",
    "endpoint",
    what="a protocol of SNS's, and an endpoint of its form",
    source="BC:sns/SubscribeInput.Protocol, Endpoint",
)
def _endpoint(inputs: Properties) -> str | None:
    protocol, endpoint = inputs["protocol"], str(inputs["endpoint"])
    if protocol not in _ENDPOINTS:
        return (
            "InvalidParameter: Invalid parameter: Amazon SNS does not support this protocol "
            f"string: {protocol}"
        )
    if not re.fullmatch(_ENDPOINTS[protocol], endpoint):
        return f"InvalidParameter: Invalid parameter: {protocol} endpoint '{endpoint}'"
    return None


def _subscription_request(inputs: Properties) -> Iterator[Request]:
    yield Request(
        "sns", "Subscribe",
        {"TopicArn": inputs["topic"], "Protocol": inputs["protocol"],
         "Endpoint": inputs["endpoint"], "ReturnSubscriptionArn": True,
         "Attributes": attributes(inputs, _SUBSCRIPTION)},
    )  # fmt: skip


def _update_subscription(aws: Aws, arn: str, old: Properties, new: Properties) -> None:
    before, after = attributes(old, _SUBSCRIPTION), attributes(new, _SUBSCRIPTION)
    for member in before.keys() | after.keys():
        if before.get(member) != after.get(member):
            change = {"AttributeName": member, "AttributeValue": after.get(member, "")}
            aws.call("sns", "SetSubscriptionAttributes", SubscriptionArn=arn, **change)


def _read_subscription(aws: Aws, arn: str, _inputs: Properties) -> Properties | None:
    answer = aws.found("sns", "GetSubscriptionAttributes", *MISSING, SubscriptionArn=arn)
    if answer is None:
        return None
    found = answer["Attributes"]
    return {
        "topic": found["TopicArn"],
        "protocol": found.get("Protocol"),
        "endpoint": found.get("Endpoint"),
        **{name: found.get(member) for name, member in _SUBSCRIPTION.items()},
        "rawMessageDelivery": found.get("RawMessageDelivery") == "true",
        "arn": arn,
        "ownerId": found.get("Owner"),
        "pendingConfirmation": found.get("PendingConfirmation") == "true",
        "confirmationWasAuthenticated": found.get("ConfirmationWasAuthenticated") == "true",
    }


def _delete_subscription(aws: Aws, arn: str, _outputs: Properties) -> None:
    aws.found("sns", "Unsubscribe", *MISSING, SubscriptionArn=arn)


TOPIC_SUBSCRIPTION = ResourceType(
    token="aws:sns/topicSubscription:TopicSubscription",
    create=lambda aws, inputs: str(
        aws.send(next(_subscription_request(inputs)))["SubscriptionArn"]
    ),
    read=_read_subscription,
    update=_update_subscription,
    delete=_delete_subscription,
    requests=_subscription_request,
    properties=frozenset({"topic", "protocol", "endpoint", *_SUBSCRIPTION}),
    required=frozenset({"topic", "protocol", "endpoint"}),
    replaces=frozenset({"topic", "protocol", "endpoint"}),
    computed=frozenset({"arn", "ownerId", "pendingConfirmation", "confirmationWasAuthenticated"}),
    defaults={"rawMessageDelivery": False},
    rules=(_endpoint, json_object("filterPolicy", "InvalidParameter", "BC:sns/SubscribeInput")),
    open=("whether an endpoint confirms",),
)
