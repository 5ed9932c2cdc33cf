"""The language host, executor and policy proxy, under the real engine."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from sandbox.paths import PROJECT
from tests.support.engine import NOTHING, MakeWorkspace
from tests.support.workspace import Workspace

pytestmark = [pytest.mark.engine, pytest.mark.timeout(180)]

LOG_GROUP = """
import pulumi, pulumi_aws as aws
group = aws.cloudwatch.LogGroup("group", name="given", retention_in_days=30)
pulumi.export("arn", group.arn)
"""

PACK = """
import pulumi
from pulumi_policy import *

def days(args, report):
    if args.resource_type == "aws:cloudwatch/logGroup:LogGroup":
        least = pulumi.Config("toy").require_int("leastDays")
        if args.props["retentionInDays"] < least:
            report(f"{args.name} keeps {args.props['retentionInDays']:.0f} days of {least}")

PolicyPack("toy", [
    ResourceValidationPolicy("logs-kept", "Logs are kept.", days, EnforcementLevel.MANDATORY),
])
"""

SLOW = """
import time
from pathlib import Path
import pulumi, pulumi_aws as aws
from pulumi.dynamic import CreateResult, Resource, ResourceProvider

class Slow(ResourceProvider):
    def create(self, props):
        Path(props["mark"]).touch()
        time.sleep(120)
        return CreateResult("slow", props)

class SlowResource(Resource, module="toy", name="Slow"):
    def __init__(self, name, mark, opts=None):
        super().__init__(Slow(), name, {"mark": mark}, opts)

group = aws.cloudwatch.LogGroup("group", name="given", retention_in_days=30)
SlowResource("slow", str(Path(__file__).with_name("mark")))
"""


def pack(folder: Path, source: str = PACK) -> Path:
    """A policy pack of this test alone."""
    (folder / "pack").mkdir()
    (folder / "pack" / "PulumiPolicy.yaml").write_text(
        f"runtime: {{name: python, options: {{virtualenv: {PROJECT / '.venv'}}}}}\nversion: 0.0.1\n"
    )
    (folder / "pack" / "__main__.py").write_text(source)
    return folder / "pack"


def descendants(pid: int) -> set[int]:
    """Every process below `pid`."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")  # each lists what it has started
    children = {int(child) for thread in threads for child in thread.read_text().split()}
    return children.union(*(descendants(child) for child in children))


def command_lines(pids: set[int]) -> str:
    """The command lines of those of `pids` that run."""
    files = [Path(f"/proc/{pid}/cmdline") for pid in pids]
    return "\n".join(f.read_text().replace("\0", " ") for f in files if f.exists())


def test_a_program_previews_and_builds(workspace: MakeWorkspace) -> None:
    """A first preview shows what an `up` then creates; a second `up` changes nothing."""
    toy = workspace(program=LOG_GROUP, provider=NOTHING)
    assert toy.preview().operations() == {"group": "create"}
    assert toy.resources() == []
    built = toy.up()
    assert (built.status, built.changes()) == (0, {"create": 2})
    assert toy.outputs()["arn"]
    assert toy.up().changes() == {"same": 2}


def test_an_update_names_what_changed(workspace: MakeWorkspace) -> None:
    """A changed input is an update of that resource and that property alone."""
    toy = workspace(program=LOG_GROUP, provider=NOTHING)
    toy.up()
    (toy.folder / "__main__.py").write_text(LOG_GROUP.replace("days=30", "days=60"))
    changed = toy.preview()
    assert changed.operations() == {"group": "update"}
    assert [s.changed for s in changed.steps() if s.name == "group"] == [("retentionInDays",)]
    assert toy.destroy().changes() == {"delete": 2}
    assert toy.resources() == []


def test_a_pack_reads_the_stack_configuration(workspace: MakeWorkspace, tmp_path: Path) -> None:
    """A policy sees pulumi.Config; a mandatory violation ends the preview with status 1."""
    toy = workspace(program=LOG_GROUP, provider=NOTHING, packs=(pack(tmp_path),))
    refused = toy.preview("--config", "toy:leastDays=90")
    assert refused.status == 1
    found = [(v.policy, v.level) for v in refused.violations()]
    assert found == [("logs-kept", "mandatory")]
    assert "group keeps 30 days of 90" in refused.violations()[0].message
    assert "Traceback" not in refused.text
    accepted = toy.preview("--config", "toy:leastDays=30")
    assert (accepted.status, accepted.violations()) == (0, [])


