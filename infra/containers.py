"""Container definitions as JSON text, whole at the first preview, because policies read them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# What SIGTERM needs to reach the application, and what reaps its orphans, is a process 1 that
# forwards and waits; many images have none.
INIT = {"initProcessEnabled": True}


@dataclass(frozen=True, kw_only=True)
class Container:
    """The one container of a task. An empty *command* leaves the image its own."""

    name: str
    image: str
    command: Sequence[str]
    environment: Mapping[str, str]
    secrets: Mapping[str, str]  # variable -> ARN
    stop_timeout_seconds: int  # 2 to 120
    log_group: str
    region: str
    port: int | None = None


def definitions(container: Container) -> str:
    """*container* as ECS reads it.

    The root file system stays writable: images write pid files and caches where they please, and
    a task's disk is gone with the task.
    """
    definition: dict[str, Any] = {
        "name": container.name,
        "image": container.image,
        "essential": True,
        "environment": _sorted("value", container.environment),
        "secrets": _sorted("valueFrom", container.secrets),
        "linuxParameters": INIT,
        "stopTimeout": container.stop_timeout_seconds,
        "logConfiguration": {"logDriver": "awslogs", "options": _log(container)},
    }
    if container.command:
        definition["command"] = [*container.command]
    if container.port is not None:
        definition["portMappings"] = [
            {"containerPort": container.port, "hostPort": container.port, "protocol": "tcp"}
        ]
    return json.dumps([definition])


def _log(container: Container) -> dict[str, str]:
    return {
        "awslogs-group": container.log_group,
        "awslogs-region": container.region,
        "awslogs-stream-prefix": container.name,
    }


def _sorted(key: str, values: Mapping[str, str]) -> list[dict[str, str]]:
    # By name, so that a reordered stage file is no new revision.
    return [{"name": name, key: values[name]} for name in sorted(values)]
