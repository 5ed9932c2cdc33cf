"""What containers write, as the awslogs driver delivers it: lines in a CloudWatch log stream."""

import os
import time
from pathlib import Path

from ministack.services import cloudwatch_logs

from sandbox.emulator.wire import Record

_READ = 256 * 1024  # bytes of a file at a time
_FULL = 16 * 1024 * 1024  # bytes of a file at which it starts anew


def log_group(container: Record) -> tuple[str, str] | None:
    """The CloudWatch log group and stream prefix that a container writes to, if it does."""
    configuration = container.get("logConfiguration") or {}
    options = configuration.get("options") or {}
    if configuration.get("logDriver") != "awslogs" or "awslogs-group" not in options:
        return None
    return options["awslogs-group"], options.get("awslogs-stream-prefix", "")


def stream(task: Record, container: Record) -> tuple[str, str] | None:
    """The log group and stream `<prefix>/<container>/<task id>` of a task's container, if any."""
    target = log_group(container)
    if target is None:
        return None
    group, prefix = target
    return group, f"{prefix}/{container['name']}/{task['taskArn'].rpartition('/')[2]}"


def write(target: tuple[str, str] | None, lines: list[str]) -> None:
    """Put the lines into a group's stream, as of now; nothing where there is no such group."""
    if target is None or target[0] not in cloudwatch_logs._log_groups:
        return
    names = {"logGroupName": target[0], "logStreamName": target[1]}
    cloudwatch_logs._create_log_stream(names)
    moment = int(time.time() * 1000)
    events = [{"timestamp": moment, "message": line} for line in lines]
    cloudwatch_logs._put_log_events({**names, "logEvents": events})


def read(file: Path, start: int, *, ended: bool) -> tuple[list[str], int]:
    """The whole lines of `file` from byte `start`, and the byte after them.

    A bounded part at a time; with `ended` the last lines, a broken one too. A file that has grown
    to _FULL starts anew: of what was not read, only the last part is.
    """
    size = file.stat().st_size
    if size == start:
        return [], start
    full = size >= _FULL
    if ended or full:
        start = max(start, size - _READ)
    with file.open("rb") as source:
        source.seek(start)
        found = source.read(_READ)
    whole = found.rfind(b"\n") + 1
    if not ended and (whole or len(found) < _READ):
        found = found[:whole]
    if full:
        os.truncate(file, 0)
    lines = found.decode(errors="replace").split("\n")
    return [line for line in lines if line], 0 if full else start + len(found)
