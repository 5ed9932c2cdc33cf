"""A plan answers what a resource is made from, and what comes before it."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from policies.plan import Plan, Resource
from tests.support.program import register

TOPIC = "aws:sns/topic:Topic"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"


def _program() -> None:
    first = aws.sns.Topic("first")
    second = aws.sns.Topic("second", opts=pulumi.ResourceOptions(depends_on=[first]))
    aws.sns.Topic("apart", opts=pulumi.ResourceOptions(ignore_changes=["displayName"]))
    aws.sns.TopicSubscription("sub", topic=second.arn, protocol="sqs", endpoint="arn:aws:sqs:q")


@pytest.fixture(params=[True, False], ids=["preview", "update"])
def plan(request: pytest.FixtureRequest) -> Plan:
    """The plan of the program above."""
    return Plan(register(_program, preview=request.param), {"atLeast": 3})


def _named(plan: Plan, name: str) -> Resource:
    return next(resource for resource in plan.resources if resource.name == name)


def _names(found: list[Resource]) -> list[Any]:
    return [resource.name for resource in found]


def test_resources_are_found_by_type(plan: Plan) -> None:
    """By name, whatever the engine's order, with the policy's numbers and what is ignored."""
    topics = plan.of_type({TOPIC})

    assert _names(topics) == ["apart", "first", "second"]
    assert all(topic.config == {"atLeast": 3} for topic in topics)
    assert _named(plan, "apart").ignore_changes == ["displayName"]


def test_a_property_knows_what_is_behind_it(plan: Plan) -> None:
    """The topic behind the subscription's `topic`, and nothing behind plain values."""
    subscription = _named(plan, "sub")

    assert _names(plan.behind(subscription, "topic")) == ["second"]
    assert plan.behind(subscription, "endpoint") == []
    assert plan.behind(subscription, "nothing") == []


def test_a_resource_knows_who_points_at_it(plan: Plan) -> None:
    """The other way round, for one property and the given types alone."""
    second = _named(plan, "second")

    assert _names(plan.pointing_at(second, {SUBSCRIPTION}, "topic")) == ["sub"]
    assert plan.pointing_at(second, {SUBSCRIPTION}, "endpoint") == []
    assert plan.pointing_at(second, {TOPIC}, "topic") == []


def test_order_is_followed_through_others(plan: Plan) -> None:
    """The subscription comes after the first topic through the second; never the reverse."""
    first, subscription = _named(plan, "first"), _named(plan, "sub")

    assert plan.comes_after(subscription, first)
    assert not plan.comes_after(first, subscription)
    assert not plan.comes_after(first, first)
    assert not plan.comes_after(subscription, _named(plan, "apart"))
