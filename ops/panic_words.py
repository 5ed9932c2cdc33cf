"""What panic and resume say in the same words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from infra.scaled_service import Switch
from ops.errors import CANNOT_TELL, OpsError, of_aws
from ops.panic_record import Record, Was
from ops.reach import Reached


def since(record: Record) -> str:
    """Who has fixed how many tasks, and since when a panic is in force."""
    at = f"{record.at:%Y-%m-%dT%H:%M:%SZ}"
    return f"A panic is in force since {at}: {record.by} fixed {record.count}."


def there_was(was: Was) -> str:
    """Count, bounds and suspensions on one line."""
    if was.target is None:
        return f"desired count {was.desired_count}, no scalable target"
    return (
        f"desired count {was.desired_count}, MinCapacity {was.target.min_capacity}, MaxCapacity "
        f"{was.target.max_capacity}, {suspended(was.target.suspended_state)}"
    )


def suspended(state: Mapping[Switch, bool]) -> str:
    """Which of the three kinds of scaling are suspended."""
    on = [switch for switch, is_on in state.items() if is_on]
    return ", ".join(on) if on else "nothing suspended"


def command(verb: str, reached: Reached) -> str:
    """The command line of *verb* for the same stage in the same place."""
    return f"evenkeel {verb} {reached.stage.stage}{' --sandbox' if reached.is_sandbox else ''}"


def update(reached: Reached) -> str:
    """The update that sees what the account has now: a state may think that nothing is to do."""
    return f"{reached.build} {'REFRESH=1' if reached.is_sandbox else '--refresh'}"


@contextmanager
def told_plainly(reached: Reached) -> Iterator[None]:
    """Turn what AWS refuses, and Ctrl-C, into one message of status 3."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise OpsError(
            f"{of_aws(error)}\nWhat is said above is done and stays; the same command again takes "
            "it up from there.",
            CANNOT_TELL,
        ) from None
    except KeyboardInterrupt:
        raise OpsError(
            "Interrupted. What is said above is done and stays, and so may the call under way.\n"
            f"Next: run the same command again, or `{command('resume', reached)}` to go back.",
            CANNOT_TELL,
        ) from None
