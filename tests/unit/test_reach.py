"""Where a command acts, and what it says where it cannot get there."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from ops import reach as reaching
from ops.errors import OpsError
from ops.reach import Reached, reach
from ops.reach_guard import check_account
from sandbox import stack
from tests.support.emulator import free_port
from tests.support.fake_aws import shared
from tests.support.stages import ROOT, shipped


@pytest.fixture(autouse=True)
def _nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without credentials, whatever this machine has."""
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def refused(stage: str = "staging", *, sandbox: bool = False, root: Path | None = None) -> OpsError:
    """Why *stage* is not reached."""
    with pytest.raises(OpsError) as raised:
        reach(stage, sandbox=sandbox, root=root)
    return raised.value


def project(folder: Path, monkeypatch: pytest.MonkeyPatch, more: str) -> None:
    """A project whose staging has these lines more."""
    shutil.copy(ROOT / "Pulumi.staging.yaml", folder)
    file = folder / "Pulumi.staging.yaml"
    file.write_text(file.read_text().replace("config:\n", f"config:\n{more}", 1))
    monkeypatch.setattr(stack, "PROJECT", folder)
    monkeypatch.setattr(reaching, "PROJECT", folder)


def test_an_unknown_stage_is_wrong_use() -> None:
    """Status 2, with those that there are."""
    error = refused("prod")
    assert error.status == 2
    assert str(error) == (
        "STAGE is 'prod', but there is no Pulumi.prod.yaml; known: production, staging"
    )


def test_a_bad_stage_file_is_wrong_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Status 2, in the words of `pulumi preview`."""
    project(tmp_path, monkeypatch, "  evenkeel:capcity: {}\n")
    error = refused()
    assert error.status == 2
    assert "evenkeel:capcity" in str(error)


def test_a_sandbox_that_is_not_up_says_how_to_start_it(tmp_path: Path) -> None:
    """Status 1, before anything is asked of AWS."""
    error = refused("production", sandbox=True, root=tmp_path)
    assert error.status == 1
    assert str(error) == (
        f"the sandbox in {tmp_path} is not up; start it: make up STAGE=production"
    )


def test_without_credentials_the_next_step_is_said() -> None:
    """Status 3: how to sign in, or that the sandbox has its own switch."""
    error = refused()
    assert error.status == 3
    assert str(error) == (
        "There are no AWS credentials in this environment.\n"
        "Next: sign in (aws sso login), or set AWS_PROFILE or the stage's aws:profile; "
        "for the sandbox add --sandbox."
    )


def test_an_unknown_profile_of_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS_PROFILE counts, as for `aws`."""
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    error = refused()
    assert error.status == 3
    assert "The config profile (nobody) could not be found" in str(error)


def test_the_stage_s_own_profile_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """aws:profile of the stage file is over AWS_PROFILE, as for `pulumi`."""
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    project(tmp_path, monkeypatch, "  aws:profile: somebody\n")
    assert "The config profile (somebody) could not be found" in str(refused())


def test_an_account_that_does_not_answer_is_cannot_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Status 3, with the address and what to look at."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    error = refused()
    assert error.status == 3
    assert 'Could not connect to the endpoint URL: "http://127.0.0.1' in str(error)
    assert "Next: look at the network" in str(error)


@pytest.mark.parametrize(
    ("is_sandbox", "endpoint", "profile", "expected"),
    [
        (False, None, None, "aws --region eu-west-1"),
        (False, None, "ann", "aws --region eu-west-1 --profile ann"),
        (
            False,
            "http://127.0.0.1:5",
            None,
            "aws --region eu-west-1 --endpoint-url http://127.0.0.1:5",
        ),
        (
            True,
            "http://127.0.0.1:5",
            None,
            "AWS_ACCESS_KEY_ID=111122223333 AWS_SECRET_ACCESS_KEY=sandbox "
            "aws --region eu-west-1 --endpoint-url http://127.0.0.1:5",
        ),
    ],
)
def test_commands_to_paste_act_where_the_command_acts(
    is_sandbox: bool, endpoint: str | None, profile: str | None, expected: str
) -> None:
    """S0-20: what a message of the sandbox tells to run must not change the real stage."""
    there = Reached(shipped("staging"), "there", is_sandbox, shared().account, endpoint, profile)
    assert there.aws == expected


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"aws:allowedAccountIds": [], "aws:forbiddenAccountIds": None},
        {"aws:allowedAccountIds": ["222233334444", 123456789012]},
        {"aws:forbiddenAccountIds": ["222233334444"]},
    ],
)
def test_an_account_that_the_stage_file_allows_is_reached(config: dict[str, Any]) -> None:
    """As with Pulumi's provider: a list that is not there, or empty, says nothing."""
    check_account("123456789012", config, "Pulumi.staging.yaml")


@pytest.mark.parametrize(
    ("config", "why"),
    [
        (
            {"aws:allowedAccountIds": ["222233334444", "333344445555"]},
            "aws:allowedAccountIds in Pulumi.staging.yaml is 222233334444, 333344445555",
        ),
        (
            {
                "aws:allowedAccountIds": ["123456789012"],
                "aws:forbiddenAccountIds": ["123456789012"],
            },
            "aws:forbiddenAccountIds in Pulumi.staging.yaml has it",
        ),
    ],
)
def test_another_account_than_the_stage_file_allows_is_refused(
    config: dict[str, Any], why: str
) -> None:
    """Status 2: whose account it is, what the file says, how to get to the right one."""
    with pytest.raises(OpsError) as raised:
        check_account("123456789012", config, "Pulumi.staging.yaml")
    assert raised.value.status == 2
    assert str(raised.value) == (
        f"These credentials are of account 123456789012, and {why}. Nothing was done there.\n"
        "Next: select the credentials of the stage's account: AWS_PROFILE, or aws:profile in the "
        "stage file; the sandbox's stage needs --sandbox."
    )
