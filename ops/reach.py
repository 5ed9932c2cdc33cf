"""Where a command acts: the AWS account of the environment, or this machine's sandbox."""

import os
import shlex
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Protocol

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra.account import in_role
from infra.scaled_service import ScaledService
from infra.settings import Settings, SettingsError
from infra.settings.stage_file import config_of
from ops.errors import A_FINDING, CANNOT_TELL, WRONG_USE, OpsError, of_aws
from ops.reach_guard import check_account
from sandbox import environment, stack, state
from sandbox.errors import WrongUseError
from sandbox.paths import PROJECT
from sandbox.paths import root as sandbox_root
from sandbox.servers import EMULATOR

# Throttled calls are made again for some seconds.
PATIENCE = Config(
    retries={"mode": "standard", "total_max_attempts": 5}, connect_timeout=4, read_timeout=20
)
# Who has no network shall not wait for it.
FIRST_LOOK = Config(
    retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=4, read_timeout=10
)
# The user's own profiles and their endpoints are nothing to the sandbox.
NO_FILES = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


class Connection(Protocol):
    """Clients of one account and region, and the time there."""

    def client(self, service: str) -> Any: ...
    @property
    def now(self) -> datetime: ...


class Connected:
    """A connection over botocore; `options` go into each client."""

    def __init__(self, session: "botocore.session.Session", region: str, **options: Any) -> None:
        self._session = session
        self._options: dict[str, Any] = {"region_name": region, "config": PATIENCE} | options
        self._clients: dict[str, Any] = {}
        self._seen: datetime | None = None
        session.register("after-call", self._note_date)

    def client(self, service: str) -> Any:
        """The client of *service*, made once."""
        if service not in self._clients:
            self._clients[service] = self._session.create_client(service, **self._options)
        return self._clients[service]

    @property
    def now(self) -> datetime:
        """AWS's time at its latest answer, aware: a sandbox's clock is not this machine's."""
        if self._seen is None:
            raise OpsError("AWS has not said what time it is there.", CANNOT_TELL)
        return self._seen

    def _note_date(self, **event: Any) -> None:
        date = event["parsed"].get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
        if date:
            self._seen = parsedate_to_datetime(date)


@dataclass(frozen=True)
class Reached:
    """A stage, and the account or sandbox in which a command acts on it."""

    stage: Settings
    described: str  # "account 123456789012 in eu-west-1", "the sandbox at http://127.0.0.1:4566"
    is_sandbox: bool
    connection: Connection
    endpoint: str | None = None  # the URL that is called in place of AWS's own
    profile: str | None = None  # the one of the `aws` command line; None: the environment's own

    def client(self, service: str) -> Any:
        """The boto3-style client of *service*."""
        return self.connection.client(service)

    @property
    def now(self) -> datetime:
        """AWS's time at its latest answer, aware."""
        return self.connection.now

    @property
    def name(self) -> str:
        """Name of the cluster and of the service."""
        return f"evenkeel-{self.stage.stage}"

    @property
    def build(self) -> str:
        """The command that brings what the stage file says."""
        stage = self.stage.stage
        return f"make up STAGE={stage}" if self.is_sandbox else f"pulumi up --stack {stage}"

    @property
    def aws(self) -> str:
        """The beginning of an `aws` command line that acts where this command acts."""
        words = ["aws", "--region", self.stage.region]
        words += ["--endpoint-url", self.endpoint] if self.endpoint else []
        words += ["--profile", self.profile] if self.profile else []
        keys = f"AWS_ACCESS_KEY_ID={environment.ACCOUNT} AWS_SECRET_ACCESS_KEY=sandbox "
        return f"{keys if self.is_sandbox else ''}{shlex.join(words)}"

    def no_service(self) -> OpsError:
        """What a command says that finds no service: status 1."""
        step = (
            f"is this the right stage? Build it: {self.build}."
            if self.is_sandbox
            else "is this the right stage and account? The sandbox's needs --sandbox."
        )
        message = f"There is no service {self.name} in {self.described}.\nNext: {step}"
        return OpsError(message, A_FINDING)

    @property
    def scaled(self) -> ScaledService:
        """The stage's service and its scalable target."""
        return ScaledService(self.name, self.client)


def reach(stage: str, *, sandbox: bool, root: Path | None = None) -> Reached:
    """The way to *stage*. `root` is the sandbox's folder, as in `sandbox.paths.root`.

    Raises OpsError: 2 for a stage that has no good file, or whose file does not allow the account;
    1 for a sandbox that is not up; 3 where the account does not let us in.
    """
    settings = _settings(stage)
    return _sandbox(settings, root) if sandbox else _account(settings)


def _settings(stage: str) -> Settings:
    try:
        return stack.settings_of(stage)
    except WrongUseError as error:
        raise OpsError(str(error), WRONG_USE) from None


def _sandbox(settings: Settings, root: Path | None) -> Reached:
    where = sandbox_root(root)
    known = state.read(where)
    if known is None or not EMULATOR.healthy(known.emulator):
        raise OpsError(
            f"the sandbox in {where.path} is not up; start it: make up STAGE={settings.stage}",
            A_FINDING,
        )
    session = botocore.session.Session(session_vars=NO_FILES)
    session.set_credentials(environment.ACCOUNT, "sandbox")
    # No proxies: what the environment names as one does not know this machine's loopback.
    own = PATIENCE.merge(Config(proxies={}))
    connected = Connected(session, settings.region, endpoint_url=known.url, config=own)
    return Reached(settings, f"the sandbox at {known.url}", True, connected, known.url)


def _account(settings: Settings) -> Reached:
    config = _aws_config(settings.stage)
    try:
        session = botocore.session.Session(profile=config.get("aws:profile") or None)
        session.set_config_variable("region", settings.region)
        # The last one, as for the program's own calls (infra/stack.py).
        roles = config.get("aws:assumeRoles") or [{}]
        role = roles[-1].get("roleArn")
        session = in_role(session, role) if role else session
        connected = Connected(session, settings.region)
        sts: Any = session.create_client("sts", region_name=settings.region, config=FIRST_LOOK)
        account = sts.get_caller_identity()["Account"]
    except (ClientError, BotoCoreError) as error:
        raise of_aws(error) from None
    check_account(account, config, f"Pulumi.{settings.stage}.yaml")
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    at = f" at {endpoint} (AWS_ENDPOINT_URL)" if endpoint else ""
    described = f"account {account} in {settings.region}{at}"
    # `aws` takes a role by a profile alone; without one it is told so, not let into this account.
    profile = f"<one that assumes {role}>" if role else config.get("aws:profile")
    return Reached(settings, described, False, connected, endpoint, profile)


def _aws_config(stage: str) -> dict[str, Any]:
    try:
        return config_of(PROJECT / f"Pulumi.{stage}.yaml")
    except SettingsError as error:
        raise OpsError(str(error), WRONG_USE) from None
