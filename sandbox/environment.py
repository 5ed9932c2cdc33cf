"""The environment in which the engine, its plugins and the program see a sandbox, and only it."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.errors import WrongUseError
from sandbox.paths import BIN, HOME, Root

ACCOUNT = "111122223333"  # the account of AWS's own examples; the emulator takes it from the key
PASSPHRASE = "sandbox"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def of(
    root: Root, url: str, region: str, account: str = ACCOUNT, home: Path = HOME
) -> dict[str, str]:
    """This process's environment, turned to the sandbox at `url`. Raises WrongUseError.

    `account` (12 digits) is the AWS account; `home` holds the only plugins that are used.
    """
    return {
        **_without_accounts(os.environ),
        **_aws(url, region, account),
        **_engine(root, home),
    }


def _without_accounts(given: Mapping[str, str]) -> dict[str, str]:
    """`given` without anything that says which AWS account or which Pulumi backend to use."""
    if url := given.get("AWS_ENDPOINT_URL"):
        _check(url)
    return {
        name: value for name, value in given.items() if not name.startswith(("AWS_", "PULUMI_"))
    }


def _check(url: str) -> None:
    if urlsplit(url).hostname not in LOOPBACK:
        raise WrongUseError(
            f"AWS_ENDPOINT_URL is {url!r}; the sandbox talks to this machine alone "
            f"({', '.join(LOOPBACK)}). Unset it; a real account is reached by `pulumi` itself."
        )


def _aws(url: str, region: str, account: str) -> dict[str, str]:
    _check(url)
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": ",".join(LOOPBACK),
        "no_proxy": ",".join(LOOPBACK),
    }


def _engine(root: Root, home: Path) -> dict[str, str]:
    return {
        "PULUMI_HOME": str(home),
        # Without side files: one that a killed engine leaves empty makes the stack unreadable.
        "PULUMI_BACKEND_URL": f"{root.stacks.as_uri()}?metadata=skip",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PATH": os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)]),
    }
