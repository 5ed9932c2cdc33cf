"""The accounts that a stage file lets its stage be in, as Pulumi's provider of AWS reads them."""

from collections.abc import Mapping
from typing import Any

from ops.errors import WRONG_USE, OpsError

ALLOWED, FORBIDDEN = "aws:allowedAccountIds", "aws:forbiddenAccountIds"


def check_account(account: str, config: Mapping[str, Any], file: str) -> None:
    """Raise OpsError (2) where *config*, that of the stage *file*, does not allow *account*.

    Its lists have account IDs (12 digits); one that is missing or empty says nothing.
    """
    allowed, forbidden = _ids(config, ALLOWED), _ids(config, FORBIDDEN)
    if account in forbidden:
        why = f"{FORBIDDEN} in {file} has it"
    elif allowed and account not in allowed:
        why = f"{ALLOWED} in {file} is {', '.join(allowed)}"
    else:
        return
    raise OpsError(
        f"These credentials are of account {account}, and {why}. Nothing was done there.\n"
        "Next: select the credentials of the stage's account: AWS_PROFILE, or aws:profile in the "
        "stage file; the sandbox's stage needs --sandbox.",
        WRONG_USE,
    )


def _ids(config: Mapping[str, Any], name: str) -> list[str]:
    return [str(each) for each in config.get(name) or []]
