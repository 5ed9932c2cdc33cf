"""What Envoy's view of a target is in the ELB API's words."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.dataplane import health
from sandbox.dataplane.check_log import CheckLog, Failure

FAILING = {"health_status": {"failed_active_health_check": True}}
PENDING = {"health_status": {"failed_active_health_check": True, "pending_active_hc": True}}
PASSING: dict[str, Any] = {"health_status": {"eds_health_status": "HEALTHY"}}


@pytest.mark.parametrize(
    ("host", "failure", "on_trial", "state", "reason"),
    [
        (PASSING, None, True, "healthy", None),
        (PASSING, Failure("NETWORK", 0), False, "healthy", None),
        (PENDING, None, True, "initial", "Elb.InitialHealthChecking"),
        (PENDING, None, False, "initial", "Elb.InitialHealthChecking"),
        (FAILING, Failure("ACTIVE", 503), True, "initial", "Elb.InitialHealthChecking"),
        (FAILING, Failure("ACTIVE", 503), False, "unhealthy", "Target.ResponseCodeMismatch"),
        (FAILING, Failure("NETWORK", 0), False, "unhealthy", "Target.FailedHealthChecks"),
        (FAILING, Failure("NETWORK_TIMEOUT", 0), False, "unhealthy", "Target.Timeout"),
        (FAILING, None, False, "unhealthy", "Target.FailedHealthChecks"),
    ],
)
def test_state(
    host: dict[str, Any], failure: Failure | None, on_trial: bool, state: str, reason: str | None
) -> None:
    """Healthy is what passes; on trial a failure is still initial; afterwards its cause is told."""
    found = health.judged(host, failure, on_trial)
    assert (found.state, found.reason) == (state, reason)


def test_wrong_status_is_named() -> None:
    """AWS's own sentence, with the code."""
    found = health.judged(FAILING, Failure("ACTIVE", 418), False)
    assert found.description == "Health checks failed with these codes: [418]"


def line(event: str, **members: Any) -> str:
    """A line of Envoy's health check log."""
    host = {"socket_address": {"address": "127.77.1.1", "port_value": 3000}}
    return json.dumps({"host": host, "cluster_name": "web", event: members}) + "\n"


def test_last_failure_counts(tmp_path: Path) -> None:
    """A status is read with its kind; half a line waits for its end; success changes nothing."""
    file = tmp_path / "checks.log"
    log = CheckLog(file)
    target = ("web", "127.77.1.1", 3000)
    first = line("health_check_failure_event", failure_type="NETWORK")
    second = line("eject_unhealthy_event", http_status_code=503)
    with file.open("a") as written:
        written.write(first + second[:20])
    log.read()
    assert log.last == {target: Failure("NETWORK", 0)}
    with file.open("a") as written:
        written.write(second[20:] + line("add_healthy_event"))
    log.read()
    assert log.last == {target: Failure("ACTIVE", 503)}


def test_log_is_emptied_when_it_is_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has been read goes, and what Envoy appends afterwards is read."""
    monkeypatch.setattr("sandbox.dataplane.check_log._LIMIT", 10)
    file = tmp_path / "checks.log"
    log = CheckLog(file)
    for kind in ("NETWORK", "NETWORK_TIMEOUT"):
        with file.open("a") as written:
            written.write(line("health_check_failure_event", failure_type=kind))
        log.read()
        assert log.last["web", "127.77.1.1", 3000].kind == kind
        assert file.stat().st_size == 0


def test_a_deleted_log_is_an_empty_one(tmp_path: Path) -> None:
    """Reading it fails nothing; made anew it is read from its start."""
    file = tmp_path / "checks.log"
    log = CheckLog(file)
    file.write_text(line("health_check_failure_event", failure_type="NETWORK"))
    log.read()
    file.unlink()
    log.read()
    assert log.lost()
    log.begin()
    assert not log.lost()
    with file.open("a") as written:
        written.write(line("health_check_failure_event", http_status_code=503))
    log.read()
    assert log.last == {("web", "127.77.1.1", 3000): Failure("ACTIVE", 503)}
