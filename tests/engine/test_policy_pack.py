"""How the pack is given to the engine: by one variable, and with a configuration that is right."""

import json
from dataclasses import replace

import pytest

from sandbox.paths import POLICIES
from tests.support.engine import NOTHING, MakeWorkspace
from tests.support.outcome import Outcome
from tests.support.stages import changed, config_of, shipped
from tests.support.workspace import Workspace

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

PACK = "PULUMI_OPTION_POLICY_PACK"

# What is wrong with the file → the file → what is told.
WRONG = {
    "an unknown policy": ('{"capacity-flor": "mandatory"}', "did you mean capacity-floor?"),
    "an unknown key": (
        '{"capacity-floor": {"prodution": 3}}',
        "capacity-floor.prodution is an unknown key\n      allowed: production, elsewhere",
    ),
    "a floor below production's": (
        '{"capacity-floor": {"production": 1}}',
        "capacity-floor: production: Must be greater than or equal to 2",
    ),
    "a word for a number": (
        '{"capacity-floor": {"production": "two"}}',
        "capacity-floor: production: Invalid type. Expected: number, given: string",
    ),
    "a mandatory policy made advisory": (
        '{"capacity-db-surge": "advisory"}',
        "enforcementLevel of capacity-db-surge is advisory",
    ),
    "everything disabled": ('{"all": "disabled"}', "policies is disabled"),
    "a stage beside the stage file": (
        '{"all": {"stage": {"evenkeel:tier": "test"}}}',
        "all.stage is given beside the stack's own stage file",
    ),
    "no JSON": ('{"capacity-floor": ', "unexpected end of JSON input"),
    # The engine itself refuses a name without a level, before it asks the pack.
    "an unknown policy with a number": ('{"capacity-flor": {"production": 3}}', "invalid"),
}


def configured(stack: Workspace, text: str, *, up: bool = False) -> Outcome:
    """A preview, or an `up` with its preview, with *text* as the pack's configuration."""
    file = stack.folder / "pack.json"
    file.write_text(text)
    flags = ("--policy-pack-config", str(file))
    return stack.up(*flags, preview=True) if up else stack.preview(*flags)


def test_the_variable_alone_brings_the_pack(workspace: MakeWorkspace) -> None:
    """S0-13: a plain `pulumi preview` is judged, once, where only the variable is set."""
    bare = workspace("staging", provider=NOTHING, packs=())
    stack = replace(bare, variables={PACK: str(POLICIES)})
    assert stack.preview().status == 0

    bare.write(config_of(changed(shipped("staging"), {"capacity.max": 9})))
    assert bare.preview().violations() == []
    refused = stack.preview()
    assert refused.status != 0
    assert [v.policy for v in refused.violations()].count("capacity-db-surge") == 1


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_configuration_is_one_error(workspace: MakeWorkspace, what: str) -> None:
    """S0-13: nothing is judged or created, and one error says what is wrong."""
    stack = workspace("production", provider=NOTHING)
    text, told = WRONG[what]
    refused = configured(stack, text, up=True)
    assert refused.status != 0
    assert "Traceback" not in refused.text
    assert told in refused.text
    assert refused.text.count("\nerror: ") == 1
    assert refused.steps() == []
    assert stack.resources() == []


def test_a_stricter_number_counts(workspace: MakeWorkspace) -> None:
    """S3-12: a floor of three refuses the shipped two, and three pass."""
    stack = workspace("production", provider=NOTHING)
    stricter = json.dumps({"capacity-floor": {"production": 3}})
    refused = configured(stack, stricter)
    assert refused.status != 0
    assert {v.policy for v in refused.violations()} == {"capacity-floor"}
    assert "2 < 3, the least in tier production. A min of 3 passes." in refused.text

    mended = {"capacity.min": 3, "capacity.schedules[1].min": 3}
    stack.write(config_of(changed(shipped("production"), mended)))
    passed = configured(stack, stricter)
    assert passed.status == 0, passed.text


def test_a_program_of_others_takes_its_stage_from_the_configuration(
    workspace: MakeWorkspace,
) -> None:
    """A target without a stage file is judged by the database that `all.stage` describes."""
    stack = workspace(program=TARGET, provider=NOTHING, packs=(POLICIES,))
    assert stack.preview().status == 0
    stage = config_of(changed(shipped("production"), {"stage": "staging", "tier": "staging"}))
    refused = configured(stack, json.dumps({"all": {"stage": stage}}))
    assert refused.status != 0
    assert "capacity-db-surge" in {v.policy for v in refused.violations()}


TARGET = """
import pulumi_aws as aws

aws.appautoscaling.Target(
    "web",
    resource_id="service/web/web",
    scalable_dimension="ecs:service:DesiredCount",
    service_namespace="ecs",
    min_capacity=2,
    max_capacity=30,
)
"""
