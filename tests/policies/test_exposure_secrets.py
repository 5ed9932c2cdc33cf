"""Secrets in plain text, by name and by shape, and what only looks like one."""

import base64
import json
from typing import Any

import pulumi_aws as aws
import pytest

from policies.exposure import RULES
from tests.policies.exposing import container, of_task
from tests.policies.judging import Finding, findings, fired
from tests.support.program import register

PLAIN = {("exposure-no-plain-secrets", "web")}
PINNED = {("exposure-image-pinned", "web")}
SECRET = "hunter2-Zk9"
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"
TOLD = "a value whose name says that it is secret"
ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:web-AbCdEf"


def variable(name: str, value: str) -> list[Finding]:
    """What is said of one environment variable."""
    return of_task(container(environment=[{"name": name, "value": value}]))


@pytest.mark.parametrize(
    "name",
    [
        "PASSWORD", "DB_PASSWORD", "PGPASSWORD", "dbPassword", "spring.datasource.password",
        "DB_PASS", "MYSQL_PWD", "REDIS_PASSWD", "KEY_PASSPHRASE", "SECRET", "CLIENT_SECRET",
        "SECRET_KEY_BASE", "AWS_SECRET_ACCESS_KEY", "TOKEN", "GITHUB_TOKEN", "apiToken", "API_KEY",
        "STRIPE_APIKEY", "x-api-key", "APIKey", "SIGNING_KEY", "RAILS_MASTER_KEY",
        "GCP_CREDENTIALS", "URL_SIGNING_SECRET", "API_TOKENS", "secrets",
    ],
)  # fmt: skip
def test_a_name_that_says_secret_is_refused(name: str) -> None:
    """A variable named like a password, key or token may not have a plain value."""
    (found,) = variable(name, SECRET)

    assert fired([found]) == PLAIN
    assert f"container app, environment.{name}: a value whose name says" in found.message
    assert "its ARN in `secrets` passes" in found.message
    assert SECRET not in found.message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", ""),
        ("DB_PASSWORD", "  "),
        ("DB_SECRET", ARN),
        ("DB_PASSWORD_FILE", "/run/secrets/db"),
        ("TOKEN_TTL_SECONDS", "3600"),
        ("TOKEN_ENDPOINT", "https://idp.example.com/token"),
        ("PASSWORD_MIN_LENGTH", "12"),
        ("MAX_TOKENS", "4096"),
        ("TOKENIZER_MODEL", "small"),
        ("USE_API_TOKEN", "true"),
        ("PWD", "/app"),
        ("LOG_LEVEL", "info"),
        ("KEYBOARD", "qwerty"),
        ("MONKEY", "banana"),
        ("CACHE_URL", "redis://cache.internal:6379/0"),
        ("CALLBACK", "https://example.com:8443/@scope/x"),
        ("REPOSITORY", "ssh://git@github.com/x/y"),
        ("DATABASE_URL", "postgres://app:$DB_PASSWORD@db/app"),
        ("JAVA_OPTS", "-Xmx512m -Dserver.port=3000 -Dtoken.ttl=60"),
        ("DATABASE_URL", "postgres://app:${DB_PASSWORD}@db/app"),
        ("DB_PASSWORD", "${FROM_ABOVE}"),
        ("START", "PASSWORD=$(cat /run/secrets/db) exec app"),
        ("CERTIFICATE", "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----"),
        ("CERTIFICATE", base64.b64encode(b"-----BEGIN CERTIFICATE-----\nMIIE").decode()),
        ("PUBLIC_KEY", "-----BEGIN PUBLIC KEY-----\nMIIE"),
        ("ORDER", "AKIAxyz"),
    ],
)
def test_what_is_no_secret_passes(name: str, value: str) -> None:
    """Empty values, references, places, limits and public things are no secrets."""
    assert variable(name, value) == []


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (f"postgres://app:{SECRET}@db.internal/app", "a password in a URL"),
        (f"redis://:{SECRET}@cache:6379", "a password in a URL"),
        (f"redis://:${SECRET}@cache:6379", "a password in a URL"),
        (f"amqp+ssl://app:{SECRET}@mq,amqps://app@mq2", "a password in a URL"),
        ("AKIAIOSFODNN7EXAMPLE", "an AWS access key id"),
        ("id=ASIAIOSFODNN7EXAMPLE;", "an AWS access key id"),
        (KEY, "a private key"),
        (KEY.replace("RSA ", ""), "a private key"),
        (KEY.replace("RSA ", "OPENSSH "), "a private key"),
        ("-----BEGIN PGP PRIVATE KEY BLOCK-----\n", "a private key"),
        (base64.b64encode(KEY.encode()).decode(), "a private key"),
        (base64.encodebytes(KEY.encode()).decode()[:-2], "a private key"),
        (f"jdbc:postgresql://db/app?user=app&password={SECRET}", TOLD),
        (f"Server=db;User Id=app;Password={SECRET};", TOLD),
        (f"-Xmx1g -Dspring.datasource.password={SECRET}", TOLD),
        (json.dumps({"user": "app", "apiKey": SECRET}), TOLD),
        (json.dumps({"db": {"password": SECRET}}, indent=1), TOLD),
    ],
)
def test_a_value_that_is_a_secret_is_refused(value: str, what: str) -> None:
    """Credentials in URLs and options, access keys and private keys are told by their shape."""
    (found,) = variable("SETTINGS", value)

    assert f"environment.SETTINGS: {what}" in found.message
    assert not any(part in found.message for part in (SECRET, "IOSFODNN7", "MIIE", "LS0t"))


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"command": ["sh", "-c", f"PGPASSWORD={SECRET} psql"]}, "command.2"),
        ({"command": ["app", "--db-password", SECRET]}, "command.2"),
        ({"entryPoint": ["app", f"--token={SECRET}"]}, "entryPoint.1"),
        (
            {"healthCheck": {"command": ["CMD", f"redis://:{SECRET}@cache"]}},
            "healthCheck.command.1",
        ),
        ({"dockerLabels": {"api-token": SECRET}}, "dockerLabels.api-token"),
        (
            {"logConfiguration": {"logDriver": "splunk", "options": {"splunk-token": SECRET}}},
            "logConfiguration.options.splunk-token",
        ),
        (
            {"firelensConfiguration": {"type": "fluentbit", "options": {"apikey": SECRET}}},
            "firelensConfiguration.options.apikey",
        ),
        ({"environment": {"DB_PASSWORD": SECRET}}, "environment.DB_PASSWORD"),
        ({"value": f"token={SECRET}"}, "app"),
        ({"Environment": [{"Name": "DB_PASSWORD", "Value": SECRET}]}, "Environment.DB_PASSWORD"),
    ],
)
def test_secrets_beside_the_environment_are_refused(more: Any, where: str) -> None:
    """Commands, labels and options are as readable; and keys reach AWS in any case."""
    (found,) = of_task(container(**more))

    assert f"container app, {where}: " in found.message
    assert SECRET not in found.message


