"""The local port of a listener, when somebody else takes it just before Envoy does."""

import json
import logging
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.dataplane import ports
from sandbox.dataplane.configuration import Configuration
from sandbox.dataplane.envoy import Envoy
from sandbox.dataplane.snapshot import Listener, Snapshot
from tests.support.balancers import PREFIX, balancer

pytestmark = pytest.mark.sandbox
FOUND = replace(balancer([]), groups=())
OTHER = Listener(
    record={"ListenerArn": f"{PREFIX}:listener/app/web/1/3", "Port": 81, "Protocol": "HTTP"},
    rules=(),
    certificates=(),
)


def test_a_taken_port_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Envoy cannot bind one of two: it gets another, which is said; the free one stays."""
    configuration = Configuration(tmp_path, 1.0)
    envoy = Envoy(tmp_path, configuration.files)
    try:
        with socket.create_server(("127.0.0.1", 0)) as other:
            taken = other.getsockname()[1]
            configuration.apply(Snapshot((FOUND,)), envoy)
            first = configuration.ports(FOUND)[80]
            both = replace(FOUND, listeners=(*FOUND.listeners, OTHER))
            with monkeypatch.context() as patched:
                patched.setattr(ports.Ports, "_pick", lambda _: taken)
                assert configuration.ports(both) == {80: first, 81: taken}
            with caplog.at_level(logging.WARNING):
                configuration.apply(Snapshot((both,)), envoy)
        found = configuration.known_ports(both)
    finally:
        envoy.stop()
    assert found[80] == first
    assert found[81] not in (first, taken)
    assert json.loads((tmp_path / "ports.json").read_text())[f"{both.arn}:81"] == found[81]
    assert f"127.0.0.1:{taken} is taken: {both.arn}:81 gets another port" in caplog.text
