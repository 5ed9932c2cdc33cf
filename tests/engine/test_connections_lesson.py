"""The article's lesson on a whole sandbox: 20 connections a task, a limit of 90, a fifth task."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.application import connections, wait
from tests.support.whole import Live, Visitor, Whole

pytestmark = [pytest.mark.engine, pytest.mark.sandbox, pytest.mark.timeout(900)]

SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:evenkeel/lesson/database-AbCdEf"
STAGE = {
    "service.workers.count": 1,
    "service.warmUpSeconds": 600,
    "service.healthCheck.intervalSeconds": 10,
    "service.healthCheck.unhealthyThreshold": 10,  # a slow answer is the machine's affair
    "service.environment": {"LOG_LEVEL": "info"},
    "service.secrets": {"DATABASE_URL": SECRET},
    "deployment.timeoutSeconds": 3600,
    "database.connectionsPerTask": 20,
    "database.maxConnections": 90,
    "capacity.min": 4,
    "capacity.max": 5,
}
REFUSED = "5 tasks × 20 connections"
POSTGRESQL = "FATAL:  remaining connection slots are reserved for roles"


@pytest.fixture
def live(whole: Whole, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The stage, of which nothing exists."""
    made = whole.stage(tmp_path_factory.mktemp("lesson"), "lesson", STAGE)
    yield made
    made.end()


def test_the_fifth_task_is_refused_before_it_fails(live: Live) -> None:
    """S0-11, S0-12: the pack refuses the stage; without the pack PostgreSQL refuses the fifth."""
    refused = live.stack.up(preview=True)
    assert refused.status != 0
    assert "capacity-db-steady" in {found.policy for found in refused.violations()}
    assert REFUSED in refused.text
    assert live.stack.resources() == []

    created = replace(live.stack, packs=()).up()
    assert created.status == 0, created.text
    assert connections(live.database()) == 80

    with Visitor(live.address()) as visitor:
        live.scale(5)  # as target tracking would, within its bounds
        wait(lambda: any(POSTGRESQL in line for line in live.logged()))
        wait(lambda: 3 in live.exit_codes())
        live.scale(4)
        wait(lambda: connections(live.database()) == 80)
    assert visitor.failed() == []
