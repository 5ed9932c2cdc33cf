"""The shipped stages, the ways in which a stage is read, and what comes out."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pulumi
import pytest
from pulumi.runtime import config as pulumi_config
from pydantic import ValidationError

from infra.settings import ExpandContract, GivenNetwork, Settings, SettingsError, load, parse, read
from tests.support.stages import ROOT, changed, config_of, document, problems_of, shipped

STAGES = ["production", "staging"]
LEAST: dict[str, Any] = {
    "aws:region": "eu-west-1",
    "evenkeel:tier": "test",
    "evenkeel:service": {"image": "web", "port": 80},
    "evenkeel:database": {
        "engine": "postgres", "instanceClass": "db.t4g.medium", "connectionsPerTask": 20,
    },
    "evenkeel:routing": {"certificateArn": None},
}  # fmt: skip


def as_engine_hands_on(config: dict[str, Any]) -> dict[str, str]:
    """Configuration as the Pulumi engine gives it: texts, sections as JSON, null as nothing."""
    return {
        key: value if isinstance(value, str) else "" if value is None else json.dumps(value)
        for key, value in config.items()
    }


@pytest.mark.parametrize("stage", STAGES)
def test_shipped_stage_fits_its_database_at_the_peak_of_a_deployment(stage: str) -> None:
    """S0-13: the numbers that ship hold in a deployment of max tasks with a migration running."""
    settings = shipped(stage)
    most = settings.capacity.highest_max
    assert settings.budget.is_legal(most)
    assert settings.deployment_of(most).tasks == 2 * most
    assert (settings.deployment_of(most).seconds or 0) <= settings.deployment.timeout_seconds


def test_staging_is_small_and_cheap_production_on_demand() -> None:
    """S3-03, S3-04, S3-12: staging 1 to 2 on Spot; production at least two, on demand."""
    staging, production = shipped("staging").capacity, shipped("production").capacity
    assert (staging.min, staging.max, staging.purchase) == (1, 2, "spot")
    assert production.lowest_min == 2
    assert production.purchase == "onDemand"


def test_production_combines_what_the_articles_combine() -> None:
    """S2-19, S3-05, S0-10: CPU and memory tracking, CPU's target below, and schedules beside."""
    production = shipped("production")
    targets = {each.metric: each.target for each in production.scaling.targets}
    assert list(targets) == ["cpu", "memory"]
    assert targets["cpu"] < targets["memory"]
    assert len(production.capacity.schedules) == 2


