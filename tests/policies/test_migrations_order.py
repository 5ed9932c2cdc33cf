"""A migration runs on the side of the service's change that the stage declares."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from policies.migrations.order import OLD_CODE_READY, ORDER
from tests.policies.judging import Scaling, findings, reasons, stage
from tests.policies.migrating import program, rollout, run, service, told

BEFORE = stage(migrations={"order": "before", "command": ["bin/schema"]})
AFTER = stage(migrations={"order": "after", "command": ["bin/schema"]})
BOTH = stage(
    migrations={"order": "expandContract", "expand": ["bin/add"], "contract": ["bin/drop"]}
)


def _before() -> None:
    service(after=[run()])


def _before_by_another() -> None:
    topic = aws.sns.Topic("between", opts=pulumi.ResourceOptions(depends_on=[run()]))
    service(after=[topic])


def _after() -> None:
    run(after=[rollout(service())])


def _both() -> None:
    judged = rollout(service(after=[run(phase="expand")]))
    run(phase="contract", after=[judged])


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize(
    ("config", "build"),
    [(BEFORE, _before), (BEFORE, _before_by_another), (AFTER, _after), (BOTH, _both)],
)
def test_the_declared_order_passes(config: Mapping[str, Any], build: Any, preview: bool) -> None:
    """S0-04, S3-08: by depends_on, directly or through another resource."""
    assert told(ORDER, build, config=config, preview=preview) == []


@pytest.mark.parametrize(
    ("config", "build", "says"),
    [
        (BEFORE, lambda: (run(), service()), "order before, and the service does not depend on"),
        (BEFORE, _after, "order before, and the service does not depend on migrate"),
        (AFTER, _before, "order after, and migrate does not depend on a Rollout of this service"),
        (AFTER, lambda: (service(), run(after=[rollout()])), "order after, and migrate does not"),
        (AFTER, lambda: (rollout(service()), run()), "order after, and migrate does not depend"),
        (AFTER, lambda: run(after=[service()]), "order after, and migrate does not depend"),
        (BOTH, _before, "order expandContract has a migration of phase expand"),
    ],
)
def test_another_order_is_refused(config: Mapping[str, Any], build: Any, says: str) -> None:
    """S0-04, S0-05: without the dependency, or with the opposite one, the order is by chance."""
    assert says in told(ORDER, build, config=config)[0]


def test_each_phase_is_judged_by_itself() -> None:
    """Of expand and contract, each may be missing or on the wrong side."""

    def swapped() -> None:
        judged = rollout(service(after=[run(phase="contract")]))
        run(phase="expand", after=[judged])

    expand, contract = told(ORDER, swapped, config=BOTH)
    assert "the service does not depend on expand" in expand
    assert "contract does not depend on a Rollout of this service" in contract

    def half() -> None:
        service(after=[run(phase="expand")])

    (message,) = told(ORDER, half, config=BOTH)
    assert "a migration of phase contract, and the program runs none" in message


def test_every_service_waits_for_the_migration() -> None:
    """A second service of the program has the same database."""

    def build() -> None:
        service(after=[run()])
        service(family="worker")

    (message,) = told(ORDER, build, config=BEFORE)
    assert message.startswith("worker: order before")


def test_a_migration_that_nothing_runs_is_refused() -> None:
    """S0-04: a stage with migrations, and a program that has none."""
    (message,) = told(ORDER, service, config=BEFORE)

    assert "order before has a migration of phase migrate, and the program runs none" in message
    assert 'MigrationTask.run("migrate", …) passes' in message


@pytest.mark.parametrize("build", [service, _before, _after])
def test_a_stage_without_migrations_declares_no_order(build: Any) -> None:
    """Nothing declared, nothing to keep."""
    assert told(ORDER, build, config=stage()) == []


def test_a_foreign_service_without_a_stage_is_not_judged() -> None:
    """Ours without a stage is a violation; another's has no order to keep."""
    (message,) = told(ORDER, lambda: service(parent=Scaling()), config={})
    assert "no evenkeel: setting has reached the policy pack" in message

    foreign = program(service, config={})
    assert findings(foreign, [ORDER]) == []
    assert set(reasons(foreign, [ORDER])) == {"migration-order"}


def test_a_late_migration_tells_how_long_new_code_meets_the_old_schema() -> None:
    """S3-08: 900 s of rollout and 900 s of migration by default, and as the stage says."""
    (message,) = told(OLD_CODE_READY, _after, config=AFTER)
    assert "900 s of rollout + 900 s of migration = 1800 s" in message

    slow = {"order": "after", "command": ["bin/schema"], "timeoutSeconds": 60}
    config = stage(migrations=slow, deployment={"timeoutSeconds": 1000})
    (message,) = told(OLD_CODE_READY, _after, config=config)
    assert "1000 s of rollout + 60 s of migration = 1060 s" in message


def test_it_is_advice() -> None:
    """S3-08: the order is a choice of the stage, so the preview goes on."""
    assert OLD_CODE_READY.advisory


@pytest.mark.parametrize(("config", "build"), [(BEFORE, _before), (BOTH, _both), (stage(), run)])
def test_other_orders_need_no_advice(config: Mapping[str, Any], build: Any) -> None:
    """S0-04: before the service, or expanded before it, the new code has its schema."""
    assert told(OLD_CODE_READY, build, config=config) == []
