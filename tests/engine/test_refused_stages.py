"""A stage file that cannot be right is refused by the preview, in words, before anything exists.

These tests say nothing about AWS: no call leaves the machine, and no provider has any behaviour.
"""

import pytest

from tests.support.engine import NOTHING, MakeWorkspace
from tests.support.workspace import Workspace

pytestmark = [pytest.mark.engine, pytest.mark.timeout(180)]

UNQUOTED = "2026-12-01T23:00:00Z"


def refusal(stage: Workspace) -> str:
    """What a preview prints when it refuses; nothing of it may be a stack trace."""
    preview = stage.preview()
    assert preview.status != 0
    assert "Traceback" not in preview.text
    assert {step.type for step in preview.steps()} <= {"pulumi:pulumi:Stack"}
    return preview.text


@pytest.mark.parametrize("name", ["staging", "production"])
def test_an_unknown_key_is_one_message(workspace: MakeWorkspace, name: str) -> None:
    """S3-01: a misspelt key is named with its path, the keys allowed and the next step."""
    stage = workspace(name, provider=NOTHING)
    stage.edit("    purchase: ", "    purchse: ")
    text = refusal(stage)
    assert "evenkeel:capacity.purchse is an unknown key" in text
    assert "purchase" in text
    assert "next: " in text


def test_a_wrong_type_is_one_message(workspace: MakeWorkspace) -> None:
    """S3-01: a word for a number is named with its path, its value and what is allowed."""
    stage = workspace("staging", provider=NOTHING)
    stage.edit("    max: 2", "    max: two")
    text = refusal(stage)
    assert 'evenkeel:capacity.max is "two"' in text
    assert "a whole number from 1 to" in text


def test_an_unquoted_date_is_one_message(workspace: MakeWorkspace) -> None:
    """S3-17: an event's end without quotes, which the engine rewrites, gets its own advice."""
    stage = workspace("production", provider=NOTHING)
    stage.edit(f'"{UNQUOTED}"', UNQUOTED)
    text = refusal(stage)
    assert "evenkeel:capacity.scaledUp.until" in text
    assert f'"{UNQUOTED}"' in text


def test_a_syntax_error_is_one_message(workspace: MakeWorkspace) -> None:
    """S3-01: a file that is no YAML is refused with the line of the error."""
    stage = workspace("staging", provider=NOTHING)
    stage.edit('allow: [/api, /assets, "=/"]', 'allow: [/api, /assets, "=/"')
    text = refusal(stage)
    assert "invalid YAML file: yaml: line 39" in text


def test_every_problem_is_told_at_once(workspace: MakeWorkspace) -> None:
    """S3-01: three mistakes in a file are three entries of one message."""
    stage = workspace("staging", provider=NOTHING)
    stage.edit("    max: 2", "    max: 0")
    stage.edit("    port: 3000", "    port: 70000")
    stage.edit("slowStart: 60", "slowStart: 5")
    text = refusal(stage)
    assert "capacity.max" in text
    assert "service.port" in text
    assert "routing.websocket.slowStart" in text


@pytest.mark.parametrize(
    ("name", "old", "new", "total"),
    [
        (
            "staging",
            "    max: 2",
            "    max: 9",
            "× 10 connections + 2 migration + 10 reserved = 192 > 78 (db.t4g.micro, postgres)",
        ),
        (
            "production",
            '"0 8 ? * MON-FRI *", timezone: UTC, min: 4, max: 8',
            '"0 8 ? * MON-FRI *", timezone: UTC, min: 4, max: 10',
            "× 20 connections + 2 migration + 10 reserved = 412 > 405 (db.t4g.medium, postgres)",
        ),
    ],
)
def test_more_tasks_than_the_database_holds_is_refused(
    workspace: MakeWorkspace, name: str, old: str, new: str, total: str
) -> None:
    """S0-12, S0-13: a max beyond the connections is refused with the sum; nothing is created."""
    stage = workspace(name, provider=NOTHING)
    stage.edit(old, new)
    preview = stage.preview()
    assert preview.status != 0
    found = [v for v in preview.violations() if v.policy == "capacity-db-surge"]
    assert [v.level for v in found] == ["mandatory"]
    assert total in found[0].message
    refused = stage.up(preview=True)  # as `make up` does
    assert refused.status != 0
    assert stage.resources() == []