@pytest.mark.parametrize("stage", STAGES)
def test_first_line_names_the_schema(stage: str) -> None:
    """Editors find the schema by the first line."""
    first = (ROOT / f"Pulumi.{stage}.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=stage.schema.json"


@pytest.mark.parametrize("stage", STAGES)
def test_file_and_engine_give_the_same_settings(stage: str) -> None:
    """A stage read from its file, as objects and as the engine's texts, is the same stage."""
    settings = shipped(stage)
    config = document(ROOT / f"Pulumi.{stage}.yaml")["config"]
    assert parse(stage, config) == settings
    assert parse(stage, as_engine_hands_on(config)) == settings
    assert parse(stage, as_engine_hands_on(config_of(settings))) == settings


@pytest.mark.parametrize("stage", STAGES)
def test_normalised_stage_is_json_and_reads_back(stage: str) -> None:
    """The stack output holds the whole stage, and a reader of a state can make it settings."""
    settings = shipped(stage)
    data = settings.as_data()
    assert Settings.model_validate(json.loads(json.dumps(data))) == settings


def test_load_reads_the_running_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program and the pack get the stack's own settings from the Pulumi runtime."""
    config = document(ROOT / "Pulumi.production.yaml")["config"]
    monkeypatch.setattr(pulumi, "get_stack", lambda: "production")
    token = pulumi_config.CONFIG.set(as_engine_hands_on(config))
    try:
        assert load() == shipped("production")
        pulumi_config.CONFIG.set({**as_engine_hands_on(config), "evenkeel:tier": "prod"})
        with pytest.raises(pulumi.RunError, match='evenkeel:tier is "prod"'):
            load()
    finally:
        pulumi_config.CONFIG.reset(token)


def test_reading_a_stage_needs_no_pulumi() -> None:
    """explain, policies' tests and forecasts read a stage without the engine's SDK."""
    code = (
        "import sys, pathlib; from infra.settings import read; "
        "read(pathlib.Path('Pulumi.production.yaml')); "
        "assert not {'pulumi', 'boto3', 'pulumi_aws'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_settings_are_frozen() -> None:
    """Nothing can change a stage after it was checked, lists included."""
    settings = shipped("production")
    with pytest.raises(ValidationError, match="frozen"):
        settings.capacity.max = 99  # type: ignore[misc]
    assert isinstance(settings.capacity.schedules, tuple)
    assert isinstance(settings.firewall.allow, tuple)


def test_defaults_pass_the_connection_sum_and_the_default_quota() -> None:
    """The least stage is whole: max 4 of the default size fits 6 vCPU through a deployment."""
    settings = parse("blue", LEAST)
    assert settings.migrations is None
    assert settings.routing.websocket is None
    vcpu = settings.deployment_of(settings.capacity.max).tasks * settings.service.cpu / 1024
    assert vcpu <= settings.capacity.fargate_vcpu_quota
    assert settings.budget.is_legal(settings.capacity.max)


def test_the_peak_is_that_of_the_quickest_start_the_time_that_of_the_slowest() -> None:
    """S0-11: 8 at 125 %, 90 s to leave: 16 if healthy in 20 s, not 12; 4 waves of 185 s, and 90."""
    settings = changed(
        shipped("production"),
        {
            "deployment.maximumPercent": 125,
            "routing.websocket": None,
            "routing.http.deregistrationDelay": 60,
        },
    )
    surge = settings.deployment_of(8)
    assert (surge.tasks, surge.seconds) == (16, 4 * 185 + 90)


@pytest.mark.parametrize(
    ("kept", "migrations", "taken"), [(0, True, 1), (0, False, 0), (3, True, 3)]
)
def test_a_migration_takes_one_connection_at_least(kept: int, migrations: bool, taken: int) -> None:
    """S0-13: the sum counts what the migration's pool will hold, also where none are kept."""
    changes = {"database.migrationConnections": kept}
    settings = changed(
        shipped("production"), changes if migrations else {**changes, "migrations": None}
    )
    assert settings.budget.deploying(8).migration == taken


def test_other_kinds_of_network_and_migration() -> None:
    """A given network and a migration in two steps have classes of their own."""
    subnets = ["subnet-1", "subnet-2"]
    settings = changed(
        shipped("production"),
        {
            "network": {
                "vpcId": "vpc-1", "publicSubnetIds": subnets, "privateSubnetIds": subnets,
            },
            "migrations": {"order": "expandContract", "expand": ["a"], "contract": ["b"]},
        },
    )  # fmt: skip
    assert isinstance(settings.network, GivenNetwork)
    assert isinstance(settings.migrations, ExpandContract)


def test_every_problem_is_reported_at_once() -> None:
    """Problems of several sections, and several of one, come in one message with their count."""
    problems = problems_of(
        {
            "tier": "prod",
            "capacity.max": 1,
            "capacity.schedules[0].cron": "never",
            "capacity.schedules[1].max": 0,
            "service.port": "3000",
            "firewall.alow": [],
            "database.engine": "oracle",
        }
    )
    assert {problem.path for problem in problems} == {
        "evenkeel:tier",
        "evenkeel:capacity.max",
        "evenkeel:capacity.schedules[0].cron",
        "evenkeel:capacity.schedules[1].max",
        "evenkeel:service.port",
        "evenkeel:firewall.alow",
        "evenkeel:database.engine",
    }
    assert "has 7 problems" in str(SettingsError("x", problems))


def test_an_empty_stage_names_what_is_required() -> None:
    """Required keys are those without a default, and no others."""
    with pytest.raises(SettingsError) as refused:
        parse("blue", {})
    assert {problem.path for problem in refused.value.problems} == {
        "aws:region", "evenkeel:tier", "evenkeel:service", "evenkeel:database", "evenkeel:routing",
    }  # fmt: skip


def test_keys_of_other_namespaces_are_left_alone() -> None:
    """aws:defaultTags and another project's keys are none of Evenkeel's business."""
    config = {**LEAST, "aws:defaultTags": {"tags": {}}, "other:capacity": 1}
    assert parse("blue", config) == parse("blue", LEAST)


@pytest.mark.parametrize("key", ["evenkeel:stage", "evenkeel:region", "evenkeel:stages"])
def test_no_key_passes_for_the_stack(key: str) -> None:
    """The stack's name and region cannot be set as sections."""
    with pytest.raises(SettingsError, match="unknown key") as refused:
        parse("blue", {**LEAST, key: "x"})
    assert [problem.path for problem in refused.value.problems] == [key]


def test_until_is_an_instant() -> None:
    """A quoted date and time with an offset is that instant."""
    until = shipped("production").capacity.scaled_up
    assert until is not None
    assert until.until == datetime(2026, 12, 1, 23, tzinfo=UTC)
    assert read(ROOT / "Pulumi.production.yaml").as_data()["capacity"]["scaledUp"]["until"] == (
        "2026-12-01T23:00:00Z"
    )
