"""`evenkeel drill STAGE`: the checklist before production, run against a stage in the sandbox.

It loads the stage from its fewest tasks to its most and back, and ticks what it sees: (a) more
tasks when CPU is above the target, (b) up to the maximum, (c) back, one task at a time, (d)
connections within the limit, (e) no 5XX, (f) websocket clients come back, (g) migrations ran once.
What it finds it puts back at the end, also at Ctrl-C (docs/drill.md).
"""

import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from ops.drill_view import DrillView
from ops.errors import A_FINDING, OpsError, of_aws
from ops.reach import Reached, reach
from sandbox import database, entrance, stack, state
from sandbox.errors import SandboxError
from sandbox.paths import root as sandbox_root

PROBE = "/api/burn?seconds=0"


def drill(stage: str, root: Path | None, say: Callable[[str], None]) -> bool:
    """Whether every line of the checklist holds, or does not apply. `root` is the sandbox's folder.

    Raises OpsError and SandboxError.
    """
    # Here, because it needs what only the sandbox does (aiohttp, python-socketio, psycopg).
    from ops.drill_found import find
    from ops.drill_run import Subject, run

    reached = reach(stage, sandbox=True, root=root)
    where = sandbox_root(root)
    running = state.read(where)
    assert running is not None, "a sandbox that was reached has written down where it is"
    say(f"drill: {stage} in {reached.described}, speed {running.speed:g}")
    stack.check_free(where, stage)
    try:
        find(DrillView(reached))
        url = _local(reached, running, say)
        probe(url, reached)
        part = running.databases.get(stage)
        database_url = database.superuser_url(part) if part is not None else None
        return run(Subject(reached, url, database_url, running.speed), say)
    except (ClientError, BotoCoreError) as error:
        raise of_aws(error) from None


def _local(reached: Reached, running: state.State, say: Callable[[str], None]) -> str:
    """The load balancer's address on this machine. Raises SandboxError."""
    if running.dataplane is None:
        raise SandboxError(
            "The sandbox runs no load balancer, as for a stage whose tasks are simulated. Next: "
            "give its image a folder in sandbox/images.yaml, such as app, and "
            f"make up STAGE={reached.stage.stage}"
        )
    scheme = "https" if reached.stage.routing.certificate_arn else "http"
    return entrance.local(f"{scheme}://{DrillView(reached).balancer()['DNSName']}", running, say)


def probe(url: str, reached: Reached) -> None:
    """Asks a task for no load at all. Raises OpsError where the stage cannot be loaded."""
    own = ssl.create_default_context()
    own.check_hostname, own.verify_mode = False, ssl.CERT_NONE  # the sandbox's is self-signed
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=own)
    )
    try:
        with opener.open(url + PROBE, timeout=30):
            return
    except OSError as error:  # urllib's own errors are OSErrors
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        raise OpsError(
            f"GET {url}{PROBE} failed: {error}. The drill loads tasks through the sample "
            f"application. Next: let evenkeel:firewall.allow of {reached.stage.stage} have /api, "
            "and its image be one that sandbox/images.yaml gives the folder app",
            A_FINDING,
        ) from None
