"""`evenkeel sandbox`: starts, stops and shows AWS on this machine."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sandbox import needs, speed
from sandbox.control import Sandbox
from sandbox.paths import IMAGES
from sandbox.paths import root as sandbox_root

app = typer.Typer(no_args_is_help=True, help="AWS on this machine: up, down, status.")

Json = Annotated[bool, typer.Option("--json", help="For machines.")]
Root = Annotated[
    Path | None, typer.Option(help="The sandbox's folder; default .sandbox/run, EVENKEEL_SANDBOX.")
]
console = Console(highlight=False, soft_wrap=True)


@app.command()
def up(root: Root = None, as_json: Json = False) -> None:
    """Starts it; what runs already, stays. SANDBOX_SPEED is seconds of AWS in a second here."""
    say = (lambda _: None) if as_json else console.print
    here = Sandbox(sandbox_root(root), say=say)
    limits = needs.databases(here.root, None, IMAGES)
    here.up(speed.asked(), databases=limits, dataplane=bool(limits))
    _show(here, as_json)


@app.command()
def down(root: Root = None) -> None:
    """Stops every process of it; stacks and logs stay."""
    stopped = Sandbox(sandbox_root(root)).down()
    console.print("sandbox: stopped" if stopped else "sandbox: nothing runs")


@app.command()
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
