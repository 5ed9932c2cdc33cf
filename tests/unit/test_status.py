"""The report of `evenkeel status`: what it says of a stage, its findings, its exit status."""

import io
import json
from typing import Any

import pytest
from botocore import xform_name
from rich.console import Console

from ops import status
from ops.errors import OpsError
from tests.support.fake_service import HTTP, NEW, deployment
from tests.support.fake_stage import FakeStage, stage_of
from tests.support.stages import ROOT, shipped


@pytest.fixture
def stage() -> FakeStage:
    return stage_of(shipped("staging"))


def printed(found: dict[str, Any], width: int = 120) -> str:
    """The report as a terminal of that width shows it, without colours."""
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(status.render(found))
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def test_a_stage_that_is_well_has_no_finding(stage: FakeStage) -> None:
    """Exit status 0; the first lines say where and when, by AWS's clock."""
    found = stage.report()
    assert (found["findings"], found["cannotTell"], status.exit_status(found)) == ([], [], 0)
    assert found["tasks"] == {"desired": 2, "running": 2, "pending": 0}
    lines = printed(found).splitlines()
    assert lines[0].rstrip() == "staging in account 123456789012 in eu-west-1"
    assert lines[1].rstrip() == "at 2026-01-05T12:00:00Z, by AWS's clock"
    assert lines[-1].rstrip() == "No findings."


def test_the_report_is_data_that_json_has(stage: FakeStage) -> None:
    """Every time in it is a text."""
    stage.track("cpu", 60, "OK", "ALARM", 10)
    stage.activity(1, "Setting desired count to 2.", "because")
    found = stage.report()
    assert json.loads(json.dumps(found)) == found


def test_targets_are_counted_by_group_and_the_unhealthy_say_why(stage: FakeStage) -> None:
    """A task that fails its checks: in AWS's words, and as a finding."""
    stage.health[HTTP] = [
        {"Target": {"Id": "10.0.0.1"}, "TargetHealth": {"State": "healthy"}},
        {"Target": {"Id": "10.0.0.9"}, "TargetHealth": {"State": "draining"}},
        {
            "Target": {"Id": "10.0.0.2"},
            "TargetHealth": {
                "State": "unhealthy",
                "Reason": "Target.ResponseCodeMismatch",
                "Description": "Health checks failed with these codes: [503]",
            },
        },
    ]
    found = stage.report()
    http, websocket = found["targets"]
    assert http["states"] == {"draining": 1, "healthy": 1, "unhealthy": 1}
    assert websocket["states"] == {"healthy": 2}
    why = "10.0.0.2: Target.ResponseCodeMismatch: Health checks failed with these codes: [503]"
    assert http["unhealthy"] == [why]
    assert found["findings"] == ["1 unhealthy target in http"]
    assert status.exit_status(found) == 1
    assert why in printed(found)  # [503] is text, not markup


def test_a_deployment_in_progress_shows_its_latest_events(stage: FakeStage) -> None:
    """Fewer running tasks than desired are no finding while ECS deploys."""
    stage.running = 1
    stage.deployments = [
        deployment("new", NEW, "IN_PROGRESS", runningCount=0, pendingCount=2, desiredCount=2)
    ]
    stage.events = [f"event {n}" for n in range(8)]
    found = stage.report()
    assert found["deployment"]["events"] == [
        f"2026-01-05T{at}Z event {n}"
        for n, at in enumerate(("12:00:00", "11:59:59", "11:59:58", "11:59:57", "11:59:56"))
    ]
    assert found["findings"] == []
    assert "No findings; a deployment is in progress." in printed(found)