@pytest.mark.parametrize(
    "more",
    [
        {"secrets": [{"name": "DB_PASSWORD", "valueFrom": ARN}]},
        {"repositoryCredentials": {"credentialsParameter": ARN}},
        {
            "logConfiguration": {
                "logDriver": "splunk",
                "options": {"splunk-url": "https://splunk"},
                "secretOptions": [{"name": "splunk-token", "valueFrom": ARN}],
            }
        },
        {"command": ["app", "--no-password", "--verbose"]},
        {"environment": [{"name": "PASSWORD"}, {"name": "TOKEN", "value": None}]},
        {"environment": None, "command": None},
    ],
)
def test_secrets_by_reference_pass(more: Any) -> None:
    """A secret that ECS reads when a task starts is given by its ARN."""
    assert of_task(container(**more)) == []


def test_a_dollar_sign_makes_no_reference() -> None:
    """A password may begin like a variable of a shell."""
    (found,) = variable("DB_PASSWORD", f"${SECRET}")

    assert TOLD in found.message


def test_a_secret_before_an_equals_sign_is_not_told() -> None:
    """Base64 ends with equals signs: what stands before them is no name to print."""
    (found,) = variable("SETTINGS", "zk9SecretHunter2==")

    assert "Hunter2" not in found.message


def test_every_container_is_read_and_each_secret_told() -> None:
    """A sidecar's secrets count, and each is a message of its own."""
    environment = [{"name": name, "value": SECRET} for name in ("A_TOKEN", "B_TOKEN")]
    found = of_task(container(), container(name="sidecar", environment=environment))

    assert [f.message.split(":")[1] for f in found] == [
        " container sidecar, environment.A_TOKEN",
        " container sidecar, environment.B_TOKEN",
    ]


@pytest.mark.parametrize(
    "text",
    ["{", f'["{SECRET}"]', f'[{{"name": "app", "image": ["{SECRET}"]}}, 5]'],
)
def test_what_cannot_be_read_is_refused_without_being_told(text: str) -> None:
    """Definitions that are malformed could not be verified; no message quotes them."""

    def program() -> None:
        aws.ecs.TaskDefinition("web", family="web", container_definitions=text)

    found = findings(register(program, stage="dev"), RULES)
    assert fired(found) >= PLAIN
    assert not any(SECRET in finding.message for finding in found)


def test_definitions_that_only_the_update_knows_are_refused() -> None:
    """Container definitions that hang on another resource could not be verified."""

    def program() -> None:
        later = aws.sns.Topic("later").arn
        aws.ecs.TaskDefinition("web", family="web", container_definitions=later)

    found = findings(register(program, preview=True, stage="dev"), RULES)
    assert fired(found) == PLAIN | PINNED
    assert all("containerDefinitions is not known before the update" in f.message for f in found)
