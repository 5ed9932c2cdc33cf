"""What AWS refuses in a command, as its user reads it."""

import sys
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops import cli

DENIED = "let the role do this (docs/operations.md lists every action), or use another"
WAIT = "wait until AWS answers again, and run the command again"
MEND = "this will not pass by itself: put right what AWS names, then run the command again"


@pytest.mark.parametrize(
    ("code", "http_status", "step"),
    [
        ("AccessDenied", 403, DENIED),
        ("ThrottlingException", 400, WAIT),
        ("ConcurrentUpdateException", 400, WAIT),
        ("TooManyUpdates", 400, WAIT),
        ("ConcurrentModificationException", 429, WAIT),
        ("InternalServerError", 500, WAIT),
        ("ServiceUnavailable", 503, WAIT),
        ("ValidationException", 400, MEND),
        ("LimitExceededException", 400, MEND),
    ],
)
def test_what_aws_refuses_has_no_trace(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    code: str,
    http_status: int,
    step: str,
) -> None:
    """A refusal anywhere is one message, status 3; only what passes by itself is waited for."""
    answer: Any = {
        "Error": {"Code": code, "Message": "no"},
        "ResponseMetadata": {"HTTPStatusCode": http_status},
    }

    def refused(*_: object, **__: object) -> None:
        raise ClientError(answer, "PutParameter")

    monkeypatch.setattr(cli, "reach", refused)
    monkeypatch.setattr(sys, "argv", ["evenkeel", "resume", "staging"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 3
    said = capsys.readouterr().err
    assert said == f"AWS refuses PutParameter: {code}: no\nNext: {step}.\n"
