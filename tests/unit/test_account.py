"""The account that a dynamic resource acts on: how it is reached, and its clock."""

import sys
import threading
import traceback
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from infra.account import AccountError, connect, pauses, told_plainly
from tests.support.fake_aws import NOON, Refusal, shared


class FailedError(Exception):
    """What the code under test raises for what it foresees."""


@pytest.fixture(autouse=True)
def _traceback_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "tracebacklimit", 1000, raising=False)


def shown(error: Exception) -> str:
    """What Pulumi shows when a provider raises *error*."""
    try:
        with told_plainly(FailedError):
            raise error
    except Exception:
        return traceback.format_exc()


def test_now_is_the_date_of_the_latest_answer() -> None:
    """Time limits hold on AWS's clock, not on this machine's."""
    aws = shared()
    aws.reset(None)
    assert aws.account.now == NOON
    aws.now += timedelta(seconds=90)
    assert aws.account.now == NOON
    aws.account.require("123456789012")
    assert aws.account.now == NOON + timedelta(seconds=90)


def test_the_date_of_a_refusal_counts_too() -> None:
    """An error of AWS is an answer with a date as well."""
    aws = shared()
    aws.reset(None)
    aws.now += timedelta(hours=1)

    class Refusing:
        def describe_tasks(self, **_: Any) -> dict[str, Any]:
            raise Refusal("ClusterNotFoundException")

    aws.backend = Refusing()
    ecs = aws.account.client("ecs")
    with pytest.raises(ecs.exceptions.ClusterNotFoundException):
        ecs.describe_tasks(cluster="x", tasks=["y"])
    assert aws.account.now == NOON + timedelta(hours=1)


def test_pauses_grow_from_a_fifth_of_a_second_to_six() -> None:
    """Quick for a sandbox, slow for AWS's quotas."""
    first = [round(pause, 3) for pause in islice(pauses(), 12)]
    assert first[:3] == [0.2, 0.3, 0.45]
    assert first[-2:] == [6.0, 6.0]


def test_a_foreseen_failure_is_shown_without_its_stack() -> None:
    """A user's mistake is a message."""
    assert shown(FailedError("No.\nNext: yes.")).endswith("FailedError: No.\nNext: yes.\n")
    assert "File" not in shown(FailedError("No."))
    assert "File" not in shown(AccountError("Another account."))


def test_a_refusal_of_aws_is_shown_with_a_next_step() -> None:
    """What the SDK raises becomes the failure, with what to do."""
    told = shown(EndpointConnectionError(endpoint_url="http://127.0.0.1:1"))
    assert "Could not connect" in told
    assert "Next: " in told
    assert "File" not in told


def test_a_bug_keeps_its_stack() -> None:
    """An exception that nobody foresaw is shown whole, also after a foreseen one."""
    shown(FailedError("No."))
    assert "File" in shown(KeyError("taskDefinition"))


def test_an_unknown_profile_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile that the machine does not have is named."""
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    given = {"account": "1", "region": "eu-west-1", "profile": "nobody", "roleArn": ""}
    with pytest.raises(FailedError, match="nobody"), told_plainly(FailedError):
        connect(given)


class Sts(BaseHTTPRequestHandler):
    """STS on loopback: AssumeRole gives a key of its own, and the key tells who asks."""

    ANSWERS = {
        "AssumeRole": "<Credentials><AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>s"
        "</SecretAccessKey><SessionToken>t</SessionToken>"
        "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>",
        "role": "<Account>222222222222</Account>",
        "own": "<Account>111111111111</Account>",
    }

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        action = body.partition("Action=")[2].partition("&")[0]
        who = "role" if "Credential=ROLE/" in self.headers["Authorization"] else "own"
        content = self.ANSWERS["AssumeRole" if action == "AssumeRole" else who]
        answer = f"<R><{action}Result>{content}</{action}Result></R>".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Keep the test's output quiet."""


@pytest.fixture
def _sts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Sts) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "OWN")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
        yield
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("_sts")
@pytest.mark.parametrize(
    ("role_arn", "account"),
    [("", "111111111111"), ("arn:aws:iam::222222222222:role/deploy", "222222222222")],
)
def test_a_role_is_taken_on_before_the_account_is_compared(role_arn: str, account: str) -> None:
    """With a role the account is the role's, without one that of the environment's credentials."""
    given = {"region": "eu-west-1", "profile": "", "roleArn": role_arn}
    connect({**given, "account": account})
    with pytest.raises(AccountError, match=f"these credentials are of account {account}"):
        connect({**given, "account": "333333333333"})
