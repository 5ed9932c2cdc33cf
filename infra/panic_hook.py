"""A panic that began during an update: what the update has undone of it is fixed again.

The program asks for a panic when it starts. One that begins later is seen here, straight after
the update of the scalable target, which lifts the suspension and brings the count into the bounds.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pulumi

from infra import panic
from infra.account import AccountError, connect
from infra.scaled_service import ALL_SUSPENDED, ScaledService


class PanicUndoneError(Exception):
    """The update may have undone a panic, and could not fix it again."""


def fixing_again(
    stage: str, name: str, reach: Mapping[str, Any]
) -> Callable[[pulumi.ResourceHookArgs], None]:
    """The hook of the scalable target; *reach* is what `infra.account.connect` wants."""

    def fix_again(_args: pulumi.ResourceHookArgs) -> None:
        # Imported here: a preview runs no hook, and needs no SDK.
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            said = fix(stage, ScaledService(name, connect(reach).client))
        except (AccountError, ClientError, BotoCoreError) as error:
            raise PanicUndoneError(
                f"The bounds are set. If a panic began during this update, it is undone: {error}\n"
                f"Next: `evenkeel status {stage}`, and `evenkeel panic {stage} --count N` again if "
                "there is one; then run the same update again."
            ) from None
        if said:
            pulumi.log.warn(said)

    return fix_again


def fix(stage: str, scaled: ScaledService) -> str | None:
    """Suspend scaling and set the count again if a panic is in force; says so, or returns None.

    Raises what botocore raises.
    """
    record = _record(scaled)
    if record is None:
        return None
    scaled.register(SuspendedState=ALL_SUSPENDED)
    count = panic.fixed_count(record)
    if count is not None:
        scaled.want(count)
    return panic.fixed_again(stage, record)


def _record(scaled: ScaledService) -> str | None:
    # By path, as the program asks: whoever deploys may do that.
    pages = scaled.client("ssm").get_paginator("get_parameters_by_path")
    for page in pages.paginate(Path=panic.folder(scaled.name), WithDecryption=False):
        for found in page["Parameters"]:
            if found["Name"] == panic.parameter(scaled.name):
                return str(found["Value"])
    return None
