"""Logs that end, and logs that do not."""

import pulumi
import pulumi_aws as aws
import pytest

from tests.policies.judging import fired
from tests.policies.observing import judged


@pytest.mark.parametrize("days", [1, 30, 3653])
def test_logs_that_end_pass(days: int) -> None:
    """A log group that says how long its logs are kept passes, without a stage too."""
    logs = lambda: aws.cloudwatch.LogGroup("web", retention_in_days=days)  # noqa: E731, one line
    assert judged(logs, config={}) == []


@pytest.mark.parametrize(
    ("days", "says"), [(None, "no retentionInDays"), (0, "retentionInDays 0"), (-1, "InDays -1")]
)
def test_logs_for_ever_are_refused(days: int | None, says: str) -> None:
    """0 and nothing keep logs for ever, in AWS's words."""
    (found,) = judged(lambda: aws.cloudwatch.LogGroup("web", retention_in_days=days), config={})

    assert fired([found]) == {("logs-retained", "web")}
    assert f"{says}: its logs are kept for ever" in found.message


def test_an_unknown_retention_is_refused() -> None:
    """A retention that hangs on another resource could not be verified."""

    def program() -> None:
        days: pulumi.Output[int] = aws.sns.Topic("later").arn.apply(len)
        aws.cloudwatch.LogGroup("web", retention_in_days=days)

    (found,) = judged(program)
    assert "retentionInDays is not known before the update" in found.message
