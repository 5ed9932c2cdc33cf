"""Which services the sandbox adds to ministack or puts in the place of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ministack.services import ec2 as ministack_ec2

from sandbox.emulator import (
    autoscaling,
    autoscaling_firing,
    cloudwatch,
    cloudwatch_alarms,
    ec2,
    ecs,
    elbv2,
    elbv2_targets,
    logs_metric_filters,
    native,
    seed,
    wafv2,
)
from sandbox.emulator.autoscaling_actions import Actor
from sandbox.emulator.ecs_metrics import ServiceMetrics
from sandbox.emulator.ecs_records import Scaled
from sandbox.emulator.ecs_scheduler import Scheduler
from sandbox.emulator.images import Images
from sandbox.emulator.journal import Store
from sandbox.emulator.rds_metrics import DatabaseMetrics

AUTOSCALING = "evenkeel_application_autoscaling"
CLOUDWATCH = "cloudwatch"
ECS = "evenkeel_ecs"
ELBV2 = "evenkeel_elasticloadbalancing"
EC2 = "evenkeel_ec2"
WAFV2 = "evenkeel_wafv2"
FOLLOWED = {ELBV2, WAFV2, "waf"}  # whose changes the data plane follows

# Modules whose records are kept, and which other modules' records their calls change.
JOURNALLED: dict[str, tuple[str, ...]] = {
    "acm": (),
    CLOUDWATCH: ("sqs",),  # what alarms tell
    "cloudwatch_logs": (),
    "eventbridge": (),
    "iam": (),
    "s3": (),
    "secretsmanager": (),
    "sns": (),
    "sqs": (),
    "ssm": (),
    AUTOSCALING: (CLOUDWATCH, ECS),
    EC2: ("ec2",),
    ELBV2: (),
    WAFV2: ("waf",),
    ECS: (ELBV2, "cloudwatch_logs", "sqs"),
}


@dataclass(frozen=True)
class Services:
    """What was installed: the stores to keep, and what moves by itself.

    `restored()` is called once the journal has put the stores back. `beat()` moves what the
    sandbox clock has made due and names the services and accounts that changed; `pause()` is the
    wall seconds until it should be called again.
    """

    stores: Mapping[str, Mapping[str, Store]]
    restored: Callable[[], None]
    beat: Callable[[], set[tuple[str, str]]]
    pause: Callable[[], float]


def install(speed: float, images: Path, state: Path, vcpu: float) -> Services:
    """Put our services over ministack's; `speed` is 0 where the clock is moved by hand."""
    scheduler = Scheduler(Images(images), state, speed)
    elbv2_targets.use(scheduler.processes)
    scalable = Scaled()
    services = {
        AUTOSCALING: autoscaling.service(scalable),
        ELBV2: elbv2.service(),
        ECS: ecs.service(scheduler),
        EC2: ec2.service(),
        WAFV2: wafv2.service(),
    }
    for service in services.values():
        native.install(service)
    seed.install()
    cloudwatch.install()
    logs_metric_filters.install()
    stores = {name: service.stores for name, service in services.items()}
    return Services(
        stores={**stores, "seed": seed.STORES},
        restored=lambda: _restored(scheduler),
        beat=_Moving(scheduler, scalable, vcpu).beat,
        pause=lambda: min(0.25, max(0.02, 0.5 / speed)),
    )


class _Moving:
    """What moves by itself: tasks, then what they use, then schedules, alarms, and scaling."""

    def __init__(self, scheduler: Scheduler, scalable: Scaled, vcpu: float) -> None:
        self._scheduler = scheduler
        self._metrics = ServiceMetrics(scheduler.processes, vcpu)
        self._databases = DatabaseMetrics()
        self._scalable = scalable
        self._actor = Actor(scalable)
        cloudwatch_alarms.use("arn:aws:autoscaling:", self._actor.alarmed)
        # Kept from beat to beat, because a part that fails must not lose what others have changed.
        self._changed: set[tuple[str, str]] = set()

    def beat(self) -> set[tuple[str, str]]:
        """One look at all of it; the services and accounts in which something changed."""
        self._note(ECS, self._scheduler.beat())
        self._note(ECS, elbv2_targets.end_drains())
        self._metrics.beat()
        self._databases.beat()
        self._note(AUTOSCALING, autoscaling_firing.beat(self._scalable))
        self._note(CLOUDWATCH, cloudwatch_alarms.beat())
        self._note(AUTOSCALING, self._actor.beat())
        changed, self._changed = self._changed, set()
        return changed

    def _note(self, service: str, accounts: set[str]) -> None:
        self._changed |= {(service, account) for account in accounts}


def _restored(scheduler: Scheduler) -> None:
    """Rebuild what is derived from the records and not kept."""
    scheduler.processes.reindex()
    ministack_ec2._infer_default_initialized_scopes_from_restored_stores()
