"""A live stage as the drill takes it, and what AWS says of its scaling."""

import urllib.request
from typing import Any

import botocore.session

from infra.migration_ledger import Ledger
from infra.migration_spec import migration_key
from ops.drill_run import Subject
from ops.drill_view import DrillView
from ops.reach import NO_FILES, Connected, Reached
from sandbox import database
from tests.support.emulator import until
from tests.support.live_service import PATIENCE, Live
from tests.support.stages import changed

MIGRATIONS = {"order": "before", "command": ["alembic", "upgrade", "head"]}


def subject(service: Live, **changes: Any) -> Subject:
    """What `evenkeel drill` would find, were the stage, with these changes, one of `make up`."""
    session = botocore.session.Session(session_vars=NO_FILES)
    session.set_credentials(service.account.name, "sandbox")
    region = service.settings.region
    connected = Connected(session, region, endpoint_url=service.emulator.url)
    settings = changed(service.settings, changes)
    reached = Reached(settings, "the sandbox of a test", True, connected)
    database_url = database.superuser_url(service.database)
    return Subject(reached, service.url, database_url, service.emulator.speed)


def note_migration(service: Live) -> None:
    """The ledger as an `up` of a stage with MIGRATIONS leaves it."""
    ecs, family = service.account.ecs, f"{service.name}-migration"
    revision = ecs.register_task_definition(
        family=family, containerDefinitions=[{"name": "migration", "image": "migration"}]
    )["taskDefinition"]
    key = migration_key(service.settings.service.image, MIGRATIONS["command"])
    Ledger(ecs, family).note_success(revision["taskDefinitionArn"], key, revision["registeredAt"])


def state(service: Live) -> tuple[object, ...]:
    """What a drill changes: bounds, what is suspended, desired count."""
    (target,) = service.account.application_autoscaling.describe_scalable_targets(
        ServiceNamespace="ecs"
    )["ScalableTargets"]
    bounds = target["MinCapacity"], target["MaxCapacity"]
    return bounds, target["SuspendedState"], service.service()["desiredCount"]


def rest(service: Live) -> None:
    """Waits until one task is there, and neither it nor another that it had beside it is busy."""

    view = DrillView(subject(service).reached)

    def calm() -> bool | None:
        service.update(desiredCount=1)
        cpu = view.look().cpu
        return (cpu is not None and cpu < 40 and len(service.alive()) == 1) or None

    until(calm, "one task at rest", seconds=PATIENCE)
    service.steady()


def activities(service: Live) -> list[dict[str, Any]]:
    """Everything that scaling has set, the oldest first."""
    found = service.account.application_autoscaling.describe_scaling_activities(
        ServiceNamespace="ecs"
    )["ScalingActivities"]
    return list(found[::-1])


def counts(found: list[dict[str, Any]]) -> list[int]:
    """What each of these activities has set."""
    return [int(each["Description"].rstrip(".").rpartition(" ")[2]) for each in found]


def history(service: Live) -> list[str]:
    """The states that the alarm at-max came to from OK or ALARM, the oldest first."""
    items = service.account.cloudwatch.describe_alarm_history(
        AlarmName=f"{service.name}-at-max", HistoryItemType="StateUpdate"
    )["AlarmHistoryItems"]
    states = [each["HistorySummary"].rpartition(" ")[2] for each in items[::-1]]
    return states[states.index("ALARM") :] if "ALARM" in states else []


def hold(service: Live, mebibytes: int) -> None:
    """Makes the task that answers hold so much memory."""
    asked = f"{service.url}/api/hold?mebibytes={mebibytes}"
    with urllib.request.urlopen(urllib.request.Request(asked, method="POST"), timeout=60) as answer:
        assert answer.status == 200
