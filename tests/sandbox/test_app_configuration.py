"""What the application's environment may say, and what is said of a wrong one."""

import subprocess
from pathlib import Path

import pytest

from sandbox.app import configuration, rooms, serve
from sandbox.app.configuration import ConfigurationError
from sandbox.paths import PYTHON
from tests.support.application import FOLDER, environment

URL = "postgresql://app:secret@127.0.0.1:5432/app"


def test_the_environment_of_a_stage_is_read() -> None:
    """Each variable by its name; the warm-up is divided by the sandbox's speed."""
    given = configuration.read(
        {
            "HOST": "127.77.250.1",
            "PORT": "8080",
            "WEB_CONCURRENCY": "4",
            "DB_POOL_SIZE": "5",
            "DATABASE_URL": URL,
            "STAGE": "production",
            "LOG_LEVEL": "debug",
            "WARM_UP_SECONDS": "60",
            "SANDBOX_SPEED": "20",
            "RELEASE": "r7",
        }
    )
    assert (given.host, given.port, given.database_url) == ("127.77.250.1", 8080, URL)
    assert (given.workers, given.pool_size, given.warm_up) == (4, 5, 3.0)
    assert (given.stage, given.log_level, given.release) == ("production", "debug", "r7")


def test_only_the_database_must_be_given() -> None:
    """Outside the sandbox: all addresses, one worker, no warm-up, real time."""
    given = configuration.read({"DATABASE_URL": URL})
    assert (given.host, given.port) == ("0.0.0.0", 3000)
    assert (given.workers, given.pool_size, given.warm_up) == (1, 5, 0.0)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("PORT", "0", "a whole number from 1 to 65535"),
        ("PORT", "http", "a whole number from 1 to 65535"),
        ("WEB_CONCURRENCY", "0", "a whole number from 1 to 1000"),
        ("WEB_CONCURRENCY", "2.5", "a whole number from 1 to 1000"),
        ("DB_POOL_SIZE", "", "a whole number from 1 to 1000"),
        ("WARM_UP_SECONDS", "-1", "a number from 0 to 3600"),
        ("WARM_UP_SECONDS", "nan", "a number from 0 to 3600"),
        ("SANDBOX_SPEED", "0", "a number from 1 to 600"),
        ("LOG_LEVEL", "loud", "one of debug, info, warning, error, critical"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(name: str, value: str, allowed: str) -> None:
    """One sentence: the variable, its value, the allowed values."""
    with pytest.raises(ConfigurationError) as refused:
        configuration.read({"DATABASE_URL": URL, name: value})
    assert str(refused.value) == f"{name} is {value!r}; allowed is {allowed}."


def test_a_wrong_database_url_is_not_repeated() -> None:
    """It holds a password, and the log is read by more people than may know it."""
    with pytest.raises(ConfigurationError, match="does not start with postgresql://") as refused:
        configuration.read({"DATABASE_URL": "mysql://app:secret@db/app"})
    assert "secret@" not in str(refused.value)


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("command", "speaker"),
    [(["python", "serve.py"], "app"), (["alembic", "upgrade", "head"], "migrations")],
)
def test_without_a_database_url_a_task_says_so_and_exits_2(
    command: list[str], speaker: str
) -> None:
    """One line that names the variable and where it comes from; no trace."""
    done = subprocess.run(
        command, cwd=FOLDER, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == (
        f"{speaker}: DATABASE_URL is not set; allowed is "
        "postgresql://user:password@host:port/database. "
        "In the stage file it is evenkeel:service.secrets.DATABASE_URL.\n"
    )


def test_idle_connections_are_kept_longer_than_any_load_balancer_does() -> None:
    """An ALB's idle timeout is 4000 s at most; a task that closes first causes its 502s."""
    words = serve.command(configuration.read({"DATABASE_URL": URL}))
    assert Path(words[0]).parent == PYTHON.parent  # python or python3 of the same environment
    assert float(words[words.index("--keep-alive") + 1]) > 4000
    assert float(words[words.index("--graceful-timeout") + 1]) < 30  # ECS's default stopTimeout


def test_polling_is_for_tasks_of_one_worker() -> None:
    """S0-16: nothing brings the requests of one polling session to the same worker."""
    assert rooms.transports(1) == ["polling", "websocket"]
    assert rooms.transports(2) == ["websocket"]
