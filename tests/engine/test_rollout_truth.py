"""The rollout on a whole sandbox: where real tasks fail the update says so, and the old ones serve.

All of it on one stack. The releases with a fault are those of tests/support/images/images.yaml.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from sandbox import database
from tests.support.outcome import Outcome
from tests.support.whole import Live, Visitor, Whole, websocket

pytestmark = [pytest.mark.engine, pytest.mark.sandbox, pytest.mark.timeout(900)]

STAGE = {
    "service.workers.count": 1,
    "service.healthCheck.intervalSeconds": 10,
    "service.healthCheck.unhealthyThreshold": 10,  # a slow answer is the machine's affair
    "service.stopTimeoutSeconds": 120,
    "database.connectionsPerTask": 5,
    "capacity.max": 1,
}
# Seconds on the sandbox clock. A release that is well may take long to be ready on a slow machine.
PATIENT = {"service.warmUpSeconds": 600, "deployment.timeoutSeconds": 3600}
STRICT = {"service.warmUpSeconds": 60, "deployment.timeoutSeconds": 3600}
ROLLED_BACK = "deployment failed: tasks failed to start."

# What a release with a fault does, and what the update says of it.
FAULTS = [
    pytest.param("e1", STRICT, "container service exited with code 3", id="exits at its start"),
    pytest.param("e2", STRICT, "failed with these codes: [503]", id="is never healthy"),
    pytest.param("e4", STRICT, "CannotPullContainerError: pull image", id="cannot be pulled"),
    pytest.param("e5", PATIENT, "container service exited with code 4", id="dies in a minute"),
]


def well(release: str) -> dict[str, Any]:
    """The sample application as `release`."""
    return {"service.environment": {"LOG_LEVEL": "info", "RELEASE": release}, **PATIENT}


def faulty(mark: str, limits: Mapping[str, int]) -> dict[str, Any]:
    """The release whose digest is `mark` again and again."""
    image = {"service.image": f"registry.example.com/web@sha256:{mark * 32}"}
    return {**well(mark), **image, **limits}


@pytest.fixture(scope="module")
def live(whole: Whole, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The stage, built and serving."""
    made = whole.stage(tmp_path_factory.mktemp("truth"), "truth", {**STAGE, **well("first")})
    created = made.stack.up()
    assert created.status == 0, created.text
    yield made
    made.end()


def rolled_back(live: Live, release: Mapping[str, Any]) -> Outcome:
    """The update to `release`, which must fail because ECS takes the one before again."""
    before = live.service()["taskDefinition"]
    live.asks(release)
    failed = live.stack.up()
    assert failed.status != 0
    assert "ECS gave the revision up" in failed.text
    assert ROLLED_BACK in failed.text
    assert "Next: " in failed.text
    assert live.service()["taskDefinition"] == before
    return failed


def mend(live: Live, release: str) -> None:
    """The update to a release without fault, which must succeed."""
    live.asks(well(release))
    mended = live.stack.up()
    assert mended.status == 0, mended.text
    assert "everything healthy" in mended.text


@pytest.mark.parametrize(("mark", "limits", "said"), FAULTS)
def test_a_faulty_release_fails_the_update_and_never_serves(
    live: Live, mark: str, limits: Mapping[str, int], said: str
) -> None:
    """S3-15, S2-03, S2-17: exit 1 and why; every request gets the old release, then the mended."""
    with Visitor(live.address()) as visitor:
        failed = rolled_back(live, faulty(mark, limits))
        assert said in failed.text
        [old] = visitor.releases()
        mend(live, f"after {mark}")
    assert visitor.failed() == []
    assert visitor.releases() == {old, f"after {mark}"}
    assert visitor.release() == f"after {mark}"


def test_unhealthy_in_one_group_alone_fails_the_update(live: Live) -> None:
    """S3-15, S3-20: healthy for HTTP, not for websockets: rolled back, the group and code named.

    Both groups check one path; so here the websocket group asks with a query of its own.
    """
    groups = live.stack.outputs()["targetGroups"]
    live.stack.aws("elbv2").modify_target_group(
        TargetGroupArn=groups["websocket"], HealthCheckPath="/health?websocket"
    )
    with Visitor(live.address()) as visitor:
        failed = rolled_back(live, faulty("e3", STRICT))
        assert (
            f"Task failed ELB health checks in (target-group {groups['websocket']})" in failed.text
        )
        assert "due to (reason Health checks failed with these codes: [503])" in failed.text
        assert f"is unhealthy in (target-group {groups['http']})" not in failed.text
        mend(live, "after e3")
    assert visitor.failed() == []
    assert visitor.release() == "after e3"


def test_a_database_that_is_out_fails_the_update_until_it_is_back(live: Live) -> None:
    """S3-15, S2-03: the new tasks end for want of it, the old serve; the same `up` then repairs."""
    with Visitor(live.address()) as visitor:
        old = visitor.release()
        database.stop(live.database())
        failed = rolled_back(live, well("with database"))
        assert "container service exited with code 3" in failed.text
        assert any("Connection refused" in line for line in live.logged())
        assert visitor.releases() == {old}

        live.database()
        repaired = live.stack.up()
        assert repaired.status == 0, repaired.text
        assert "ECS was asked for the revision again" in repaired.text
        assert set(repaired.operations()) == {"evenkeel-staging"}
    assert visitor.failed() == []
    assert visitor.releases() == {old, "with database"}


def test_a_task_that_dies_once_the_deploy_seemed_done_fails_the_update(live: Live) -> None:
    """S3-15: ECS says COMPLETED and replaces dying tasks for ever; the update says so, exit 1.

    An open websocket holds the drain of the old task, as in every real deployment: meanwhile the
    new one serves for a minute, and ends. ECS takes nothing back once it has said COMPLETED.
    """
    with websocket(live.address()), Visitor(live.address()) as visitor:
        before = live.service()["taskDefinition"]
        live.asks(faulty("e6", {**STRICT, "deployment.timeoutSeconds": 600}))
        failed = live.stack.up()
        assert failed.status != 0
        assert " lost, after up to " in failed.text
        assert "container service exited with code 4" in failed.text
        [deployment] = live.service()["deployments"]
        assert deployment["taskDefinition"] != before
        assert deployment["rolloutState"] == "COMPLETED"
        mend(live, "after e6")
    assert visitor.release() == "after e6"
