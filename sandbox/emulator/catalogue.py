"""Which services the sandbox adds to ministack or puts in the place of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ministack.services import ec2 as ministack_ec2

from sandbox.emulator import (
    autoscaling,
    cloudwatch,
    ec2,
    ecs,
    elbv2,
    elbv2_targets,
    native,
    seed,
    wafv2,
)
from sandbox.emulator.ecs_records import Scaled
from sandbox.emulator.ecs_scheduler import Scheduler
from sandbox.emulator.images import Images
from sandbox.emulator.journal import Store

ECS = "evenkeel_ecs"
ELBV2 = "evenkeel_elasticloadbalancing"
EC2 = "evenkeel_ec2"
WAFV2 = "evenkeel_wafv2"
FOLLOWED = {ELBV2, WAFV2, "waf"}  # whose changes the data plane follows

# Modules whose records are kept, and which other modules' records their calls change.
JOURNALLED: dict[str, tuple[str, ...]] = {
    "acm": (),
    "cloudwatch": (),
    "cloudwatch_logs": (),
    "eventbridge": (),
    "iam": (),
    "s3": (),
    "secretsmanager": (),
    "sns": (),
    "sqs": (),
    "ssm": (),
    "evenkeel_application_autoscaling": ("cloudwatch", ECS),
    EC2: ("ec2",),
    ELBV2: (),
    WAFV2: ("waf",),
    ECS: (ELBV2, "cloudwatch_logs"),
}


@dataclass(frozen=True)
class Services:
    """What was installed: the stores to keep, and what moves by itself.

    `restored()` is called once the journal has put the stores back. `beat()` moves what the
    sandbox clock has made due and names the accounts that changed; `pause()` is the wall seconds
    until it should be called again.
    """

    stores: Mapping[str, Mapping[str, Store]]
    restored: Callable[[], None]
    beat: Callable[[], set[str]]
    pause: Callable[[], float]


def install(speed: float, images: Path, state: Path) -> Services:
    """Put our services over ministack's."""
    scheduler = Scheduler(Images(images), state, speed)
    elbv2_targets.use(scheduler.processes)
    services = {
        "evenkeel_application_autoscaling": autoscaling.service(Scaled()),
        ELBV2: elbv2.service(),
        ECS: ecs.service(scheduler),
        EC2: ec2.service(),
        WAFV2: wafv2.service(),
    }
    for service in services.values():
        native.install(service)
    seed.install()
    cloudwatch.install()
    stores = {name: service.stores for name, service in services.items()}
    return Services(
        stores={**stores, "seed": seed.STORES},
        restored=lambda: _restored(scheduler),
        beat=lambda: scheduler.beat() | elbv2_targets.end_drains(),
        pause=lambda: min(0.25, max(0.02, 0.5 / speed)),
    )


def _restored(scheduler: Scheduler) -> None:
    """Rebuild what is derived from the records and not kept."""
    scheduler.processes.reindex()
    ministack_ec2._infer_default_initialized_scopes_from_restored_stores()
