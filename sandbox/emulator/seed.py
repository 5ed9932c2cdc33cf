"""What a stage names or needs and somebody else made: planted here, not created.

A secret is one of Secrets Manager or a parameter of SSM; tasks read either when they start.

`POST /_evenkeel/seed` `{"certificates": [arn, …], "secrets": {arn: value, …}}`. From then on ACM's
DescribeCertificate and Secrets Manager's DescribeSecret and GetSecretValue answer for exactly
those ARNs, whichever account asks: the ARN in a stage file names the account it will be in.
With `"databases": {identifier: {"account", "region", "url"}}` the connections of a PostgreSQL are
published as those of an RDS instance (`rds_metrics.py`); the URL is a superuser's.
"""

import json
import re
import time
from typing import Any

import ministack.app
from ministack.core.responses import AccountScopedDict, json_response

EVERYONE = "*"
_CERTIFICATE = re.compile(r"arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[\w-]+")
_SECRET = re.compile(
    r"arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+"
    r"|ssm:[a-z0-9-]+:\d{12}:parameter/[\w/.-]+)"
)

_DATABASE = {"account", "region", "url"}

certificates = AccountScopedDict()  # ARN -> when planted
secrets = AccountScopedDict()  # ARN -> {"value", "planted"}
_databases = AccountScopedDict()  # identifier -> {"account", "region", "url"}
STORES = {"certificates": certificates, "secrets": secrets, "databases": _databases}


class SeedError(ValueError):
    """The body of a seed call is not what it must be; the message says where."""


def plant(body: bytes) -> None:
    """Take over a seed call's body; raises SeedError, and then plants nothing."""
    try:
        data = json.loads(body or b"{}")
    except json.JSONDecodeError as error:
        raise SeedError(f"the body is not JSON: {error}") from error
    if not isinstance(data, dict) or set(data) - {"certificates", "secrets", "databases"}:
        form = '{"certificates": [arn, …], "secrets": {arn: value, …}, "databases": {…}}'
        raise SeedError(f"the body must be {form}")
    found, values = data.get("certificates", []), data.get("secrets", {})
    instances = data.get("databases", {})
    for identifier, database in instances.items():
        if not isinstance(database, dict) or set(database) != _DATABASE:
            raise SeedError(f"databases: {identifier} must have {', '.join(sorted(_DATABASE))}")
    for arn in found:
        _expect(_CERTIFICATE, arn, "certificates")
    for arn in values:
        _expect(_SECRET, arn, "secrets")
    for arn in found:
        certificates.set_scoped(EVERYONE, None, arn, time.time())
    for arn, value in values.items():
        text = value if isinstance(value, str) else json.dumps(value)
        secrets.set_scoped(EVERYONE, None, arn, {"value": text, "planted": time.time()})
    for identifier, database in instances.items():
        _databases.set_scoped(EVERYONE, None, identifier, database)


def databases() -> dict[str, dict[str, str]]:
    """The databases that have been planted, by identifier: their account, region and URL."""
    return {key[-1]: value for key, value in list(_databases._data.items())}


def knows_certificate(arn: str) -> bool:
    """Whether `arn` has been planted as a certificate."""
    return bool(certificates.contains_scoped(EVERYONE, None, arn))


def secret(arn: str) -> str | None:
    """What has been planted as the secret `arn`, if anything."""
    planted = secrets.get_scoped(EVERYONE, None, arn)
    return planted["value"] if planted is not None else None


def install() -> None:
    """Answer for planted ARNs before ministack's own ACM and Secrets Manager do."""
    handlers = ministack.app.SERVICE_HANDLERS
    handlers["acm"] = _before(handlers["acm"], _certificate)
    handlers["secretsmanager"] = _before(handlers["secretsmanager"], _secret)


def _expect(pattern: re.Pattern[str], arn: object, where: str) -> None:
    if not isinstance(arn, str) or not pattern.fullmatch(arn):
        raise SeedError(f"{where}: {arn!r} is not such an ARN")


def _before(handler: Any, planted: Any) -> Any:
    async def handle(
        method: str, path: str, headers: dict[str, str], body: bytes, query: Any
    ) -> Any:
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        answer = planted(action, body)
        return answer or await handler(method, path, headers, body, query)

    return handle


def _certificate(action: str, body: bytes) -> Any:
    if action not in ("DescribeCertificate", "ListTagsForCertificate"):
        return None
    arn = json.loads(body or b"{}").get("CertificateArn", "")
    planted = certificates.get_scoped(EVERYONE, None, arn)
    if planted is None:
        return None
    if action == "ListTagsForCertificate":
        return json_response({"Tags": []})
    names = {"DomainName": "sandbox.invalid", "SubjectAlternativeNames": ["sandbox.invalid"]}
    fixed = {"Status": "ISSUED", "Type": "IMPORTED", "KeyAlgorithm": "RSA_2048", "InUseBy": []}
    times = {"CreatedAt": planted, "ImportedAt": planted}
    return json_response({"Certificate": {"CertificateArn": arn, **names, **fixed, **times}})


def _secret(action: str, body: bytes) -> Any:
    if action not in ("GetSecretValue", "DescribeSecret"):
        return None
    arn = json.loads(body or b"{}").get("SecretId", "")
    planted = secrets.get_scoped(EVERYONE, None, arn)
    if planted is None:
        return None
    name = re.sub(r"-\w{6}$", "", arn.rpartition(":secret:")[2])
    common = {"ARN": arn, "Name": name, "CreatedDate": planted["planted"]}
    version = "00000000-0000-4000-8000-000000000001"
    if action == "DescribeSecret":
        return json_response({**common, "VersionIdsToStages": {version: ["AWSCURRENT"]}})
    value = {"VersionId": version, "SecretString": planted["value"]}
    return json_response({**common, **value, "VersionStages": ["AWSCURRENT"]})
