"""What a service or a migration starts: its task definition and the containers in it."""

import json
from typing import Any

from policies.migrations import migrators
from policies.plan import Plan, Resource
from policies.resource_types import TASK_DEFINITION


def definition(resource: Resource, plan: Plan) -> Resource | None:
    """The task definition of a service or a run; None where it is no part of the program."""
    sources = plan.behind(resource, "taskDefinition")
    return next((source for source in sources if source.type == TASK_DEFINITION), None)


def unverified(what: str) -> str:
    """What to say of a resource without one."""
    return (
        f"taskDefinition is no output of a TaskDefinition of this program, so that {what} could "
        "not be verified. The arn of one passes."
    )


def containers(of: Resource) -> list[Any]:
    """The container definitions of a task definition, as ECS reads them."""
    found: list[Any] = json.loads(of.props["containerDefinitions"])
    return found


def started(container: Any) -> list[migrators.Words]:
    """The single commands that *container* starts; what its image adds is not to be seen."""
    line = [*(container.get("entryPoint") or []), *(container.get("command") or [])]
    return migrators.commands(line)
