"""No container of a service migrates, whatever else it starts."""

from typing import Any

import pulumi_aws as aws
import pytest

from policies.migrations import RULES
from policies.migrations.task import NOT_IN_SERVICE, SEPARATE
from policies.rules import Rule
from tests.policies.judging import STAGE, Scaling, findings, reasons, stage
from tests.policies.migrating import container, program, run, service, told

SCHEMA = {"order": "before", "command": ["bin/schema"]}
EXPAND_CONTRACT = {"order": "expandContract", "expand": ["bin/add"], "contract": ["bin/drop"]}


@pytest.mark.parametrize("rule", [SEPARATE, NOT_IN_SERVICE])
def test_a_definition_of_another_program_is_a_violation(rule: Rule) -> None:
    """What containers start elsewhere cannot be verified, and is said so."""
    (message,) = told(
        rule,
        lambda: service(task_definition="web:7"),
        lambda: run(task_definition="web-migration:7"),
    )

    assert "taskDefinition is no output of a TaskDefinition of this program" in message


def test_a_service_that_another_controller_deploys_has_no_definition() -> None:
    """A service with an external controller names no task definition; there is none to judge."""

    def external() -> None:
        aws.ecs.Service("web", deployment_controller={"type": "EXTERNAL"})

    assert told(NOT_IN_SERVICE, external) == []


def test_unknown_containers_are_a_violation() -> None:
    """Container definitions that only the update knows are refused at preview."""

    def later() -> None:
        service(definitions=aws.sns.Topic("later").arn)

    (message,) = told(NOT_IN_SERVICE, later)

    assert "containerDefinitions is not known before the update" in message


@pytest.mark.parametrize(
    "given",
    [
        {"command": ["alembic", "upgrade", "head"]},
        {"command": ["sh", "-c", "alembic upgrade head && gunicorn app:app"]},
        {"entryPoint": ["sh", "-c", "npm run migration:run && npm start"]},
        {"entryPoint": ["python", "manage.py"], "command": ["migrate"]},
    ],
)
def test_a_service_that_migrates_is_refused(given: dict[str, Any]) -> None:
    """S0-02, S3-07: a known migration in command or entry point, also inside a shell's text."""
    (message,) = told(NOT_IN_SERVICE, lambda: service(container(**given)))

    named = " and ".join(given)
    assert message.startswith(f"web: {named} of container web runs")
    assert f"an empty {named}, which leaves the image its own, passes" in message


def test_a_migration_in_a_sidecar_is_refused() -> None:
    """S0-02: a container that runs first in every task migrates as often as the service's own."""
    first = container("init", command=["flyway", "migrate"], essential=False)
    (message,) = told(NOT_IN_SERVICE, lambda: service(container(), first))

    assert "command of container init runs" in message


def test_a_foreign_service_that_migrates_is_refused() -> None:
    """S0-02: known migrations need no stage to be known by."""
    migrating = container(command=["alembic", "upgrade", "head"])
    assert len(told(NOT_IN_SERVICE, lambda: service(migrating), config={})) == 1


@pytest.mark.parametrize(
    ("migrations", "command"),
    [
        (SCHEMA, "bin/schema"),
        (EXPAND_CONTRACT, "bin/add"),
        (EXPAND_CONTRACT, "bin/drop"),
    ],
)
def test_the_stages_own_migration_is_known(migrations: dict[str, Any], command: str) -> None:
    """S0-02: each command that the stage calls a migration is one, whatever its name."""
    both = container(command=["sh", "-c", f"{command} && bin/serve"])
    (message,) = told(NOT_IN_SERVICE, lambda: service(both), config=stage(migrations=migrations))

    assert f'runs "{command}", a migration' in message


@pytest.mark.parametrize("config", [STAGE, stage(migrations=SCHEMA)])
def test_a_service_that_serves_passes(config: dict[str, Any]) -> None:
    """S0-02: with its own command, with the image's, with migrations and without."""
    serving = container(command=["bin/serve"])
    assert told(NOT_IN_SERVICE, lambda: service(serving, container("x")), config=config) == []


def test_without_a_stage_ours_is_a_violation_and_a_foreign_service_is_not_judged() -> None:
    """Whether an unknown command migrates is for the stage to say."""
    serving = container(command=["bin/serve"])
    (message,) = told(NOT_IN_SERVICE, lambda: service(serving, parent=Scaling()), config={})
    assert "no evenkeel: setting has reached the policy pack" in message

    foreign = program(lambda: service(serving), config={})
    assert findings(foreign, RULES) == []
    assert set(reasons(foreign, RULES)) == {"migration-order", "migration-not-in-service"}
