"""Whatever fails, wherever an update is killed: one success for a key, never two at once."""

from dataclasses import dataclass
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from infra.migration_failure import MigrationFailedError
from tests.support.fake_ecs import Course, FakeEcs
from tests.support.migration_case import fake, migration, run, with_limit

IMAGES = [f"registry/web@sha256:{letter * 64}" for letter in "ab"]

COURSES = st.builds(
    Course,
    exit_code=st.sampled_from([0, 0, 1, None]),
    after=st.sampled_from([0, 20, 200, None]),  # None: it hangs until it is stopped
    missing_for=st.sampled_from([0, 0, 15]),
    stop_takes=st.sampled_from([0, 90]),
)


IMAGE_OF: dict[int, str] = {}  # revision -> image


class KilledError(BaseException):
    """The process is gone: no handler of the code under test may run on it."""


@dataclass(frozen=True)
class Update:
    """One `up`. It dies around its *call*-th call of AWS, before or after that took effect."""

    image: str
    idle: int  # seconds until it starts; ECS shows a stopped task for an hour
    call: int | None
    has_effect: bool
    is_new_revision: bool


UPDATES = st.builds(
    Update,
    image=st.sampled_from(IMAGES),
    idle=st.integers(0, 180),
    call=st.none() | st.integers(1, 14),
    has_effect=st.booleans(),
    is_new_revision=st.booleans(),
)


def perform(ecs: FakeEcs, update: Update) -> bool:
    """Whether the update ended well."""
    ecs.aws.now += timedelta(seconds=update.idle)
    # A revision holds one image: another image is another revision, as the program has it.
    if update.is_new_revision or IMAGE_OF.get(len(ecs.revisions)) != update.image:
        ecs.register()
        IMAGE_OF[len(ecs.revisions)] = update.image
    first = len(ecs.aws.calls)

    def die(_operation: str) -> None:
        if len(ecs.aws.calls) - first == update.call:
            raise KilledError

    if update.has_effect:
        ecs.aws.after = die
    else:
        ecs.aws.before = die
    try:
        run(ecs, with_limit(migration(ecs, image=update.image), 300))
    except (KilledError, MigrationFailedError):
        return False
    finally:
        ecs.aws.before = ecs.aws.after = lambda _operation: None
    return True


@settings(max_examples=150, deadline=None)
@given(st.lists(COURSES, max_size=5), st.lists(UPDATES, max_size=5))
def test_exactly_one_success_for_a_key_and_never_two_at_once(
    courses: list[Course], updates: list[Update]
) -> None:
    """Updates fail, hang, race and die; each key still succeeds once, one run at a time (S0-03)."""
    ecs = fake(*courses)
    IMAGE_OF.clear()
    for update in updates:
        done_before = {task.started_by[:24] for task in ecs.successes()}
        wanted = migration(ecs, image=update.image).key
        if perform(ecs, update):
            assert wanted in {task.started_by[:24] for task in ecs.successes()}
        assert done_before <= {task.started_by[:24] for task in ecs.successes()}
    for image in IMAGES:
        last = Update(image, idle=0, call=None, has_effect=False, is_new_revision=False)
        assert any(perform(ecs, last) for _ in range(len(courses) + 2))
    assert sorted(task.started_by[:24] for task in ecs.successes()) == sorted(
        migration(ecs, image=image).key for image in IMAGES
    )
    assert ecs.most_at_once <= 1
