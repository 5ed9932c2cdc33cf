"""Panics and resumes at the same time, and a record that is damaged."""

import json
from typing import Any

import pytest

from ops.panic import in_force, resume
from ops.panic_record import WAIT_SECONDS
from ops.panic_scaling import LOOKS
from tests.support.fake_scaled import (
    FREE,
    PARAMETER,
    SUSPENDED,
    FakeScaled,
    at_once,
    failed,
    fixed,
    resumed,
)

__all__ = ["at_once"]


def test_of_two_panics_at_once_the_first_tells_what_there_was() -> None:
    """S0-22: the record is written without overwriting, so the second finds the first's."""
    aws = FakeScaled(desired=3)

    def other(operation: str) -> None:
        if operation == "put_parameter":
            aws.alive()
            fixed(aws, 1)

    aws.aws.before = other
    fixed(aws, 4)
    found = in_force(aws.reached())
    assert found is not None
    assert (found["was"]["desiredCount"], found["count"], aws.desired) == (3, 4, 4)


def test_a_resume_in_between_leaves_no_suspension_without_a_record() -> None:
    """S0-22: panic's last look finds its record gone and writes it again."""
    aws = FakeScaled(desired=3)

    def gone(operation: str) -> None:
        if operation == "register_scalable_target":
            aws.parameters.clear()

    aws.aws.before = gone
    assert "The record is there again" in fixed(aws, 1)
    aws.alive()
    resumed(aws)
    assert (aws.desired, aws.target and aws.target["SuspendedState"]) == (3, FREE)


def test_a_panic_in_between_keeps_its_record() -> None:
    """S0-22: resume deletes the record that it has put back, and no newer one."""
    aws = FakeScaled(desired=3)
    fixed(aws, 1)

    def other(operation: str) -> None:
        if operation == "register_scalable_target":
            aws.alive()
            fixed(aws, 4)

    aws.aws.before = other
    status, message = failed(resumed, aws)
    assert (status, message.splitlines()[0]) == (
        1, "Another panic came in between, and holds at 4 tasks; its record stays.",
    )  # fmt: skip
    assert in_force(aws.reached())


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"at": "now"}', '{"count": -1}'])
def test_a_record_that_cannot_be_read_changes_nothing(text: str) -> None:
    """S0-22: both commands name the parameter, its history and how to take it away; status 3."""
    aws = FakeScaled(desired=3)
    aws.parameters[PARAMETER] = text
    before = json.dumps(aws.state())
    for command in (lambda: fixed(aws, 1), lambda: resumed(aws)):
        status, message = failed(command)
        assert status == 3
        assert f"parameter {PARAMETER}, cannot be read" in message
        assert f"aws --region eu-west-1 ssm get-parameter-history --name {PARAMETER}" in message
    assert json.dumps(aws.state()) == before


def test_an_old_answer_is_no_other_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """S0-22: ECS may show the count of before for a moment; panic looks again, and sets once."""
    aws = FakeScaled(desired=3)
    pauses: list[float] = []
    now = aws.describe_services
    monkeypatch.setattr("ops.panic_scaling.time.sleep", pauses.append)

    def old(cluster: str, services: list[str]) -> dict[str, Any]:
        found = now(cluster, services)
        found["services"][0]["desiredCount"] = 3 if len(pauses) < 3 else aws.desired
        return found

    monkeypatch.setattr(aws, "describe_services", old)
    fixed(aws, 1)
    assert (len(pauses), len(aws.aws.called("update_service"))) == (3 + LOOKS - 1, 1)


def test_an_old_answer_is_no_other_panic(monkeypatch: pytest.MonkeyPatch) -> None:
    """S0-22: a target that still shows the suspension for a moment does not undo the resume."""
    aws = FakeScaled(desired=3)
    before = aws.state()
    fixed(aws, 1)
    pauses: list[float] = []
    now = aws.describe_scalable_targets
    monkeypatch.setattr("ops.panic_scaling.time.sleep", pauses.append)

    def old(**asked: Any) -> dict[str, Any]:
        found = now(**asked)
        if len(pauses) < 3:
            found["ScalableTargets"][0]["SuspendedState"] = SUSPENDED
        return found

    monkeypatch.setattr(aws, "describe_scalable_targets", old)
    resumed(aws)
    assert (aws.state(), len(pauses)) == (before, 3)


def test_a_record_deleted_just_now_is_waited_for() -> None:
    """S0-22: SSM wants 30 s between deletion and creation; panic waits, and says so once."""
    aws = FakeScaled(desired=3, unsettled=30)
    said = fixed(aws, 1)
    assert said.count("SSM does not show the record yet") == 1
    assert in_force(aws.reached())


def test_nothing_is_changed_without_a_record() -> None:
    """S0-22: where SSM takes no record at all, panic ends before its first change; status 3."""
    aws = FakeScaled(desired=3, unsettled=WAIT_SECONDS)
    before = json.dumps(aws.state())
    status, message = failed(fixed, aws, 1)
    assert (status, message.splitlines()[-1]) == (3, "Next: run the same command again.")
    assert json.dumps(aws.state()) == before


@pytest.mark.parametrize("refusals", [30, WAIT_SECONDS])
def test_a_panic_in_the_moment_of_the_deletion_has_its_record_again(refusals: int) -> None:
    """S0-22: resume writes it again, and where it cannot it names the call instead."""
    aws = FakeScaled(desired=3)
    fixed(aws, 1)

    def other(operation: str) -> None:
        if operation == "delete_parameter":
            assert aws.target
            aws.target, aws.desired = aws.target | {"SuspendedState": SUSPENDED}, 4
            aws.unsettled = refusals

    aws.aws.before = other
    status, message = failed(resumed, aws)
    assert status == 1
    if refusals < WAIT_SECONDS:
        assert "Another panic came in between, and holds at 4 tasks; its record stays." in message
        assert aws.parameters
    else:
        assert f"ssm put-parameter --name {PARAMETER} --type String --value '{{" in message


def test_a_damaged_record_of_the_sandbox_is_mended_in_the_sandbox() -> None:
    """S0-22: what is to be pasted acts where the command acts, and nowhere else."""
    aws = FakeScaled(parameters={PARAMETER: "{"})
    reached = aws.reached(sandbox=True)
    _, message = failed(resume, reached, say=print)
    assert message.count("`") // 2 == message.count(f"`{reached.aws} ssm ") == 3
    assert "--endpoint-url http://127.0.0.1:4566" in reached.aws
