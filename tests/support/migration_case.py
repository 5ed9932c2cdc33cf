"""A migration on a fake ECS, as tests set one up."""

from collections.abc import Sequence
from dataclasses import replace

from infra.migration_run import Outcome, run_once
from infra.migration_spec import Migration, migration_key
from tests.support.fake_aws import shared
from tests.support.fake_ecs import CLUSTER, FAMILY, Course, FakeEcs

IMAGE = "registry/web@sha256:" + "a" * 64
COMMAND = ("alembic", "upgrade", "head")


def fake(*courses: Course) -> FakeEcs:
    """A fresh account whose next tasks run *courses*, with one registered revision."""
    aws = shared()
    ecs = FakeEcs(aws)
    aws.reset(ecs)
    ecs.courses.extend(courses)
    ecs.register()
    return ecs


def migration(ecs: FakeEcs, *, image: str = IMAGE, command: Sequence[str] = COMMAND) -> Migration:
    """The migration of *image* on the newest revision, with a limit of 900 s."""
    return Migration(
        key=migration_key(image, command),
        image=image,
        command=command,
        cluster=CLUSTER,
        family=FAMILY,
        task_definition=ecs.revisions[-1],
        capacity_provider="FARGATE",
        subnet_ids=["subnet-1", "subnet-2"],
        security_group_ids=["sg-1"],
        log_group="/evenkeel/staging/migration",
        timeout_seconds=900,
    )


def run(ecs: FakeEcs, wanted: Migration | None = None, *, image: str = IMAGE) -> Outcome:
    """One update's run of it."""
    return run_once(wanted or migration(ecs, image=image), ecs.aws.account, sleep=ecs.aws.sleep)


def with_limit(wanted: Migration, seconds: int) -> Migration:
    """*wanted* with another time limit."""
    return replace(wanted, timeout_seconds=seconds)
