"""The provider's lookup of parameters by path, which tells the program of a panic."""

from pathlib import Path

import pytest
from pulumi_aws.ssm import GetParametersByPathResult

from sandbox.provider.invokes import INVOKES
from sandbox.provider.provider import AwsProvider
from sandbox.provider.table import TYPES
from tests.support.emulator import REGION, Account, running
from tests.support.provider import wire_names

pytestmark = pytest.mark.sandbox
BY_PATH = "aws:ssm/getParametersByPath:getParametersByPath"


def test_parameters_are_found_by_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """S0-22: those straight below the path, or none and no error; outputs as the SDK has them."""
    with running(tmp_path) as emulator:
        account = Account(emulator.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", account.name)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "sandbox")
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        provider = AwsProvider(TYPES, INVOKES)
        provider.configure({"region": REGION})

        none = provider.invoke(BY_PATH, {"path": "/a"})
        assert (none["names"], none["values"]) == ([], [])
        assert set(none) == wire_names(GetParametersByPathResult)

        for number in range(12):  # a page has ten
            account.ssm.put_parameter(Name=f"/a/{number:02}", Value=f"v{number}", Type="String")
        account.ssm.put_parameter(Name="/a/below/it", Value="deep", Type="StringList")
        account.ssm.put_parameter(Name="/ab", Value="beside", Type="String")
        found = provider.invoke(BY_PATH, {"path": "/a", "withDecryption": False})
        assert found["names"] == [f"/a/{number:02}" for number in range(12)]
        assert found["values"] == [f"v{number}" for number in range(12)]
        assert set(found["types"]) == {"String"}
        deep = provider.invoke(BY_PATH, {"path": "/a/", "recursive": True})
        assert "/a/below/it" in deep["names"]
