"""The `evenkeel` command. Exit status: 0 good, 1 a finding, 2 wrong use, 3 cannot tell."""

import json
import time
from datetime import UTC, datetime
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console, RenderableType
from rich.text import Text

from ops import cli_sandbox
from ops import drill as drilling
from ops import explain as explanation
from ops import panic as panicking
from ops import status as stated
from ops.cli_sandbox import Json, console
from ops.errors import A_FINDING, WRONG_USE, OpsError, of_aws
from ops.reach import Reached, reach
from sandbox import stack
from sandbox.errors import SandboxError, WrongUseError

REDRAWN_EVERY = 3.0  # seconds between two looks

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(cli_sandbox.app, name="sandbox")

Stage = Annotated[str, typer.Argument(metavar="STAGE", help="The stage of Pulumi.STAGE.yaml.")]
InSandbox = Annotated[
    bool, typer.Option("--sandbox", help="On this machine's sandbox, not the environment's AWS.")
]


def main() -> None:
    """Runs the command; what the user can mend is said without a trace."""
    try:
        app()
    except (OpsError, SandboxError, ClientError, BotoCoreError) as error:
        told = of_aws(error) if isinstance(error, (ClientError, BotoCoreError)) else error
        Console(stderr=True, highlight=False, soft_wrap=True).print(str(told), markup=False)
        raise SystemExit(_status_of(told)) from None


def _status_of(error: OpsError | SandboxError) -> int:
    if isinstance(error, OpsError):
        return error.status
    return WRONG_USE if isinstance(error, WrongUseError) else A_FINDING


@app.command()
def explain(stage: Stage, as_json: Json = False) -> None:
    """The effective numbers of a stage, from its file alone."""
    report = explanation.report(stack.settings_of(stage), datetime.now(UTC))
    if as_json:
        console.print_json(json.dumps(report, default=str))
    else:
        explanation.render(report, console)


@app.command()
def status(
    stage: Stage,
    sandbox: InSandbox = False,
    watch: Annotated[bool, typer.Option("--watch", help="Again every few seconds.")] = False,
    as_json: Json = False,
) -> None:
    """What runs, within which bounds and why, and what is wrong."""
    if watch and as_json:
        raise OpsError("--watch is for people; for machines run --json again and again", WRONG_USE)
    where = reach(stage, sandbox=sandbox)
    if watch:
        _watch(where)
        return
    found = stated.report(where)
    if as_json:
        console.print_json(json.dumps(found))
    else:
        console.print(stated.render(found), soft_wrap=False)
    raise typer.Exit(stated.exit_status(found))


def _watch(where: Reached) -> None:
    """Shows the status again and again until Ctrl-C; a look that fails is said and taken again."""
    shown: RenderableType = stated.render(stated.report(where))
    screen = Console(highlight=False)
    try:
        while True:
            with screen:  # in one write, so that it does not flicker
                screen.clear()
                screen.print(shown)
            time.sleep(REDRAWN_EVERY)
            try:
                shown = stated.render(stated.report(where))
            except OpsError as error:
                shown = Text(f"{error}\nTrying again; Ctrl-C ends this.")
    except KeyboardInterrupt:
        return


@app.command()
def panic(
    stage: Stage,
    count: Annotated[int, typer.Option(help="How many tasks, whatever the load.")],
    force: Annotated[bool, typer.Option("--force", help="Below the floor or above max.")] = False,
    sandbox: InSandbox = False,
) -> None:
    """Stops all scaling and fixes the number of tasks, until resume."""
    panicking.panic(reach(stage, sandbox=sandbox), count, force=force, say=_say)


@app.command()
def resume(stage: Stage, sandbox: InSandbox = False) -> None:
    """Ends a panic: puts back exactly what was there before."""
    panicking.resume(reach(stage, sandbox=sandbox), say=_say)


@app.command()
def drill(
    stage: Stage,
    _sandbox: Annotated[bool, typer.Option("--sandbox", help="It acts there anyway.")] = False,
) -> None:
    """The checklist before production, ticked off in the sandbox."""
    if not drilling.drill(stage, None, _say):
        raise typer.Exit(A_FINDING)


def _say(line: str) -> None:
    console.print(line, markup=False)


if __name__ == "__main__":
    main()
