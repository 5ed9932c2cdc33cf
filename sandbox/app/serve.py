"""The image's command: checks the environment, then becomes gunicorn with aiohttp workers."""

import os
import sys

from sandbox.app import configuration
from sandbox.app.configuration import Configuration, ConfigurationError

GRACEFUL_TIMEOUT = 25  # seconds for requests in flight: less than ECS's default stopTimeout, 30
# Longer than any load balancer's idle timeout (an ALB's is 4000 s at most): were the task the first
# to close an idle connection, a request that is just then on its way would end in a 502.
KEEP_ALIVE = 4100


def command(given: Configuration) -> list[str]:
    """gunicorn's command line."""
    return [
        *(sys.executable, "-m", "gunicorn", "sandbox.app.application:create"),
        *("--bind", f"{given.host}:{given.port}"),
        *("--workers", str(given.workers), "--worker-class", "sandbox.app.worker.Worker"),
        "--preload",  # one import for all workers, and memory that they share: see readiness.py
        *("--graceful-timeout", str(GRACEFUL_TIMEOUT), "--keep-alive", str(KEEP_ALIVE)),
        *("--log-level", given.log_level, "--no-control-socket"),
    ]


def main() -> None:
    """Does not return. A wrong environment is one line on standard error, and exit code 2."""
    try:
        given = configuration.read(os.environ)
    except ConfigurationError as error:
        print(f"app: {error}", file=sys.stderr)
        sys.exit(2)
    if given.workers > 1:
        print(
            f"app: Socket.IO takes the websocket transport alone, as WEB_CONCURRENCY is"
            f" {given.workers}; polling needs a task of one worker",
            file=sys.stderr,
        )
    words = command(given)
    os.execv(words[0], words)


if __name__ == "__main__":
    main()
