"""The AWS account that a dynamic resource acts on: its clients, its identity, its clock."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import botocore.session

# A poll starts quick, for a sandbox whose minutes are seconds, and ends kind to AWS's quotas.
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 6.0
PAUSE_FACTOR = 1.5


class AccountError(Exception):
    """The account cannot be reached, or is not the one that the stack belongs to."""


class Account:
    """Clients of one account and region, and the time there.

    The clock is the `Date` header of AWS's own answers: the timestamps of tasks and deployments
    are on that clock, and the machine that runs the update may be on another.
    """

    def __init__(self, session: "botocore.session.Session", region: str) -> None:
        self._session = session
        self._region = region
        self._clients: dict[str, Any] = {}
        self._seen: datetime | None = None
        session.register("after-call", self._note_date)

    def client(self, service: str) -> Any:
        """The boto3-style client of *service*, made once."""
        if service not in self._clients:
            from botocore.config import Config

            self._clients[service] = self._session.create_client(
                service,
                region_name=self._region,
                config=Config(retries={"mode": "standard", "total_max_attempts": 8}),
            )
        return self._clients[service]

    @property
    def now(self) -> datetime:
        """The account's time at its latest answer."""
        if self._seen is None:
            raise AccountError("No answer of AWS has carried a Date header yet.")
        return self._seen

    def require(self, account: str) -> None:
        """Raise AccountError unless the credentials belong to *account* (12 digits)."""
        actual = self.client("sts").get_caller_identity()["Account"]
        if actual != account:
            raise AccountError(
                f"The stack belongs to account {account}, but these credentials are of account "
                f"{actual}. Nothing was called there. Select the credentials of {account} "
                "(AWS_PROFILE, or aws:profile in the stage file) and run the update again."
            )

    def _note_date(self, **event: Any) -> None:
        date = event["parsed"].get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
        if date:
            self._seen = parsedate_to_datetime(date)


def connect(props: Mapping[str, Any]) -> Account:
    """The account that a dynamic resource's *props* name, and the way there.

    With an empty `profile` the environment's own credentials, with a `roleArn` that role on top.
    Raises AccountError when the credentials are of another account.
    """
    # Imported here: the program registers the resources, and only an update needs the SDK.
    import botocore.session

    session = botocore.session.Session(profile=props["profile"] or None)
    session.set_config_variable("region", props["region"])
    if props["roleArn"]:
        session = in_role(session, props["roleArn"])
    opened = Account(session, props["region"])
    opened.require(props["account"])
    return opened


def in_role(own: "botocore.session.Session", role_arn: str) -> "botocore.session.Session":
    """A session in *role_arn*, renewed as long as it is used: a run may outlast the first hour."""
    import botocore.session
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

    fetcher = AssumeRoleCredentialFetcher(
        own.create_client,
        own.get_credentials(),
        role_arn,
        extra_args={"RoleSessionName": "evenkeel"},
    )
    session = botocore.session.Session()
    session._credentials = DeferredRefreshableCredentials(  # type: ignore[attr-defined]
        method="assume-role", refresh_using=fetcher.fetch_credentials
    )
    return session


def pauses() -> Iterator[float]:
    """Seconds of wall time between two looks: 0.2, then half as long again each time, up to 6."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        yield pause
        pause = min(pause * PAUSE_FACTOR, LONGEST_PAUSE_SECONDS)


@contextmanager
def told_plainly(failure: type[Exception]) -> Iterator[None]:
    """Turn what AWS refuses into *failure*, and show expected failures without their stack.

    Pulumi shows the formatted traceback of a provider's exception; with no frames in it, what
    remains is the message. Any other exception is a bug of ours and keeps its frames.
    """
    import botocore.exceptions as refused

    sys.tracebacklimit = 1000
    try:
        yield
    except (failure, AccountError):
        sys.tracebacklimit = 0
        raise
    except (refused.ClientError, refused.BotoCoreError) as error:
        sys.tracebacklimit = 0
        raise failure(
            f"{error}\nNext: give the credentials what the call needs, or wait until AWS answers "
            "again; then run the same update again."
        ) from None
