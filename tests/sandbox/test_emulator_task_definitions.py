"""Task definitions of the emulated ECS: revisions, tags, and Fargate's rules."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.emulated_service import define
from tests.support.emulator import Account, Emulator, refused, running

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


@pytest.fixture
def account(emulator: Emulator) -> Account:
    return Account(emulator.url)


def test_revisions_count_up_and_carry_tags(account: Account) -> None:
    """Revisions of a family, their tags, and what deregistering leaves."""
    ecs = account.ecs
    first, second = define(account, "web:1"), define(account, "web:2")
    assert [first[-2:], second[-2:]] == [":1", ":2"]
    ecs.tag_resource(resourceArn=first, tags=[{"key": "evenkeel:run", "value": "done"}])
    tags = ecs.list_tags_for_resource(resourceArn=first)["tags"]
    assert tags == [{"key": "evenkeel:run", "value": "done"}]
    assert ecs.list_task_definitions(familyPrefix="web")["taskDefinitionArns"] == [first, second]
    ecs.deregister_task_definition(taskDefinition=first)
    assert ecs.list_task_definitions(familyPrefix="web")["taskDefinitionArns"] == [second]
    found = ecs.describe_task_definition(taskDefinition=first, include=["TAGS"])
    assert (found["taskDefinition"]["status"], found["tags"]) == ("INACTIVE", tags)
    assert ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]["revision"] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"cpu": "256", "memory": "16384"},
        {"networkMode": "bridge"},
        {"cpu": "300"},
        {"containerDefinitions": [{"name": "a", "image": "x", "stopTimeout": 500}]},
    ],
)
def test_fargate_s_rules_hold(account: Account, wrong: dict[str, Any]) -> None:
    """Sizes, network mode and stop timeout that Fargate does not take are refused."""
    good: dict[str, Any] = {
        "family": "f",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [{"name": "a", "image": "x"}],
    }
    account.ecs.register_task_definition(**good)
    code, _ = refused(account.ecs.register_task_definition, **(good | wrong))
    assert code == "ClientException"
