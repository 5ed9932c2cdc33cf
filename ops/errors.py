"""What goes wrong in a command and is said to the user as one message, without a trace."""

from typing import Final, Literal

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

A_FINDING: Final = 1
WRONG_USE: Final = 2
CANNOT_TELL: Final = 3
# Codes of services that speak of the same thing (common errors of each API reference).
OUTDATED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")
UNKNOWN = ("InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch")
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
# Of what passes by itself: throttling (botocore's standard retries list it) and concurrent updates.
# LimitExceededException is none, because Application Auto Scaling and ECS say it of a quota.
BUSY = (
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "ConcurrentUpdateException",
    "UpdateInProgressException",
    "TooManyUpdates",
)
TO_GET = "sign in (aws sso login), or set AWS_PROFILE or the stage's aws:profile"


class OpsError(Exception):
    """The command cannot do what was asked; the message names the cause and the next step.

    `status` is the exit status: 1 a finding, 2 wrong use, 3 cannot tell.
    """

    def __init__(self, message: str, status: Literal[1, 2, 3]) -> None:
        super().__init__(message)
        self.status = status


def of_aws(error: ClientError | BotoCoreError) -> OpsError:
    """What a refusal of AWS, or a failure to reach it, means to who runs the command: status 3."""
    return OpsError(f"{cause(error)}\nNext: {_step(error)}.", CANNOT_TELL)


def code_of(error: ClientError) -> str:
    """The code of AWS's refusal, such as AccessDeniedException."""
    return str(error.response.get("Error", {}).get("Code", ""))


def cause(error: ClientError | BotoCoreError) -> str:
    """What happened, on one line, with AWS's code and words where AWS has answered."""
    if isinstance(error, ClientError):
        message = error.response.get("Error", {}).get("Message", "")
        return f"AWS refuses {error.operation_name}: {code_of(error)}: {message}"
    if isinstance(error, NoCredentialsError):
        return "There are no AWS credentials in this environment."
    return f"{error}"


def _step(error: ClientError | BotoCoreError) -> str:
    if isinstance(error, ClientError):
        if code_of(error) in OUTDATED:
            return f"the credentials have expired: {TO_GET}"
        if code_of(error) in UNKNOWN:
            return f"AWS does not know these credentials: {TO_GET}"
        if code_of(error) in DENIED:
            return "let the role do this (docs/operations.md lists every action), or use another"
        if _passes(error):
            return "wait until AWS answers again, and run the command again"
        return "this will not pass by itself: put right what AWS names, then run the command again"
    if isinstance(error, _CREDENTIALS):
        return f"{TO_GET}; for the sandbox add --sandbox"
    if isinstance(error, (ConnectionError, HTTPClientError)):
        return "look at the network, the proxy, aws:region and AWS_ENDPOINT_URL, and run it again"
    return "put that right and run the command again"


def _passes(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return code_of(error) in BUSY or status == 429 or status >= 500


_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
