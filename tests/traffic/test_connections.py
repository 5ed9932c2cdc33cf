"""The connection sum against a real database, while all of a stage's tasks are replaced."""

from collections.abc import Iterator

import psycopg
import pytest

from infra.settings import Settings
from sandbox import database
from tests.support import live, load
from tests.support.live_service import Live
from tests.support.watching import watching

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(900)]
MAX, PER_TASK, LIMIT, DRAIN = 4, 8, 78, 300
HELD = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'"


def stage(maximum_percent: int) -> Settings:
    """As many tasks as the database allows, each with two workers of four connections."""
    return live.stage(
        {
            "capacity.min": MAX,
            "capacity.max": MAX,
            "service.workers.count": 2,
            "database.connectionsPerTask": PER_TASK,
            "database.maxConnections": LIMIT,
            "routing.websocket.deregistrationDelay": DRAIN,
            "deployment.maximumPercent": maximum_percent,
        }
    )


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with live.serving(tmp_path_factory.mktemp("live"), stage(200), speed=20) as service:
        yield service


@pytest.mark.parametrize("maximum_percent", [200, 125])
def test_a_deploy_at_the_largest_max_stays_within_the_limit(
    service: Live, maximum_percent: int
) -> None:
    """S0-11, S0-20: no connection is refused, and the peak is at most the policy pack's sum.

    Websockets hold every old task for its whole drain, 300 s as in production, and a start takes
    20 s, the quickest that the sum assumes. So more tasks are alive than maximumPercent says.
    """
    settings = stage(maximum_percent)
    assert settings.budget.largest_max == MAX
    assert not settings.budget.is_legal(MAX + 1)
    surge, allowed = settings.deployment_of(MAX), settings.budget.deploying(MAX)
    deployment = service.service()["deploymentConfiguration"]
    deployment = {**deployment, "maximumPercent": maximum_percent}
    before = service.addresses()
    with (
        psycopg.connect(database.superuser_url(service.database), autocommit=True) as watcher,
        load.on(service.url, websockets=2 * MAX) as traffic,
    ):
        traffic.flows(before)
        while {client.place for client in traffic.clients} != before:
            traffic.add("websocket", 1)
            traffic.flows(before)
        with (
            watching(lambda: count(watcher)) as connections,
            watching(lambda: len(service.alive()), pause=0.2) as tasks,
        ):
            done = service.deploy(f"at {maximum_percent}", deploymentConfiguration=deployment)
        traffic.flows(service.addresses())
    print(f"{maximum_percent} %: at most {max(connections)} connections, {max(tasks)} tasks")
    assert done.settled_seconds >= DRAIN
    assert MAX * maximum_percent // 100 <= max(tasks) <= surge.tasks
    assert max(connections) <= surge.tasks * PER_TASK == allowed.total - 2 - 10
    assert allowed.total <= LIMIT
    log = service.database.log.read_text()
    assert "too many clients" not in log
    assert "connection slots are reserved" not in log
    assert traffic.failed() == []


def count(watcher: psycopg.Connection[tuple[int]]) -> int:
    """Connections that the application holds."""
    row = watcher.execute(HELD).fetchone()
    assert row is not None
    return row[0]
