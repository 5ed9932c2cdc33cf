"""The emulator as a thread of the data plane speaks to it."""

import json
import time
import urllib.request
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from sandbox.dataplane.snapshot import Scope

# Refusals with a 4xx status that say "not now" (common errors; CloudWatch Logs, WAFV2 API).
_NOT_NOW = (
    "LimitExceededException",
    "OperationAbortedException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
)


@dataclass(frozen=True)
class Clock:
    """The sandbox's clock beside the machine's, at one moment."""

    wall: float
    now: float
    speed: float

    def sandbox(self, wall: float) -> float:
        """The sandbox second of a moment of the machine's clock, not after this one."""
        return self.now - max(0.0, self.wall - wall) * self.speed


class Emulated:
    """The emulator at `url`, for one thread: boto3's sessions are not to be shared."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = boto3.Session()
        self._clients: dict[tuple[str, Scope], Any] = {}

    def client(self, service: str, scope: Scope) -> Any:
        """A client of the scope, each made once. Its account is its access key."""
        if (service, scope) not in self._clients:
            self._clients[service, scope] = self._session.client(
                service,  # type: ignore[call-overload]
                endpoint_url=self._url,
                region_name=scope.region,
                aws_access_key_id=scope.account,
                aws_secret_access_key="sandbox",
            )
        return self._clients[service, scope]

    def clock(self) -> Clock:
        """What time it is there."""
        with urllib.request.urlopen(f"{self._url}/_evenkeel/clock", timeout=10) as answer:
            found = json.loads(answer.read())
        return Clock(time.time(), float(found["now"]), float(found["speed"]))


def for_good(error: ClientError) -> bool:
    """Whether the same call would be refused again, however often."""
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return 400 <= status < 500 and error.response["Error"]["Code"] not in _NOT_NOW
