"""AWS without a network: real botocore clients, whose calls a backend in this process answers.

botocore checks every request against AWS's own model before it gets here, and every answer is
checked against that model too, so that a test cannot rest on a field that AWS does not have.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from typing import Any, Protocol

import botocore.session
from botocore import xform_name
from botocore.validate import ParamValidator

from infra.account import Account

ACCOUNT = "123456789012"
REGION = "eu-west-1"
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


class Refusal(Exception):  # noqa: N818 -- AWS's answer, not this module's error
    """AWS answers a call with an error."""

    def __init__(self, code: str, message: str = "no") -> None:
        super().__init__(message)
        self.code = code


class Answer(Protocol):
    """What answers one operation: its parameters in, the parsed response out."""

    def __call__(self, **parameters: Any) -> dict[str, Any]: ...


class _Http:
    def __init__(self, status_code: int) -> None:
        self.status_code = status_code


class FakeAws:
    """An account with a clock that only `sleep` moves.

    Operations go to the method of `backend` that is named like the client's. `before` and `after`
    see the name of each operation, and may raise, as a killed process would stop there.
    """

    def __init__(self) -> None:
        self._parameters: dict[str, Any] = {}
        session = botocore.session.Session()
        session.set_credentials("AKIAEXAMPLE", "secret")
        session.register("before-parameter-build", self._keep)
        # The stubs know no handler that answers; botocore does.
        session.register("before-call", self._answer)  # type: ignore[arg-type]
        self.account = Account(session, REGION)
        self.reset(None)

    def reset(self, backend: object) -> None:
        """A new account, answered by *backend*, at noon."""
        self.backend = backend
        self.account_id = ACCOUNT
        self.now = NOON
        self.seconds_per_sleep = 10.0  # of the account's, for each of wall time
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.before: Callable[[str], None] = lambda _operation: None
        self.after: Callable[[str], None] = lambda _operation: None
        self.account.require(ACCOUNT)

    def sleep(self, seconds: float) -> None:
        """Move the clock; what `time.sleep` is to the code under test."""
        self.now += timedelta(seconds=seconds * self.seconds_per_sleep)

    def called(self, operation: str) -> list[dict[str, Any]]:
        """The parameters of every call of *operation*, in order."""
        return [parameters for name, parameters in self.calls if name == operation]

    def get_caller_identity(self) -> dict[str, Any]:
        return {"Account": self.account_id, "Arn": f"arn:aws:iam::{self.account_id}:user/deploy"}

    def _keep(self, **event: Any) -> None:
        self._parameters = event["params"]

    def _answer(self, **event: Any) -> tuple[_Http, dict[str, Any]]:
        model = event["model"]
        operation = xform_name(model.name)
        parameters = self._parameters  # before() may start another update, which makes calls too
        self.calls.append((operation, parameters))
        self.before(operation)
        owner = self if hasattr(FakeAws, operation) else self.backend
        answer: Answer = getattr(owner, operation)
        status, parsed = 200, {}
        try:
            parsed = answer(**parameters)
        except Refusal as refusal:
            status, parsed = 400, {"Error": {"Code": refusal.code, "Message": str(refusal)}}
        else:
            problems = ParamValidator().validate(parsed, model.output_shape)
            assert not problems.has_errors(), problems.generate_report()
        self.after(operation)
        headers = {"date": format_datetime(self.now, usegmt=True)}
        metadata = {"HTTPStatusCode": status, "HTTPHeaders": headers}
        return _Http(status), {**parsed, "ResponseMetadata": metadata}


@cache
def shared() -> FakeAws:
    """One for the whole process, because botocore's clients are slow to make; reset it first."""
    return FakeAws()
