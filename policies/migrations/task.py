"""What migrations run as: a task of their own, on demand, and never the service's tasks."""

from collections.abc import Iterator, Sequence
from typing import Any

from pulumi_policy import Severity

from infra.settings import ExpandContract
from policies.facts import stage
from policies.migrations import migrators
from policies.migrations.containers import containers, definition, started, unverified
from policies.plan import Plan, Resource
from policies.resource_types import ECS_SERVICE, MIGRATION_RUN
from policies.rules import PlanRule, ResourceRule

FARGATE = "FARGATE"


def _separate(run: Resource, plan: Plan) -> Iterator[str]:
    own = definition(run, plan)
    if own is None:
        yield unverified("family, image and command")
        return
    found = (definition(service, plan) for service in plan.of_type({ECS_SERVICE}))
    services = [service for service in found if service is not None]
    family = own.props["family"]
    if any(service.props["family"] == family for service in services):
        yield (
            f"family {family} is the service's too, so its newest revision is one or the other: "
            "who deploys the family by name runs the migration as the service. "
            f"{family}-migration passes."
        )
    theirs = [containers(service) for service in services]
    yield from _same_image(containers(own), theirs)
    yield from _own_command(containers(own), theirs)


def _same_image(own: list[Any], theirs: list[list[Any]]) -> Iterator[str]:
    images = {container["image"] for container in own}
    served = [{container["image"] for container in service} for service in theirs]
    if served and not any(images <= service for service in served):
        yield (
            f"image {_listed(images)} is not the service's, so the schema is that of another "
            f"build. {_listed(served[0])} passes."
        )


def _own_command(own: list[Any], theirs: list[list[Any]]) -> Iterator[str]:
    served = [container.get("command") for service in theirs for container in service]
    given = [command for container in own if (command := container.get("command"))]
    if any(command not in served for command in given):
        return
    told = f"{_quoted(given[0])} is the service's too" if given else "is not given"
    yield (
        f"command {told}, so the migration's task starts what the service starts. A command that "
        "no container of the service has passes."
    )


def _not_in_service(service: Resource, plan: Plan) -> Iterator[str]:
    own = definition(service, plan)
    if own is None:
        if "taskDefinition" in service.props:  # a service with a controller of its own has none
            yield unverified("what its containers start")
        return
    known = [
        (container, command)
        for container in containers(own)
        for command in started(container)
        if migrators.migrates(command)
    ]
    # The stage is asked only where the words alone do not tell.
    for container, command in known or _declared(containers(own)):
        yield _refused(container, command)


def _declared(service: list[Any]) -> Iterator[tuple[Any, Sequence[str]]]:
    """Every container that starts what the stage says is a migration."""
    given = stage().migrations
    if given is None:
        return
    own = [given.expand, given.contract] if isinstance(given, ExpandContract) else [given.command]
    for container in service:
        for line in own:
            if migrators.runs(line, started(container)):
                yield container, line


def _refused(container: Any, command: Sequence[str]) -> str:
    given = " and ".join(key for key in ("entryPoint", "command") if container.get(key))
    return (
        f"{given} of container {container['name']} runs {_quoted(command)}, a migration, in every "
        "task that starts, in several at once. It belongs in a task of its own; an empty "
        f"{given}, which leaves the image its own, passes."
    )


def _on_demand(run: Resource) -> Iterator[str]:
    provider = run.props.get("capacityProvider")
    if provider != FARGATE:
        told = f"is {provider}" if provider else "is not given, so the cluster's default decides"
        yield (
            f"capacityProvider {told}: Spot ends a task at two minutes' notice, a migration "
            f"half-way. {FARGATE} passes."
        )


def _listed(images: set[str]) -> str:
    return ", ".join(sorted(images))


def _quoted(command: Sequence[str]) -> str:
    return f'"{" ".join(command)}"'


SEPARATE = PlanRule(
    name="migration-separate",
    description="A migration has its own task definition: same image, other family and command.",
    protects_from=(
        "A migration of another build than the one that is deployed, or a service that is "
        "deployed with the migration's command."
    ),
    source="Practice S0-01.",
    types={MIGRATION_RUN},
    judge=_separate,
    severity=Severity.HIGH,
    remediation=(
        "In a stage file, give migrations.command another value than service.command. Elsewhere, "
        "give the migration's TaskDefinition a family and a command of its own and the service's "
        "image."
    ),
)

NOT_IN_SERVICE = PlanRule(
    name="migration-not-in-service",
    description="No container of a service runs migrations.",
    protects_from=(
        "Every task that scaling or a deployment starts migrates, several at once, and a task "
        "that is slow to migrate fails its health check in the middle of it."
    ),
    source="Practices S0-02 and S3-07.",
    types={ECS_SERVICE},
    judge=_not_in_service,
    severity=Severity.CRITICAL,
    remediation=(
        "Take the migration out of evenkeel:service.command (elsewhere: out of entryPoint and "
        "command of the container) and give it as evenkeel:migrations.command."
    ),
)

ON_DEMAND = ResourceRule(
    name="migration-on-demand",
    description="A migration runs on demand, whatever the service runs on.",
    protects_from="Spot takes the task away in the middle of a schema change.",
    source="AWS: ECS developer guide, Fargate Spot termination notices; ECS API, RunTask.",
    types={MIGRATION_RUN},
    judge=_on_demand,
    severity=Severity.HIGH,
    remediation=(
        "Evenkeel's program always asks for FARGATE. Elsewhere, give the MigrationRun the "
        "capacityProvider FARGATE."
    ),
)
