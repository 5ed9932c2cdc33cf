"""What clients see while tasks come and go under load: a deployment, scaling, a crash.

One stage with sticky polling, so that both transports of Socket.IO are used at once.
"""

import json
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from infra.capacity import longest_leave
from tests.support import live, load
from tests.support.clients import Client
from tests.support.emulated_tasks import address
from tests.support.emulator import until
from tests.support.live_service import Live
from tests.support.watching import watching

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(900)]
TASKS, MOST = 2, 6
CROWD = 60  # clients, at which a new task has one at the latest
# The longest request: 300 s on the sandbox's clock. As many as tasks and steady senders together
# bring one to each task at least: the steady ones cannot outweigh them.
SLOW = "/api/work?seconds=10"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    stage = live.stage(
        {
            "capacity.min": TASKS,
            "capacity.max": MOST,
            "service.workers.count": 1,
            "routing.websocket.transport": "polling",
        }
    )
    with live.serving(tmp_path_factory.mktemp("live"), stage, speed=30) as service:
        yield service


@pytest.fixture
def service(shared: Live) -> Live:
    """The stage with its fewest tasks, whatever the test before has left."""
    shared.scale(TASKS)
    return shared


def test_a_rolling_deploy_breaks_no_request(service: Live) -> None:
    """S2-17, S3-14, S3-15, S0-15, S0-16: no request fails, and never fewer tasks are healthy.

    It is done when ECS has completed it and the last old task is gone, which is later.
    Each Socket.IO client, of either transport, is let go once, by the end of its task; it connects
    again by itself, is back in its room on a new task, and hears there what is said.
    """
    before = service.addresses()
    with load.on(service.url, websockets=4, polling=4) as traffic:
        traffic.flows(before)
        with watching(lambda: healthy(service)) as seen:
            done = service.deploy("2")
        after = service.addresses()
        traffic.flows(after)
    assert not before & after
    assert traffic.failed() == []
    assert min(seen) >= TASKS
    assert done.running == TASKS
    assert done.completed_seconds <= done.settled_seconds
    assert {whoami(service)["release"] for _ in range(10)} == {"2"}
    for client in traffic.clients:
        check(client, let_go=True)


def test_scaling_out_and_in_breaks_no_request(service: Live) -> None:
    """S0-15, S0-17: from 2 tasks to 6 and back every request succeeds.

    Clients of the tasks that stay notice nothing; those of the four that go are let go once, after
    the drain, and go on in their rooms elsewhere.
    """
    before = service.addresses()
    with load.on(service.url, websockets=2, polling=2) as traffic:
        traffic.flows(before)
        service.scale(MOST)
        traffic.add("websocket", 10)
        traffic.add("polling", 6)
        traffic.flows(service.addresses())
        # Long after slow start few websockets come to a new task (docs/load-balancer.md).
        while len(traffic.clients) < CROWD and {c.place for c in traffic.clients} <= before:
            traffic.add("websocket", 4)
            traffic.flows(service.addresses())
        assert service.addresses() > before
        places = [client.place for client in traffic.clients]
        service.scale(TASKS)
        kept = service.addresses()
        traffic.flows(kept)
    assert traffic.failed() == []
    assert set(places) - kept, "no client was on a task that went"
    for place, client in zip(places, traffic.clients, strict=True):
        check(client, let_go=place not in kept)


def test_a_task_that_leaves_waits_for_its_requests_as_long_as_it_may(service: Live) -> None:
    """S2-11: a request that does not end holds its task for the http group's delay of 60 s.

    Then the task has its stopTimeout, 30 s, and is gone with the request: 90 s, within 60 to 120.
    """
    settings = service.settings
    delay, stop = settings.routing.http.deregistration_delay, settings.service.stop_timeout_seconds
    assert 60 <= delay < longest_leave((delay,), stop) <= 120
    service.scale(TASKS + 1)
    before = {task["taskArn"] for task in service.tasks()}
    with load.on(service.url) as traffic:
        traffic.flows(service.addresses())
        slow = traffic.ask(SLOW, load.SENDERS + TASKS + 1)
        traffic.flows(service.addresses())
        service.scale(TASKS)
        answers = [request.result(load.PATIENCE).answer for request in slow]
    (gone,) = [task for task in service.tasks("STOPPED") if task["taskArn"] in before]
    assert (gone["stoppedAt"] - gone["stoppingAt"]).total_seconds() >= delay
    assert set(answers) == {200, 502}
    assert traffic.failed() == []


def test_a_killed_task_breaks_only_what_was_sent_to_it(service: Live) -> None:
    """S2-03, S3-13: requests on it fail, and what is sent to it until ECS has taken it out.

    Every other request succeeds, clients of the task in the other zone notice nothing, and a new
    task comes. (An ALB does not send a request to a second target either.)
    """
    logged = len(service.plane.access_log())
    victim, other = service.tasks()
    assert victim["availabilityZone"] != other["availabilityZone"]
    dead = address(victim)
    with load.on(service.url, websockets=4, polling=2) as traffic:
        traffic.flows(service.addresses())
        slow = traffic.ask(SLOW, load.SENDERS + TASKS)
        traffic.flows(service.addresses())
        places = [client.place for client in traffic.clients]
        service.kill(victim)
        until(lambda: dead not in service.addresses() or None, "ECS has seen it", seconds=240)
        service.plane.until_live()
        taken_out = time.monotonic()
        service.steady()
        traffic.flows(service.addresses())
        answers = [request.result(load.PATIENCE) for request in slow]
    assert {request.answer for request in answers} == {200, 502}
    failed = [*traffic.failed(), *(request for request in answers if request.failed)]
    assert {request.answer for request in failed} == {502}
    assert max(request.sent for request in failed) < taken_out
    broken = [e for e in service.plane.access_log()[logged:] if e["elb_status_code"] >= 500]
    assert {entry["target:port"] for entry in broken} == {f"{dead}:3000"}
    for place, client in zip(places, traffic.clients, strict=True):
        check(client, let_go=place == dead)


def check(client: Client, *, let_go: bool) -> None:
    """Either nothing happened to a client, or it was let go once and joined its room again.

    Then one word may have been under way; every other word that it said it has heard.
    """
    assert client.problems == []
    assert client.losses == (["transport error"] if let_go else [])
    assert client.joins == 1 + let_go
    assert client.missed <= let_go


def healthy(service: Live) -> int:
    """How many tasks are healthy in both groups."""
    groups = service.health().values()
    return min(list(group.values()).count("healthy") for group in groups)


def whoami(service: Live) -> dict[str, Any]:
    with urllib.request.urlopen(f"{service.url}/api/whoami", timeout=60) as answer:
        return dict(json.load(answer))
