"""`evenkeel drill` before it drills: what it needs, and what it says where that is missing."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops import drill
from ops.drill import PROBE
from ops.errors import OpsError
from ops.reach import Reached
from tests.support import fake_aws
from tests.support.emulator import free_port
from tests.support.stages import shipped


class _Answering(http.server.BaseHTTPRequestHandler):
    """Answers PROBE with 200 where the server says so, all else with 403."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == PROBE and self.server.burns else 403)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[http.server.HTTPServer]:
    server = http.server.HTTPServer(("127.0.0.1", 0), _Answering)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield server
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture
def reached() -> Reached:
    return Reached(shipped("staging"), "a sandbox", True, fake_aws.shared().account)


def test_a_sandbox_that_is_not_up_is_a_finding(tmp_path: Path) -> None:
    """S0-20: the message has the command that builds the stage."""
    with pytest.raises(OpsError, match="is not up; start it: make up STAGE=staging") as refused:
        drill.drill("staging", tmp_path, print)
    assert refused.value.status == 1


def test_a_stage_without_a_file_is_wrong_use(tmp_path: Path) -> None:
    """The message names the stages that there are."""
    with pytest.raises(OpsError, match="known: production, staging") as refused:
        drill.drill("nowhere", tmp_path, print)
    assert refused.value.status == 2


@pytest.mark.parametrize("burns", [True, False])
def test_tasks_that_cannot_be_loaded_are_a_finding(
    server: http.server.HTTPServer, reached: Reached, burns: bool
) -> None:
    """S0-20: an image that is not the sample application, or a path that is blocked, is said."""
    server.burns = burns  # type: ignore[attr-defined]
    url = f"http://127.0.0.1:{server.server_port}"
    if burns:
        drill.probe(url, reached)
        return
    with pytest.raises(OpsError, match=r"HTTP Error 403.*firewall\.allow of staging") as refused:
        drill.probe(url, reached)
    assert refused.value.status == 1


def test_a_load_balancer_that_does_not_answer_is_a_finding(reached: Reached) -> None:
    """The message has the address and the error."""
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(OpsError, match=f"GET {url}.*Connection refused"):
        drill.probe(url, reached)
