"""Whom security groups let in, told by what their rules are made from."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policies.plan import Plan, Resource
from policies.resource_types import (
    INGRESS_RULE,
    LOAD_BALANCERS,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
)
from policies.values import LATER, each, given

# Where a rule may let in addresses; each of the three kinds of rule has some of these.
ADDRESSES = (
    "cidrIpv4",
    "cidrIpv6",
    "prefixListId",
    "cidrBlocks",
    "ipv6CidrBlocks",
    "prefixListIds",
)
# Where a rule lets in a security group; a rule in a group's own `ingress` has a list.
REFERENCES = {
    INGRESS_RULE: "referencedSecurityGroupId",
    SECURITY_GROUP_RULE: "sourceSecurityGroupId",
}
INLINE = "securityGroups"


@dataclass(frozen=True)
class Opening:
    """Somebody beside the load balancers whom *rule* lets in; *key* is where a group belongs."""

    rule: str
    key: str
    whom: str


def groups(of: Resource, key: str, ids: Any, plan: Plan) -> list[Resource]:
    """The security groups that *key* of *of* is made from, and those of *ids*, one or a list."""
    behind = [source for source in plan.behind(of, key) if source.type == SECURITY_GROUP]
    return behind + [group for group in _named(each(ids), plan) if group not in behind]


def balancers(plan: Plan) -> list[Resource]:
    """The security groups of every load balancer."""
    return [
        group
        for balancer in plan.of_type(LOAD_BALANCERS)
        for group in groups(balancer, INLINE, given(balancer.props, INLINE), plan)
    ]


def openings(group: Resource, plan: Plan) -> Iterator[Opening]:
    """Whom *group* lets in beside load balancers."""
    allowed = balancers(plan)
    for rule in plan.of_type(REFERENCES):
        if not _is_ingress(rule) or group not in _holders(rule, plan):
            continue
        key = REFERENCES[rule.type]
        value = given(rule.props, key)
        own = _all(groups(rule, key, value, plan), allowed)
        for whom in _whom(rule.props, key, by_group=own):
            yield Opening(rule.name, key, whom)
    for index, entry in enumerate(_inline(group, plan)):
        own = all(_all(held, allowed) for held in _held(entry, group, plan))
        for whom in _whom(entry, INLINE, by_group=own):
            yield Opening(f"{group.name}.ingress[{index}]", INLINE, whom)


def _is_ingress(rule: Resource) -> bool:
    return rule.type == INGRESS_RULE or rule.props["type"] == "ingress"


def _holders(rule: Resource, plan: Plan) -> list[Resource]:
    key = "securityGroupId"
    return groups(rule, key, given(rule.props, key), plan)


def _inline(group: Resource, plan: Plan) -> Any:
    """The rules in *group* itself.

    Where the program gives none, AWS's answer stands here, and only an update knows that.
    """
    if given(group.props, "ingress") == LATER and not plan.behind(group, "ingress"):
        return ()
    return group.props.get("ingress") or ()


def _held(entry: Mapping[str, Any], group: Resource, plan: Plan) -> Iterator[list[Resource]]:
    """For each security group that *entry* of *group* lets in: the groups that it may be."""
    for value in each(given(entry, INLINE)) or [None]:
        is_open = value == LATER
        yield groups(group, "ingress", (), plan) if is_open else _named([value], plan)


def _whom(rule: Mapping[str, Any], key: str, *, by_group: bool) -> Iterator[str]:
    found = {name: each(given(rule, name)) for name in ADDRESSES}
    others = [f"{name} {', '.join(values)}" for name, values in found.items() if values]
    if given(rule, "self"):
        others.append("self true, every holder of the group,")
    if not others and not by_group:
        named = ", ".join(each(given(rule, key))) or "nothing"
        others.append(f"{key} {named}, no group of a load balancer made here,")
    yield from others


def _named(ids: Collection[Any], plan: Plan) -> list[Resource]:
    """The security groups of *ids*, which end their ARNs: a plan has no ids."""
    known = {one for one in ids if one is not None and one != LATER}
    return [
        group
        for group in plan.of_type({SECURITY_GROUP})
        if str(given(group.props, "arn")).rpartition("/")[2] in known
    ]


def _all(found: Collection[Resource], allowed: Collection[Resource]) -> bool:
    return bool(found) and all(group in allowed for group in found)
