"""Every resource type of the provider's table, through its life against the emulator."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.provider.table import TYPES
from sandbox.provider.values import UNKNOWN
from tests.support.emulator import Account, running
from tests.support.provider import World, fits_class, urn
from tests.support.provider_cases import Case
from tests.support.provider_world_cases import BY_NAME, CASES

pytestmark = pytest.mark.sandbox
IMAGES = "- match: '.*'\n  warmUpSeconds: 1\n"
IDENTITY = "aws:index/getCallerIdentity:getCallerIdentity"
EVERY = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """An account of an emulator of this module's own, and the environment that leads to it."""
    folder: Path = tmp_path_factory.mktemp("emulator")
    with running(folder, IMAGES) as emulator, pytest.MonkeyPatch.context() as patch:
        account = Account(emulator.url)
        patch.setenv("AWS_ENDPOINT_URL", emulator.url)
        patch.setenv("AWS_ACCESS_KEY_ID", account.name)
        patch.setenv("AWS_SECRET_ACCESS_KEY", "sandbox")
        patch.delenv("AWS_PROFILE", raising=False)
        yield account


@pytest.fixture(scope="module")
def world(account: Account) -> World:
    """One resource of every case, created in order in the account."""
    world = World()
    assert world.provider.invoke(IDENTITY, {})["accountId"] == account.name
    for case in CASES:
        world.create(case)
    return world


def test_every_type_of_the_table_has_a_case() -> None:
    """No entry of the table is left out of these tests."""
    assert {case.token for case in CASES} == set(TYPES)


@EVERY
def test_read_gives_the_inputs_as_the_user_wrote_them(world: World, case: Case) -> None:
    """A refresh of an unchanged resource changes nothing, and its diff is empty."""
    state = world.read(case)
    assert state is not None
    assert state[1] == world.inputs[case.name]
    where = urn(case.token, case.name)
    assert world.provider.diff(where, state[1], world.checked(case)).kinds == {}


@pytest.mark.parametrize("case", [c for c in CASES if c.change], ids=lambda case: case.name)
def test_preview_of_an_update_hides_what_will_change(world: World, case: Case) -> None:
    """Outputs that an update in place changes are unknown at its preview."""
    old, outputs = world.inputs[case.name], world.outputs[case.name]
    new, where = world.checked(case, case.change), urn(case.token, case.name)
    shown = world.provider.update(where, world.ids[case.name], old, outputs, new, True)
    volatile = TYPES[case.token].volatile
    assert {name: shown[name] for name in volatile} == dict.fromkeys(volatile, UNKNOWN)


@EVERY
def test_outputs_fit_the_class_of_the_sdk(world: World, case: Case) -> None:
    """The SDK can read every output into the type that its class declares."""
    fits_class(case.token, world.outputs[case.name])


@EVERY
def test_preview_announces_every_output(world: World, case: Case) -> None:
    """No output appears at the update that a preview did not show, known or unknown."""
    where = urn(case.token, case.name)
    _, previewed = world.provider.create(where, world.inputs[case.name], True)
    appeared = {k for k, v in world.outputs[case.name].items() if v not in (None, [], {}, "")}
    assert appeared - set(previewed) == set()


@pytest.mark.parametrize("case", [c for c in CASES if c.adopts], ids=lambda case: case.name)
def test_repeated_create_adopts(world: World, case: Case) -> None:
    """A create repeated after a crash finds what it made, where AWS has a name for it."""
    before = world.ids[case.name]
    assert world.create(case) == before


@pytest.mark.parametrize("case", [c for c in CASES if c.change], ids=lambda case: case.name)
def test_update_in_place(world: World, case: Case) -> None:
    """A change is no replacement, is in AWS afterwards, and can be taken back."""
    new, where = world.checked(case, case.change), urn(case.token, case.name)
    found = world.provider.diff(where, world.inputs[case.name], new)
    assert set(found.kinds) == set(case.change)
    assert found.replaces == []
    for inputs in (new, world.checked(case)):
        world.update(case, inputs)
        state = world.read(case)
        assert state is not None
        assert state[1] == inputs


def test_default_tags_are_on_every_taggable_resource(world: World) -> None:
    """What the stage's defaultTags say is in AWS, on each resource that can bear tags."""
    for case in CASES:
        if TYPES[case.token].taggable:
            tags = world.outputs[case.name]["tagsAll"]
            assert {"Project": "evenkeel", "Stage": "test"}.items() <= tags.items()


def test_outside_changes_show_in_a_refresh(world: World, account: Account) -> None:
    """Desired count, scalable bounds and rules changed by others are read as they are."""
    service, target = BY_NAME["service"], BY_NAME["target"]
    account.ecs.update_service(cluster="evenkeel-test", service="evenkeel-test", desiredCount=2)
    bounds = {"MinCapacity": 2, "MaxCapacity": 9}
    named = {key[0].upper() + key[1:]: world.inputs["target"][key] for key in
             ("serviceNamespace", "resourceId", "scalableDimension")}  # fmt: skip
    account.application_autoscaling.register_scalable_target(**named, **bounds)
    rule = world.ids["ingress"]
    changed = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 9000, "CidrIpv4": "0.0.0.0/0"}
    account.ec2.modify_security_group_rules(
        GroupId=world.ids["group"],
        SecurityGroupRules=[{"SecurityGroupRuleId": rule, "SecurityGroupRule": changed}],
    )
    assert (world.read(BY_NAME["ingress"]) or ({}, {}))[1]["toPort"] == 9000
    assert (world.read(service) or ({}, {}))[1]["desiredCount"] == 2
    assert (world.read(target) or ({}, {}))[1]["maxCapacity"] == 9
    for case in (service, target, BY_NAME["ingress"]):
        state = world.read(case)
        assert state is not None
        world.inputs[case.name], wanted = state[1], world.checked(case)
        world.update(case, wanted)
    assert (world.read(target) or ({}, {}))[1]["maxCapacity"] == 4


def test_deletes_in_reverse_leave_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything can be deleted again, a second delete is no error, and a read finds nothing."""
    with running(tmp_path, IMAGES) as emulator:
        monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", Account(emulator.url).name)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sandbox")
        world = World()
        for case in CASES:
            world.create(case)
        for case in reversed(CASES):
            world.delete(case)
            world.delete(case)
        # At the end: AWS keeps a default in place of some settings as long as their owner is there.
        assert [case.name for case in CASES if world.read(case) is not None] == []
