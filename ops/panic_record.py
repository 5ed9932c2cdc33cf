"""What a panic writes down before it changes anything: an SSM parameter of the stage's account."""

import shlex
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from infra.panic import parameter
from infra.scaled_service import ALL_SUSPENDED, Switch
from ops.errors import CANNOT_TELL, OpsError
from ops.reach import Reached

# "After deleting a parameter, wait for at least 30 seconds to create a parameter with the same
# name": DeleteParameter, API reference of Systems Manager.
WAIT_SECONDS = 40
PAUSE_SECONDS = 1.0


class _Section(BaseModel):
    """Read from JSON and from AWS's answers by AWS's own names."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class Target(_Section):
    """A scalable target: its bounds in tasks, and what of scaling is suspended."""

    min_capacity: int = Field(alias="MinCapacity", ge=0)
    max_capacity: int = Field(alias="MaxCapacity", ge=0)
    suspended_state: dict[Switch, bool] = Field(alias="SuspendedState")

    @property
    def is_suspended(self) -> bool:
        """Nothing moves the count: dynamic scaling in and out and scheduled scaling are off."""
        return self.suspended_state == ALL_SUSPENDED


class Was(_Section):
    """What there was before the panic; a service may have no scalable target."""

    desired_count: int = Field(alias="desiredCount", ge=0)
    target: Target | None


class Record(_Section):
    """A panic in force: since when on AWS's clock, who fixed the count last, what there was."""

    at: AwareDatetime
    by: str  # the caller's ARN
    count: int = Field(ge=0)
    forced: bool
    was: Was

    def as_data(self) -> dict[str, Any]:
        """The record in values that JSON has, in AWS's words."""
        return self.model_dump(mode="json", by_alias=True)


def read(reached: Reached) -> Record | None:
    """The record of the panic in force; None without one. Raises OpsError for a damaged one."""
    ssm = reached.client("ssm")
    name = parameter(reached.name)
    try:
        text = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    except ssm.exceptions.ParameterNotFound:
        return None
    try:
        return Record.model_validate_json(text)
    except ValidationError as error:
        raise OpsError(_damaged(reached, error), CANNOT_TELL) from None


def keep(reached: Reached, record: Record, say: Callable[[str], None]) -> Record | None:
    """The record that is there in the end: *record*, or one that somebody has written before.

    A parameter that was deleted just now may still be in the way; None where it is for longer
    than WAIT_SECONDS.
    """
    ssm = reached.client("ssm")
    for second in range(WAIT_SECONDS):
        with suppress(ssm.exceptions.ParameterAlreadyExists):
            _put(reached, record, overwrite=False)
        if (found := read(reached)) is not None:
            return found
        if second == 0:
            say(f"SSM does not show the record yet; waiting for it, up to {WAIT_SECONDS} s.")
        time.sleep(PAUSE_SECONDS)
    return None


def replace(reached: Reached, record: Record) -> None:
    """Write *record* over the one that is there."""
    _put(reached, record, overwrite=True)


def writing(reached: Reached, record: Record) -> str:
    """The command line that writes *record*."""
    return (
        f"{reached.aws} ssm put-parameter --name {parameter(reached.name)} --type String --value "
        f"{shlex.quote(record.model_dump_json(by_alias=True))}"
    )


def delete(reached: Reached) -> None:
    """Take the record away; one that is gone already is no error."""
    ssm = reached.client("ssm")
    with suppress(ssm.exceptions.ParameterNotFound):
        ssm.delete_parameter(Name=parameter(reached.name))


def _put(reached: Reached, record: Record, *, overwrite: bool) -> None:
    reached.client("ssm").put_parameter(
        Name=parameter(reached.name),
        Value=record.model_dump_json(by_alias=True),
        Type="String",
        Overwrite=overwrite,
    )


def _damaged(reached: Reached, error: ValidationError) -> str:
    name, ssm = parameter(reached.name), f"{reached.aws} ssm"
    first = error.errors()[0]
    at = ".".join(str(part) for part in first["loc"])
    return (
        f"the record of the panic, parameter {name}, cannot be read: {at and f'{at}: '}"
        f"{first['msg']}. It alone tells what there was before.\n"
        f"Next: `{ssm} get-parameter-history --name {name}` shows what it was; write that back "
        f"with `{ssm} put-parameter --overwrite --name {name} --value '…'`. If it is of no use, "
        f"`{ssm} delete-parameter --name {name}`, and run the command again."
    )
