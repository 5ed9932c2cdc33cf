"""Seeded certificates and secrets: answered for exactly the ARNs that were named."""

import json
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.emulator import (
    REGION,
    Account,
    Emulator,
    free_port,
    refused,
    running,
    until,
)

pytestmark = pytest.mark.sandbox
OWNER = "111122223333"
CERTIFICATE = f"arn:aws:acm:{REGION}:{OWNER}:certificate/12345678-1234-1234-1234-123456789012"
SECRET = f"arn:aws:secretsmanager:{REGION}:{OWNER}:secret:web/database-AbCdEf"


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


def plant(emulator: Emulator, body: Any) -> tuple[int, str]:
    """A seed call; its status and what it says."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(f"{emulator.url}/_evenkeel/seed", data=data) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)["error"]


def test_seeded_arns_answer_in_any_account_and_after_a_kill(emulator: Emulator) -> None:
    """The ARNs of a stage file answer whichever account asks; others do not."""
    account = Account(emulator.url)
    assert (
        plant(emulator, {"certificates": [CERTIFICATE], "secrets": {SECRET: "hunter2"}})[0] == 200
    )
    for _ in range(2):
        found = account.acm.describe_certificate(CertificateArn=CERTIFICATE)["Certificate"]
        assert (found["CertificateArn"], found["Status"]) == (CERTIFICATE, "ISSUED")
        secret = account.secretsmanager.get_secret_value(SecretId=SECRET)
        assert (secret["SecretString"], secret["Name"]) == ("hunter2", "web/database")
        described = account.secretsmanager.describe_secret(SecretId=SECRET)
        assert described["ARN"] == SECRET
        emulator.stop(signal.SIGKILL)
        emulator.start()
    other = CERTIFICATE.replace("/1", "/2")
    missing = refused(account.acm.describe_certificate, CertificateArn=other)
    assert missing[0] == "ResourceNotFoundException"
    missing = refused(account.secretsmanager.get_secret_value, SecretId=SECRET + "x")
    assert missing[0] == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{", "the body is not JSON"),
        ([], "the body must be"),
        ({"certs": []}, "the body must be"),
        ({"certificates": ["arn:aws:acm:nowhere"]}, "certificates: 'arn:aws:acm:nowhere'"),
        ({"secrets": {"web/database": "x"}}, "secrets: 'web/database' is not such an ARN"),
        ({"databases": {"web": {"url": "x"}}}, "databases: web must have account, region, url"),
    ],
)
def test_bad_seed_is_refused(emulator: Emulator, body: Any, said: str) -> None:
    """A wrong body is named, with what it must be."""
    status, error = plant(emulator, body)
    assert status == 400
    assert said in error


def test_a_database_that_does_not_answer_is_said_once(emulator: Emulator) -> None:
    """S3-21: it has no data, and the log says which it is and why, not at every look."""
    url = f"postgresql://postgres:x@127.0.0.1:{free_port()}/app"
    gone = {"account": OWNER, "region": REGION, "url": url}
    said = "no connections of gone: OperationalError: connection failed"
    assert plant(emulator, {"databases": {"gone": gone}})[0] == 200
    until(lambda: said in emulator.log() or None, "it is said")
    other = {**gone, "region": "eu-north-1"}
    assert plant(emulator, {"databases": {"other": other}})[0] == 200
    until(lambda: "no connections of other" in emulator.log() or None, "the next look is over")
    assert emulator.log().count(said) == 1
