"""AWS as this provider speaks to it: one client a service, every request checked first."""

import threading
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeVar

import botocore.session
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from sandbox.provider import model
from sandbox.provider.requests import Request, request

_Found = TypeVar("_Found")


class AwsError(Exception):
    """A request that AWS, or this provider in AWS's place, does not accept.

    `code` is AWS's error code; `str()` is the code with the message.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class CancelledError(Exception):
    """The engine gave the update up while a resource was being waited for."""


class Aws:
    """One account and region. Clients are made when first needed and shared by all threads."""

    def __init__(self, region: str, default_tags: Mapping[str, str] | None = None) -> None:
        self.region = region
        self.default_tags = dict(default_tags or {})
        self.cancelled = threading.Event()
        self._making = threading.Lock()
        self._clients: dict[str, BaseClient] = {}
        self._session = botocore.session.Session()
        self._session.register_component("data_loader", model.LOADER)

    @cached_property
    def account(self) -> str:
        """The account's twelve digits."""
        return str(self.call("sts", "GetCallerIdentity")["Account"])

    @property
    def partition(self) -> str:
        """`aws`, or the partition of the region (`aws-cn`, `aws-us-gov`)."""
        prefixes = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
        return next((p for start, p in prefixes.items() if self.region.startswith(start)), "aws")

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a regional resource in this account."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def call(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        """The answer to one call. Raises AwsError with AWS's own code and message."""
        given = {name: value for name, value in parameters.items() if value is not None}
        return self.send(Request(service, operation, given))

    def send(self, asked: Request) -> dict[str, Any]:
        """The answer to a prepared request, judged by AWS's model first."""
        said = list(asked.refusals())
        if said:
            plural = "error" if len(said) == 1 else "errors"
            text = f"{len(said)} validation {plural} detected: {'; '.join(said)}"
            raise AwsError("ValidationException", text)
        client = self._client(asked.service)
        method = client.meta.method_to_api_mapping
        name = next(python for python, api in method.items() if api == asked.operation)
        try:
            answer: dict[str, Any] = getattr(client, name)(**asked.parameters)
        except ClientError as error:
            said_by_aws = error.response.get("Error", {})
            raise AwsError(
                str(said_by_aws.get("Code", "Unknown")), str(said_by_aws.get("Message", error))
            ) from error
        except (BotoCoreError, ResponseParserError) as error:
            raise AwsError(type(error).__name__, str(error)) from error
        return answer

    def carry(
        self, service: str, operation: str, properties: Mapping[str, Any], /, **given: Any
    ) -> dict[str, Any]:
        """The answer to the operation with every property it knows (see `requests.request`)."""
        return self.send(request(service, operation, properties, **given))

    def found(
        self, service: str, operation: str, /, *missing: str, **parameters: Any
    ) -> dict[str, Any] | None:
        """The answer, or None when AWS refuses with a code that ends in one of *missing*."""
        try:
            return self.call(service, operation, **parameters)
        except AwsError as refused:
            if refused.code.endswith(missing):
                return None
            raise

    def wait(
        self, what: str, look: Callable[[], _Found | None], *, seconds: float = 1200
    ) -> _Found:
        """What *look* finds, asked from every 0.05 s up to every 2 s.

        Raises AwsError after *seconds*, and CancelledError when the engine gives up.
        """
        pause, until = 0.05, time.monotonic() + seconds
        while True:
            seen = look()
            if seen is not None:
                return seen
            if time.monotonic() > until:
                raise AwsError("Timeout", f"waited {seconds:g} s for {what}")
            if self.cancelled.wait(pause):
                raise CancelledError(f"cancelled while waiting for {what}")
            pause = min(2.0, pause * 1.5)

    def _client(self, service: str) -> BaseClient:
        with self._making:
            if service not in self._clients:
                self._clients[service] = self._session.create_client(
                    service,
                    region_name=self.region,
                    # The walk of the model replaces botocore's own validation.
                    config=Config(
                        parameter_validation=False,
                        max_pool_connections=64,
                        retries={"mode": "standard", "total_max_attempts": 3},
                    ),
                )
            return self._clients[service]
