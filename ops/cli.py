"""The `evenkeel` command. Exit status: 0 good, 1 a finding, 2 wrong use, 3 cannot tell."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ops import explain as explanation
from sandbox import needs, speed, stack
from sandbox.control import Sandbox
from sandbox.errors import SandboxError, WrongUseError
from sandbox.paths import IMAGES
from sandbox.paths import root as sandbox_root

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
sandbox = typer.Typer(no_args_is_help=True, help="AWS on this machine.")
app.add_typer(sandbox, name="sandbox")

Json = Annotated[bool, typer.Option("--json", help="For machines.")]
Root = Annotated[
    Path | None, typer.Option(help="The sandbox's folder; default .sandbox/run, EVENKEEL_SANDBOX.")
]
console = Console(highlight=False, soft_wrap=True)


def main() -> None:
    """Runs the command; what the user can mend is said without a trace."""
    try:
        app()
    except SandboxError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(str(error), markup=False)
        raise SystemExit(2 if isinstance(error, WrongUseError) else 1) from None


@app.command()
def explain(stage: Annotated[str, typer.Argument(metavar="STAGE")], as_json: Json = False) -> None:
    """The effective numbers of a stage, from its file alone."""
    report = explanation.report(stack.settings_of(stage), datetime.now(UTC))
    if as_json:
        console.print_json(json.dumps(report, default=str))
    else:
        explanation.render(report, console)


@sandbox.command()
def up(root: Root = None, as_json: Json = False) -> None:
    """Starts it; what runs already, stays. SANDBOX_SPEED is seconds of AWS in a second here."""
    say = (lambda _: None) if as_json else console.print
    here = Sandbox(sandbox_root(root), say=say)
    limits = needs.databases(here.root, None, IMAGES)
    here.up(speed.asked(), databases=limits, dataplane=bool(limits))
    _show(here, as_json)


@sandbox.command()
def down(root: Root = None) -> None:
    """Stops every process of it; stacks and logs stay."""
    stopped = Sandbox(sandbox_root(root)).down()
    console.print("sandbox: stopped" if stopped else "sandbox: nothing runs")


@sandbox.command()
def status(root: Root = None, as_json: Json = False) -> None:
    """Shows its address, ports and processes; exit status 1 where it is not up."""
    if not _show(Sandbox(sandbox_root(root)), as_json):
        raise typer.Exit(1)


def _show(here: Sandbox, as_json: bool) -> bool:
    """Prints the state; returns whether the sandbox is up."""
    found = here.status()
    if as_json:
        console.print_json(json.dumps(found))
    elif not found["processes"]:
        console.print(f"sandbox: nothing runs in {found['root']}")
    else:
        console.print(f"sandbox: {found['url']}, speed {found['speed']:g}, {found['root']}")
        table = Table("process", "pid", "port", "state", box=None)
        table.add_column("log, in that folder", overflow="fold")
        for process in found["processes"]:
            state = "healthy" if process["healthy"] else "running" if process["running"] else "gone"
            log = Path(process["log"]).relative_to(found["root"])
            row = (process["name"], process["pid"], process["port"], state, log)
            table.add_row(*map(str, row))
        console.print(table)
        for balancer in found["loadBalancers"]:
            for port, address in balancer["listeners"].items():
                console.print(f" {balancer['dnsName']}:{port} is {address}")
    return bool(found["up"])


if __name__ == "__main__":
    main()
