"""Security groups: programs that open a way past the load balancer, and some that do not."""

from dataclasses import replace
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from policies.exposure import RULES
from tests.policies.exposing import Place, judged, old_rule, rule, source
from tests.policies.judging import findings, fired
from tests.support.program import UNKNOWN, Program, register

CLOSED = ("exposure-only-from-load-balancer", "web")
both = pytest.mark.parametrize("preview", [True, False], ids=["preview", "update"])


@both
@pytest.mark.parametrize(
    ("whom", "says"),
    [
        ({"cidr_ipv4": "0.0.0.0/0"}, "lets cidrIpv4 0.0.0.0/0 reach"),
        ({"cidr_ipv4": "10.0.0.0/8"}, "lets cidrIpv4 10.0.0.0/8 reach"),
        ({"cidr_ipv6": "::/0"}, "lets cidrIpv6 ::/0 reach"),
        ({"prefix_list_id": "pl-1"}, "lets prefixListId pl-1 reach"),
        ({"referenced_security_group_id": "sg-1"}, "referencedSecurityGroupId sg-1, no group of"),
        ({}, "referencedSecurityGroupId nothing, no group of"),
    ],
)
def test_a_rule_for_others_is_refused(whom: Any, says: str, preview: bool) -> None:
    """An ingress rule with a CIDR block, a prefix list or an unknown group opens the tasks."""

    def program() -> None:
        place = Place()
        rule(place.tasks.id, **whom)
        place.service()

    found = judged(program, preview=preview)
    assert fired(found) == {CLOSED}
    assert says in found[0].message
    assert "in referencedSecurityGroupId passes." in found[0].message


@both
@pytest.mark.parametrize("group", ["other", "tasks"])
def test_another_group_is_refused(group: str, preview: bool) -> None:
    """A bastion's group, and the tasks' own group, are no load balancer's."""

    def program() -> None:
        place = Place()
        rule(place.tasks.id, referenced_security_group_id=getattr(place, group).id)
        place.service()

    assert fired(judged(program, preview=preview)) == {CLOSED}


def test_a_group_mixed_from_two_is_refused() -> None:
    """A group picked out of the load balancer's and another may be the other."""

    def program() -> None:
        place = Place()
        ids = pulumi.Output.all(place.public.id, place.other.id)
        rule(place.tasks.id, referenced_security_group_id=ids.apply(lambda pair: pair[1]))
        place.service()

    assert fired(judged(program)) == {CLOSED}


def test_a_cidr_that_only_the_update_knows_is_refused() -> None:
    """A CIDR block from another resource is a CIDR block, known or not."""

    def program() -> None:
        place = Place()
        rule(place.tasks.id, cidr_ipv4=aws.sns.Topic("later").arn)
        place.service()

    found = judged(program)
    assert fired(found) == {CLOSED}
    assert "lets cidrIpv4 (known after the update) reach" in found[0].message


@both
@pytest.mark.parametrize(
    ("whom", "says"),
    [
        ({"cidr_blocks": ["10.0.0.0/8", "::/0"]}, "cidrBlocks 10.0.0.0/8, ::/0"),
        ({"ipv6_cidr_blocks": ["::/0"]}, "ipv6CidrBlocks ::/0"),
        ({"prefix_list_ids": ["pl-1"]}, "prefixListIds pl-1"),
        ({"self": True}, "self true"),
        ({"source_security_group_id": "sg-1"}, "sourceSecurityGroupId sg-1"),
    ],
)
def test_the_older_kind_of_rule_is_judged_too(whom: Any, says: str, preview: bool) -> None:
    """SecurityGroupRule of type ingress opens tasks just as well."""

    def program() -> None:
        place = Place()
        old_rule(place.tasks.id, **whom)
        place.service()

    found = judged(program, preview=preview)
    assert fired(found) == {CLOSED}
    assert says in found[0].message


