"""An updating engine, killed by force at a chosen point, and what is left of it."""

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from sandbox import locks, pending
from sandbox.stack import NAME
from tests.support.emulator import until
from tests.support.outcome import Outcome
from tests.support.workspace import Workspace

LIMIT = 300.0  # wall seconds within which the point is reached, on a machine however slow
GONE_WITHIN = 60.0
# In command lines: the language host, the program, the pack and the provider.
PARTS = ("language_host", "executor.py", "pulumi.policy", "sandbox.provider")
DYNAMIC = (*PARTS, "pulumi.dynamic")  # and the host of dynamic resources

Due = Callable[[Workspace], bool]


def begun(type: str) -> Due:
    """An operation on a resource of *type* has begun, and has not ended."""

    def due(stage: Workspace) -> bool:
        seen = _seen(stage)
        return bool(seen.steps(type)) and not any(s.type == type for s in seen.results())

    return due


def ended(number: int) -> Due:
    """So many operations on resources have ended."""
    return lambda stage: len(_seen(stage).results()) >= number


def _seen(stage: Workspace) -> Outcome:
    return Outcome(status=0, text="", events=stage.events())


def reached(stage: Workspace, engine: subprocess.Popen[str], due: Due) -> None:
    """Waits until the `up` of *engine* is *due*; it may not end before."""
    limit = time.monotonic() + LIMIT
    while not due(stage):
        assert engine.poll() is None, engine.communicate()[0]
        assert time.monotonic() < limit, stage.events()[-1]
        time.sleep(0.02)


def kill_up(stage: Workspace, due: Due, *, beside: Sequence[str] = PARTS) -> int:
    """Starts an `up` and kills the engine once *due* and with *beside* running beside it.

    Returns its process number, when nothing of it runs any more.
    """
    engine = stage.begin_up()
    reached(stage, engine, due)
    shown = "\n".join(processes(stage))
    assert [part for part in beside if part not in shown] == [], shown
    engine.send_signal(signal.SIGKILL)
    return _killed(stage, engine, GONE_WITHIN)


def up_killed_after(stage: Workspace, types: Sequence[str]) -> int:
    """An `up` whose engine is killed after AWS has made *types*, and before it hears of them.

    The workspace's provider is `tests.support.killing_provider`.
    """
    engine = replace(stage, variables={"KILL_AFTER": ",".join(types)}).begin_up()
    return _killed(stage, engine, LIMIT)


def _killed(stage: Workspace, engine: subprocess.Popen[str], within: float) -> int:
    said, _ = engine.communicate(timeout=within)
    assert engine.returncode == -signal.SIGKILL, said
    until(lambda: not processes(stage) or None, "all of it has ended", seconds=GONE_WITHIN)
    return engine.pid


def processes(stage: Workspace) -> list[str]:
    """The command lines of what runs for this workspace, wherever it was started."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_text().replace("\0", " ")
            environ = (entry / "environ").read_text(errors="replace")
        except OSError:  # it has ended, or is not ours to look at
            continue
        if line and str(stage.folder) in line + environ:
            found.append(line)
    return found


def recovered(stage: Workspace, owner: int) -> Outcome:
    """The next `up`, with what the sandbox does round it: the dead lock, the pending creates."""
    unlocked(stage, owner)
    done = stage.up()
    if done.status == 0 and pending.creates(stage.deployment()):
        assert pending.are_done(stage.deployment())
        pending.strike_off(stage.pulumi)
    return done


def unlocked(stage: Workspace, owner: int) -> None:
    """Clears the lock of the engine that was killed; there is no other."""
    said: list[str] = []
    locks.clear_dead(stage.folder / "run" / "stacks", NAME, stage.stage, said.append)
    words = f"clearing the lock of process {owner}, which has ended"
    assert said == [f"stack {stage.stage}: {words}"]
