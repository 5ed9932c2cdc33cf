"""The end of a container's log, for the message of a run that failed."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from infra.account import pauses

LINES = 50
# CloudWatch Logs shows the last lines of a container some seconds after it stopped.
LOOKS_FOR_LATE_LINES = 6


def log_tail(logs: Any, group: str, stream: str, *, sleep: Callable[[float], None]) -> list[str]:
    """The last 50 lines of *stream*, or one line in parentheses that says why there are none.

    Never raises for what AWS answers: the log explains a failure and must not hide it.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    why = f"(the log {group} {stream} is empty)"
    for pause in islice(pauses(), LOOKS_FOR_LATE_LINES):
        try:
            events = logs.get_log_events(
                logGroupName=group, logStreamName=stream, limit=LINES, startFromHead=False
            )["events"]
        except logs.exceptions.ResourceNotFoundException:
            events, why = [], f"(there is no log {group} {stream}: nothing was written)"
        except (BotoCoreError, ClientError) as error:
            return [f"(the log {group} {stream} could not be read: {error})"]
        if events:
            return [line for event in events for line in event["message"].splitlines()][-LINES:]
        sleep(pause)
    return [why]