@both
def test_what_tasks_call_and_other_groups_are_left_alone(preview: bool) -> None:
    """Egress, the load balancer's own rules and a database opened for tasks open no task."""

    def program() -> None:
        place = Place()
        old_rule(place.tasks.id, "egress", cidr_blocks=["0.0.0.0/0"])
        rule(place.other.id, referenced_security_group_id=place.tasks.id)
        place.service()

    assert judged(program, preview=preview) == []


@both
@pytest.mark.parametrize(
    "whom", [{"cidr_blocks": ["0.0.0.0/0"]}, {"self": True}, {"security_groups": ["sg-1"]}, {}]
)
def test_rules_inside_the_group_are_judged(whom: Any, preview: bool) -> None:
    """A group's own `ingress` list opens tasks as a rule of its own does."""

    def program() -> None:
        Place(ingress=[source(**whom)]).service()

    found = judged(program, preview=preview)
    assert fired(found) == {CLOSED}
    assert "tasks.ingress[0] lets" in found[0].message


def test_the_load_balancers_group_inside_the_group_passes() -> None:
    """The same list with the load balancer's group alone is closed; a second group is not."""

    def program(*more: str) -> None:
        public = aws.ec2.SecurityGroup("public")
        aws.lb.LoadBalancer("internal", security_groups=[public.id], internal=True)
        Place(ingress=[source(security_groups=[public.id, *more])]).service()

    assert judged(program) == []
    assert fired(judged(lambda: program("sg-1"))) == {CLOSED}


def test_ids_written_out_are_the_groups_that_bear_them() -> None:
    """After the first update ids can be written out: rules found by them are judged the same."""

    def program(referenced: str) -> None:
        place = Place()
        rule("tasks", referenced_security_group_id=referenced)
        place.service()

    # A recorded ARN ends with the logical name, as AWS's ends with the id.
    assert judged(lambda: program("balancer"), preview=False) == []
    assert fired(judged(lambda: program("bastion"), preview=False)) == {CLOSED}


@both
def test_every_group_of_the_service_is_judged(preview: bool) -> None:
    """A second, open group on the tasks opens them."""

    def program() -> None:
        place = Place()
        rule(place.other.id, cidr_ipv4="0.0.0.0/0")
        place.service(place.other.id)

    assert fired(judged(program, preview=preview)) == {CLOSED}


@both
def test_the_load_balancers_group_on_tasks_is_refused(preview: bool) -> None:
    """One group for load balancer and tasks lets the world in at both."""

    def program() -> None:
        place = Place()
        place.service(security_groups=[place.public.id])

    found = judged(program, preview=preview)
    assert fired(found) == {CLOSED}
    assert "balancer.ingress[0] lets cidrBlocks 0.0.0.0/0" in found[0].message


@both
def test_a_group_that_is_not_seen_is_refused(preview: bool) -> None:
    """A group given by id may hold any rule, and so may the VPC's default group."""
    found = judged(lambda: Place().service("sg-1"), preview=preview)
    default = judged(lambda: Place().service(security_groups=[]), preview=preview)

    assert fired(found) == fired(default) == {CLOSED}
    assert "2 networkConfiguration.securityGroups > 1 made by this program" in found[0].message
    assert "share the VPC's default group" in default[0].message


@pytest.mark.parametrize(
    ("answer", "fires"),
    [
        (UNKNOWN, set()),
        ([source(securityGroups=["balancer"])], set()),
        ([source(securityGroups=["bastion"])], {CLOSED}),
        ([source(cidrBlocks=["0.0.0.0/0"])], {CLOSED}),
    ],
)
def test_what_aws_answers_is_judged_once_it_is_known(answer: Any, fires: set[Any]) -> None:
    """A group's `ingress` that no program gives is AWS's list: a rule made by hand shows in it."""
    program = register(lambda: Place().service(), preview=True, stage="dev")
    answered = [
        replace(each, outputs={**each.outputs, "ingress": answer, "arn": f"arn/{each.name}"})
        if each.type == "aws:ec2/securityGroup:SecurityGroup" and each.name != "balancer"
        else replace(each, outputs={**each.outputs, "arn": f"arn/{each.name}"})
        for each in program.registered
    ]

    assert fired(findings(Program(answered, {}), RULES)) == fires