def test_a_violation_stops_the_creation(workspace: MakeWorkspace, tmp_path: Path) -> None:
    """An `up` without a preview still creates nothing that a resource policy refuses."""
    toy = workspace(program=LOG_GROUP, provider=NOTHING, packs=(pack(tmp_path),))
    assert toy.up("--config", "toy:leastDays=90").status != 0
    assert [r["type"] for r in toy.resources() if r["type"].startswith("aws:")] == []


def test_a_pack_that_cannot_start_says_why(workspace: MakeWorkspace, tmp_path: Path) -> None:
    """A pack with a mistake fails the preview, and its own words are shown."""
    broken = pack(tmp_path, "raise ValueError('the pack is broken here')")
    refused = workspace(program=LOG_GROUP, provider=NOTHING, packs=(broken,)).preview()
    assert refused.status != 0
    assert "the pack is broken here" in refused.text


@pytest.mark.parametrize(
    ("program", "shown", "hidden"),
    [
        ("import pulumi\nraise pulumi.RunError('max is 9; allowed: 1-8')", "max is 9", "Traceback"),
        ("numbers = {}\nnumbers['max']", "KeyError: 'max'", "executor.py"),
        ("numbers = (", "'(' was never closed", "executor.py"),
        ("raise SystemExit(7)", "the program ended with exit status 7", "Traceback"),
    ],
)
def test_a_failed_program_says_so_once(
    workspace: MakeWorkspace, program: str, shown: str, hidden: str
) -> None:
    """A RunError is its message alone, another error has the program's own trace."""
    failed = workspace(program=program, provider=NOTHING).preview()
    assert failed.status != 0
    assert len(failed.errors()) == 1
    assert shown in failed.errors()[0]
    assert hidden not in failed.text


def started(toy: Workspace) -> subprocess.Popen[str]:
    """An `up` of the slow program that has reached the dynamic resource."""
    running = subprocess.Popen(
        [*toy.command("up", "--yes", "--skip-preview"), *toy._policies()],
        cwd=toy.folder,
        env=toy.env(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not (toy.folder / "mark").exists():
        assert running.poll() is None, running.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return running


def test_nothing_outlives_a_killed_engine(workspace: MakeWorkspace, tmp_path: Path) -> None:
    """SIGKILL of the engine ends host, program, pack, plugin and dynamic provider."""
    source = PACK.replace('require_int("leastDays")', 'get_int("leastDays") or 1')
    toy = workspace(program=SLOW, provider=NOTHING, packs=(pack(tmp_path, source),))
    engine = started(toy)
    family = descendants(engine.pid)
    lines = command_lines(family)
    for part in ("language_host", "executor.py", "pulumi.policy", NOTHING, "pulumi.dynamic"):
        assert part in lines
    engine.kill()
    engine.communicate()
    deadline = time.monotonic() + 10
    while command_lines(family) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert command_lines(family) == ""


def test_an_interrupted_update_ends_quietly(workspace: MakeWorkspace) -> None:
    """Ctrl-C ends the program without a trace, and leaves no process and no lock."""
    toy = workspace(program=SLOW.replace("sleep(120)", "sleep(3)"), provider=NOTHING)
    engine = started(toy)
    family = descendants(engine.pid)
    os.kill(engine.pid, signal.SIGINT)
    said, _ = engine.communicate(timeout=60)
    assert engine.returncode != 0
    assert "Traceback" not in said
    assert "KeyboardInterrupt" not in said
    assert command_lines(family) == ""
    locks = toy.folder / "run" / "stacks" / ".pulumi" / "locks"
    assert [str(lock) for lock in locks.rglob("*.json")] == []


def test_a_missing_virtualenv_is_named(workspace: MakeWorkspace) -> None:
    """A virtualenv option that leads nowhere is one message with the next step."""
    toy = workspace(program=LOG_GROUP, provider=NOTHING)
    (toy.folder / ".venv").unlink()
    failed = toy.preview()
    assert failed.status != 0
    assert "virtualenv is '.venv'" in failed.text
    assert "make setup" in failed.text
    assert "Traceback" not in failed.text