def test_alarms_that_ring_say_since_when_why_and_what_to_do(stage: FakeStage) -> None:
    """Those of the stage alone: staging-2 begins with the same name, and tells another topic."""
    stage.alarm("evenkeel-staging-pending", "OK")
    stage.alarm("evenkeel-staging-at-max", "ALARM")
    stage.alarm("evenkeel-staging-memory-slope", "INSUFFICIENT_DATA")
    topic = "arn:aws:sns:eu-west-1:123456789012:evenkeel-staging-2-alarms"
    stage.alarm("evenkeel-staging-2-at-max", "ALARM", action=topic)
    found = stage.report()
    assert [each["name"] for each in found["alarms"]] == ["at-max", "memory-slope", "pending"]
    assert found["alarms"][0]["since"] == "2026-01-05T11:53:00Z"
    assert found["findings"] == ["alarm at-max is in ALARM"]
    said = printed(found)
    assert "ALARM since 2026-01-05T11:53:00Z: Threshold Crossed" in said
    assert "Look at it." in said


@pytest.mark.parametrize(
    ("operation", "what"),
    [
        ("describe_services", "the service"),
        ("describe_target_health", "the targets of http"),
        ("describe_scalable_targets", "the bounds"),
        ("describe_scaling_policies", "the policies"),
        ("describe_scaling_activities", "the activities"),
        ("describe_alarms", "the alarms"),
        ("get_metric_data", "the metrics"),
        ("get_parameter", "a panic"),
    ],
)
def test_a_missing_permission_costs_its_own_part_alone(
    stage: FakeStage, operation: str, what: str
) -> None:
    """Exit status 3, the refused action in words, and the rest is shown."""
    stage.track("cpu", 60, "OK", "OK", 50)
    stage.refused[operation] = "AccessDeniedException"
    found = stage.report()
    told = found["cannotTell"][0]
    assert told.startswith(f"{what}: AWS refuses ")
    assert told.endswith(f"AccessDeniedException: not authorized to perform {operation}")
    assert (found["findings"], status.exit_status(found)) == ([], 3)
    assert "No findings" not in printed(found)


def test_the_documented_permissions_are_what_it_asks_for(stage: FakeStage) -> None:
    """docs/operations.md: neither more nor less; GetCallerIdentity needs none."""
    stage.track("cpu", 60, "OK", "OK", 50)
    stage.report()
    asked = {each for each, _ in stage.aws.calls} - {"get_caller_identity"}
    page = (ROOT / "docs" / "operations.md").read_text()
    statements = json.loads(page.split("```json")[1].split("```")[0])["Statement"]
    actions = [action for each in statements for action in each["Action"]]
    assert {xform_name(each.split(":")[1]) for each in actions} == asked


def test_expired_credentials_end_it_with_the_next_step(stage: FakeStage) -> None:
    """No part could be told: one message, exit status 3."""
    stage.refused["describe_services"] = "ExpiredTokenException"
    with pytest.raises(OpsError, match="the credentials have expired: sign in") as raised:
        stage.report()
    assert raised.value.status == 3


@pytest.mark.parametrize("gone", ["", "INACTIVE"])
def test_a_service_that_is_not_there_asks_for_the_right_account(
    stage: FakeStage, gone: str
) -> None:
    """As panic does, status 1: on a wrong account nothing is to be built; INACTIVE is deleted."""
    stage.status = gone
    with pytest.raises(OpsError) as raised:
        stage.report()
    assert raised.value.status == 1
    assert str(raised.value) == (
        "There is no service evenkeel-staging in account 123456789012 in eu-west-1.\n"
        "Next: is this the right stage and account? The sandbox's needs --sandbox."
    )


@pytest.mark.parametrize("width", [80, 120])
def test_no_word_is_lost_at_any_width(stage: FakeStage, width: int) -> None:
    """Cells are folded, never cut off."""
    stage.track("cpu", 60, "OK", "ALARM", 12.5)
    stage.track("memory", 75, "OK", "OK", 68)
    stage.alarm("evenkeel-staging-at-max", "ALARM", AlarmDescription="word " * 60 + "last")
    said = printed(stage.report(), width)
    assert "…" not in said
    assert max(map(len, said.splitlines())) <= width
    assert "last" in said
    assert "waits for: memory 68 % (below 67.5 % needed)" in said
