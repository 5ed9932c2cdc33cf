"""The emulator's health and drains of targets that the data plane reports on, by hand."""

from collections.abc import Iterator

import pytest
from ministack.core.responses import get_account_id, request_scope

from sandbox.emulator import elbv2_targets, target_reports
from sandbox.emulator.changes import changes
from sandbox.emulator.elbv2_records import registrations
from tests.support.target_scene import ADDRESS, GROUP, PORT, Scene, accounts, seen


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with request_scope(str(next(accounts)), "eu-west-1"):
        scene = Scene()
        monkeypatch.setattr(elbv2_targets, "processes", scene.processes)
        monkeypatch.setattr("time.time", lambda: scene.now)
        monkeypatch.setattr("time.monotonic", lambda: scene.wall)
        yield scene


def test_a_local_process_is_as_healthy_as_reported(scene: Scene) -> None:
    """Without a report initial for good; then what the report says, with its reason."""
    scene.processes.local = True
    scene.register()
    assert scene.state(1e6) == "initial"
    scene.report(seen("unhealthy", reason="Target.Timeout"))
    found = elbv2_targets.describe_health({"TargetGroupArn": GROUP})
    health = found["TargetHealthDescriptions"][0]["TargetHealth"]
    assert health == {"State": "unhealthy", "Reason": "Target.Timeout"}
    scene.report(seen("healthy"))
    assert scene.state(1e6) == "healthy"


def test_an_old_report_counts_for_nothing(scene: Scene) -> None:
    """A report is believed for 10 s of wall time; then the target is initial again."""
    scene.processes.local = True
    scene.register()
    scene.report(seen("healthy"))
    scene.wall = 10.0
    assert scene.state(1) == "healthy"
    scene.wall = 10.1
    assert scene.state(1) == "initial"


def test_a_report_replaces_the_last(scene: Scene) -> None:
    """A target that the next report leaves out is no longer known."""
    scene.processes.local = True
    scene.register()
    scene.report(seen("healthy"))
    scene.report()
    assert scene.state(1) == "initial"


def test_a_simulated_target_is_not_judged_by_reports(scene: Scene) -> None:
    """Nothing listens at a simulated address, so what the data plane sees there is no news."""
    scene.processes.since = 0.0
    scene.register()
    scene.report(seen("unhealthy"))
    assert scene.state(20) == "healthy"


def test_an_address_that_no_task_has_is_as_reported(scene: Scene) -> None:
    """A target registered by hand is healthy if the data plane finds it so."""
    scene.register()
    scene.report(seen("healthy"))
    assert scene.state(0) == "healthy"


def draining(scene: Scene) -> int:
    """Registers the target and deregisters it at second 100; the number of that change."""
    scene.register()
    scene.now = 100.0
    scene.deregister()
    return changes.number


def test_drain_with_a_connection_takes_the_delay(scene: Scene) -> None:
    """With a connection open the target drains for the deregistration delay of 60 s."""
    number = draining(scene)
    scene.report(seen("healthy", connections=1), number=number)
    assert [scene.state(s) for s in (159.9, 160)] == ["draining", "unused"]


def test_drain_ends_when_the_last_connection_does(scene: Scene) -> None:
    """As soon as a report says that no connection is left the target is gone."""
    number = draining(scene)
    scene.report(seen("healthy", connections=1), number=number)
    assert scene.state(110) == "draining"
    scene.report(seen("healthy", connections=0), number=number)
    assert scene.state(110) == "unused"


def test_drain_does_not_end_before_the_load_balancer_knows(scene: Scene) -> None:
    """A report of earlier changes, of none, or of another emulator does not end a drain."""
    number = draining(scene)
    for other in (number - 1, None, number + 1):
        scene.report(seen("healthy"), number=other)
        assert scene.state(110) == "draining"
    scene.report(number=number)
    assert scene.state(110) == "unused"


def test_a_drain_of_an_earlier_life_ends_too(scene: Scene) -> None:
    """After a restart any report that knows this emulator's numbers ends an idle drain."""
    draining(scene)
    target_reports.end_drain((GROUP, ADDRESS, PORT))  # what a restart forgets
    scene.report(number=changes.number)
    assert scene.state(110) == "unused"


def test_a_drain_ends_without_being_asked_about(scene: Scene) -> None:
    """The beat drops a drained target and names its account."""
    draining(scene)
    assert get_account_id() not in elbv2_targets.end_drains()
    scene.now = 102.0
    assert get_account_id() in elbv2_targets.end_drains()
    assert not registrations


def test_registering_again_ends_a_drain(scene: Scene) -> None:
    """A draining target that is registered again starts over as initial."""
    number = draining(scene)
    scene.report(seen("healthy", connections=1), number=number)
    scene.now = 110.0
    scene.register()
    scene.report()
    assert scene.state(115) == "initial"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "Invalid JSON"),
        (b"{}", "account: Field required"),
        (b'{"account": "1", "region": "x", "targets": []}', "account: String should match"),
        (
            b'{"account": "111122223333", "region": "x", "targets": [{"group": "g", "id": "i",'
            b' "port": 1, "state": "draining", "connections": 0}]}',
            "targets.0.state: Input should be 'initial', 'healthy' or 'unhealthy'",
        ),
    ],
)
def test_a_report_that_is_none_is_refused(body: bytes, said: str) -> None:
    """The message says where the body is wrong."""
    with pytest.raises(target_reports.ReportError, match=said.replace("'", ".")):
        target_reports.take(body)
