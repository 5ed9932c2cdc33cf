"""When two values say the same to AWS, and what a refresh keeps of the user's words."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.provider.comparison import agrees, reconciled, renamed, same, spelling

ONE = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
OTHER = {"Resource": ["*"], "Effect": "Allow", "Action": ["s3:GetObject"]}


def policy(*statements: Any) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (80, 80.0),
        ("80", 80),
        ("true", True),
        ('{"a": 1, "b": [2]}', '{"b":[2],"a":1}'),
        (policy(ONE), policy(OTHER)),
        (json.dumps({"Version": "2012-10-17", "Statement": ONE}), policy(ONE)),
    ],
)
def test_same(left: Any, right: Any) -> None:
    """Numbers by value, JSON by meaning, a single action like a list of one."""
    assert same(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (80, 81),
        ("007", "7"),
        (1, True),
        ([1, 2], [2, 1]),
        (policy(ONE), policy({**ONE, "Action": "s3:PutObject"})),
        (policy(ONE), policy({**ONE, "Condition": {"Bool": {"aws:SecureTransport": "true"}}})),
        (policy(ONE), policy(ONE, ONE)),
    ],
)
def test_not_same(left: Any, right: Any) -> None:
    """A changed value, order, action or condition is a change."""
    assert not same(left, right)


def test_order_counts_unless_it_is_a_set() -> None:
    """Lists that AWS keeps no order for are compared as sets, with their multiplicity."""
    assert same([1, 2], [2, 1], unordered=True)
    assert not same([1, 1], [1, 2], unordered=True)


def test_names_meet() -> None:
    """Pulumi's plurals and cases meet AWS's names."""
    assert spelling("capacityProviderStrategies") == spelling("CapacityProviderStrategy")
    assert spelling("cloudwatchMetricsEnabled") == spelling("CloudWatchMetricsEnabled")
    assert spelling("subnets") != spelling("subnetMappings")


def test_what_aws_adds_is_no_difference() -> None:
    """AWS's answer may hold more than was declared, and leaves empty values out."""
    declared = {"capacityProvider": "FARGATE", "weight": 1, "labels": [], "base": 0}
    assert agrees(declared, {"CapacityProvider": "FARGATE", "Weight": 1, "Extra": True})
    assert not agrees(declared, {"CapacityProvider": "FARGATE", "Weight": 2})


def test_refresh_keeps_the_users_words() -> None:
    """What AWS says the same stays as written; what changed comes in Pulumi's names; gone goes."""
    declared = {"cpu": "512", "rules": [{"idName": "a"}], "gone": 1, "same": [2, 1]}
    actual = {"cpu": 512, "rules": [{"IdName": "b", "Extra": 1}], "same": [1, 2]}
    assert reconciled(declared, actual, frozenset({"same"})) == {
        "cpu": "512",
        "rules": [{"idName": "b", "extra": 1}],
        "same": [2, 1],
    }


def test_answers_take_pulumis_names() -> None:
    """Nested names become lower camel case, or the declared spelling."""
    assert renamed({"WebACLArn": 1, "Items": [{"IdName": 2}]}, {"webAclArn": 0}) == {
        "webAclArn": 1,
        "items": [{"idName": 2}],
    }


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES)
def test_everything_agrees_with_itself(value: Any) -> None:
    """A value is the same as itself, agrees with itself, and survives a refresh unchanged."""
    assert same(value, value)
    assert agrees(value, value)
    assert same(value, value, unordered=True)
    assert reconciled({"p": value}, {"p": value}, frozenset()) == {"p": value}


@given(st.lists(st.integers(0, 3), max_size=5), st.randoms(use_true_random=False))
def test_shuffled_sets_are_the_same(items: list[int], random: Any) -> None:
    """No order of a set is a difference."""
    shuffled = list(items)
    random.shuffle(shuffled)
    assert same(items, shuffled, unordered=True)
