"""Migrations as the program declares them."""

import json
from collections.abc import Mapping, Sequence

import pulumi

from infra.containers import Container
from infra.migration_spec import migration_key
from infra.migrations import MigrationTask, MigrationTaskArgs
from tests.support.fake_aws import ACCOUNT, REGION
from tests.support.fake_ecs import CLUSTER, FAMILY
from tests.support.migration_case import COMMAND, IMAGE
from tests.support.program import Program, register

TASK = "aws:ecs/taskDefinition:TaskDefinition"
RUN = "pulumi-python:dynamic/evenkeel:MigrationRun"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:evenkeel/database-AbCdEf"
CONTAINER = Container(
    name="migration",
    image=IMAGE,
    command=("the", "service's"),
    environment={"STAGE": "staging"},
    secrets={"DATABASE_URL": SECRET},
    stop_timeout_seconds=30,
    log_group="/evenkeel/staging/migration",
    region=REGION,
)
PHASES = {"expand": ["migrate", "expand"], "contract": ["migrate", "contract"]}


def built(
    commands: Mapping[str, Sequence[str]] = {"migrate": COMMAND}, *, preview: bool = False
) -> Program:
    """A migration task with these commands, and a run of each."""
    args = MigrationTaskArgs(
        family=FAMILY,
        container=CONTAINER,
        commands=commands,
        cpu=512,
        memory_mib=1024,
        timeout_seconds=900,
        cluster_name=CLUSTER,
        subnet_ids=["subnet-1"],
        security_group_ids=["sg-1"],
        log_retention_days=30,
        region=REGION,
        account=ACCOUNT,
    )

    def program() -> None:
        task = MigrationTask(FAMILY, args)
        before: list[pulumi.Resource] = []
        for phase in args.commands:
            before = [task.run(phase, after=before)]

    return register(program, preview=preview)


def test_own_task_definition_with_the_service_image_and_its_own_command() -> None:
    """Same image, other command, own family, own roles, own log group (S0-01)."""
    program = built()
    definition = program.one(TASK).inputs
    [container] = json.loads(definition["containerDefinitions"])
    assert definition["family"] == FAMILY
    assert (container["name"], container["image"]) == ("migration", IMAGE)
    assert container["command"] == [*COMMAND]
    assert container["logConfiguration"]["options"]["awslogs-group"] == CONTAINER.log_group
    assert {role.name for role in program.of_type("aws:iam/role:Role")} == {
        f"{FAMILY}-execution",
        f"{FAMILY}-task",
    }


def test_revisions_and_their_tags_are_left_alone() -> None:
    """Revisions stay, and no update takes the ledger's tags off after a refresh."""
    definition = built().one(TASK)
    assert definition.inputs["skipDestroy"] is True
    assert set(definition.ignore_changes) == {"tags", "tagsAll"}


def test_each_phase_has_a_revision_with_the_command_that_runs() -> None:
    """Two phases, two definitions of one family, registered one after the other."""
    program = built(PHASES)
    expand, contract = program.of_type(TASK)
    assert expand.urn in contract.depends_on
    for phase, definition in zip(PHASES, (expand, contract), strict=True):
        [container] = json.loads(definition.inputs["containerDefinitions"])
        run = program.one(RUN, f"{FAMILY}-{phase}")
        assert container["command"] == run.inputs["command"] == PHASES[phase]
        assert run.property_dependencies["taskDefinition"] == (definition.urn,)
        assert run.inputs["key"] == migration_key(IMAGE, PHASES[phase])
    assert program.one(RUN, f"{FAMILY}-expand").urn in (
        program.one(RUN, f"{FAMILY}-contract").depends_on
    )


def test_what_policies_judge_is_plain_at_the_first_preview() -> None:
    """Image, command, cluster, capacity and limit are known before anything exists."""
    inputs = built(preview=True).one(RUN).inputs
    assert (inputs["image"], inputs["command"]) == (IMAGE, [*COMMAND])
    assert (inputs["cluster"], inputs["timeoutSeconds"]) == (CLUSTER, 900)
    assert inputs["capacityProvider"] == "FARGATE"
