"""The benchmark of a rolling deployment: what it reads from ECS, and what it says of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.stub import Stubber

from benchmarks.rolling import deployment, report
from tests.support.stages import changed, shipped

BEGUN = datetime(2026, 11, 1, 12, tzinfo=UTC)


class Session:
    """Gives one client, that of the test."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def client(self, *_: Any, **__: Any) -> Any:
        return self._client


def at(seconds: float) -> datetime:
    return BEGUN + timedelta(seconds=seconds)


def test_seconds_are_those_of_ecs_own_records() -> None:
    """COMPLETED 130 s after the deployment was made; of two old tasks the last went after 455 s."""
    ecs = boto3.client("ecs", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    events = [
        {"message": "(service web) has reached a steady state.", "createdAt": at(131)},
        {"message": "(service web) (deployment d/2) deployment completed.", "createdAt": at(130)},
        {"message": "(service web) (deployment d/1) deployment completed.", "createdAt": at(-50)},
    ]
    service = {"deployments": [{"id": "d/2", "createdAt": BEGUN}], "events": events}
    with Stubber(ecs) as answers:
        answers.add_response("describe_services", {"services": [service]})
        answers.add_response("list_tasks", {"taskArns": ["1", "2"]})
        tasks = [{"stoppedAt": at(455)}, {"stoppedAt": at(420)}]
        answers.add_response("describe_tasks", {"tasks": tasks})
        found = deployment(Session(ecs), "http://127.0.0.1:1")  # type: ignore[arg-type]
    assert found == {"completed": 130, "settled": 455}


def test_the_ratio_is_to_the_longest_time_of_the_stage() -> None:
    """Staging: 60 s to start, 60 + 2 x 30 + 5 to be healthy, 300 + 30 to leave: 515 s."""
    staging = changed(shipped("staging"), {"capacity.max": 4})
    found = report({"completed": 130.04, "settled": 412.0}, staging)
    assert found["predictedSeconds"] == 515
    assert (found["ratio"], found["met"]) == (0.8, True)
    assert found["seconds"] == {"completed": 130.0, "settled": 412.0}
    assert report({"completed": 130, "settled": 516}, staging)["met"] is False
