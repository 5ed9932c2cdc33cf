"""Runs one Pulumi program for the language host, and says its errors to the engine.

Exit status: 0 done; `SHOWN` failed, and the user has been told why; any other is the program's own.
A `pulumi.RunError` is shown as its message alone, any other exception with its trace.
"""

import argparse
import asyncio
import gc
import logging
import os
import runpy
import signal
import sys
import traceback
from types import TracebackType

# The engine interrupts a program whose update it has given up; it has told the user why.
signal.signal(signal.SIGINT, signal.SIG_DFL)
# A program lives for seconds; collecting among a cloud SDK's thousands of classes costs more of
# them than the memory is worth.
gc.disable()

import pulumi  # noqa: E402  the signal comes first: importing this takes half a second
import pulumi.runtime  # noqa: E402

SHOWN = 32
FLAGS = ("project", "root_directory", "stack", "monitor", "engine", "organization", "pwd")


def parsed(arguments: list[str]) -> argparse.Namespace:
    """The language host's command line."""
    parser = argparse.ArgumentParser()
    for flag in FLAGS:
        parser.add_argument(f"--{flag}", default="")
    parser.add_argument("--parallel", type=int, default=0)
    parser.add_argument("--dry_run", action="store_true")
    parser.add_argument("program")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser.parse_args(arguments)


def configure(options: argparse.Namespace) -> None:
    """Connects the SDK to the engine; the stack's configuration comes through the environment."""
    pulumi.runtime.set_all_config(
        pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env()
    )
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            project=options.project,
            stack=options.stack,
            monitor=options.monitor,
            engine=options.engine,
            parallel=options.parallel,
            dry_run=options.dry_run,
            organization=options.organization or "organization",
            root_directory=options.root_directory,
        )
    )


def own_frames(trace: TracebackType | None) -> TracebackType | None:
    """The trace from the program's first frame on: what follows our own frames and runpy's."""
    own, frame = trace, trace
    while frame is not None:
        if frame.tb_frame.f_code.co_filename in (__file__, "<frozen runpy>"):
            own = frame.tb_next
        frame = frame.tb_next
    return own


def run(program: str) -> None:
    """Runs the program inside a stack, to its last resource."""

    def body() -> None:
        runpy.run_path(program, run_name="__main__")

    # Not asyncio.run: it would wait for what a failed update leaves behind.
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(pulumi.runtime.run_in_stack(body))


def main(arguments: list[str]) -> int:
    """Runs the program named on the command line; returns the exit status."""
    options = parsed(arguments)
    os.chdir(options.pwd or ".")
    configure(options)
    program = os.path.abspath(options.program)
    sys.argv = [program, *options.arguments]
    sys.path.insert(0, program if os.path.isdir(program) else os.path.dirname(program))
    # A failed update leaves futures that nobody awaits; asyncio would report each.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    try:
        run(program)
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return SHOWN
    except Exception as error:
        shown = traceback.format_exception(error.with_traceback(own_frames(error.__traceback__)))
        pulumi.log.error("The program raised an error that it did not handle:\n" + "".join(shown))
        return SHOWN
    return 0


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # taking the same classes down one by one would take another second
