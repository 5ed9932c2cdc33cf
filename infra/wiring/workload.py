"""What runs: the service and the migrations of a stage."""

from collections.abc import Sequence

import pulumi

from infra import capacity, migration_spec, schedules
from infra.cluster import Cluster
from infra.containers import Container
from infra.load_balancer import LoadBalancer
from infra.migrations import MigrationTask, MigrationTaskArgs
from infra.network import Network
from infra.rollout import Rollout, RolloutArgs
from infra.service import Deployment, Service, ServiceArgs
from infra.settings import ExpandContract, SingleMigration
from infra.wiring.place import Place

CONTAINER = "service"


def migrations(place: Place, network: Network) -> MigrationTask | None:
    """What migrations run as; None for a stage without any."""
    settings, given = place.settings, place.settings.migrations
    if given is None:
        return None
    # One process with the connections that the stage keeps for migrations.
    pool = str(settings.migration_connections)
    return MigrationTask(
        place.migration_family,
        MigrationTaskArgs(
            family=place.migration_family,
            container=_container(
                place,
                migration_spec.CONTAINER,
                {"WEB_CONCURRENCY": "1", "DB_POOL_SIZE": pool},
            ),
            commands=_commands(given),
            cpu=settings.service.cpu,
            memory_mib=settings.service.memory,
            timeout_seconds=given.timeout_seconds,
            cluster_name=place.name,
            subnet_ids=network.private_subnet_ids,
            security_group_ids=[network.task_security_group_id],
            log_retention_days=settings.observability.log_retention_days,
            region=place.region,
            account=place.account,
            profile=place.profile,
            role_arn=place.role_arn,
        ),
    )


def _commands(given: SingleMigration | ExpandContract) -> dict[str, Sequence[str]]:
    if isinstance(given, ExpandContract):
        return {"expand": given.expand, "contract": given.contract}
    return {"migrate": given.command}


def before(
    place: Place, task: MigrationTask | None, ready: Sequence[pulumi.Resource]
) -> list[pulumi.Resource]:
    """The migration that gates the service, if the stage's order has one."""
    given = place.settings.migrations
    if task is None or given is None or given.order == "after":
        return []
    return [task.run("expand" if given.order == "expandContract" else "migrate", after=ready)]


def rollout(
    place: Place, service: Service, balancer: LoadBalancer, after: Sequence[pulumi.Resource]
) -> Rollout:
    """The judgement of the deployment; what needs the new revision in place depends on it."""
    return Rollout(
        place.name,
        RolloutArgs(
            cluster_name=place.name,
            service_name=place.name,
            task_definition_arn=service.task_definition_arn,
            inputs_hash=service.inputs_hash,
            capacity_provider=place.capacity_provider,
            target_group_arns=[group.arn for group in balancer.target_groups.values()],
            timeout_seconds=place.settings.deployment.timeout_seconds,
            region=place.region,
            account=place.account,
            profile=place.profile,
            role_arn=place.role_arn,
        ),
        pulumi.ResourceOptions(depends_on=[service.ecs, *after]),
    )


def after(place: Place, task: MigrationTask | None, rollout: Rollout) -> None:
    """The migration that waits for the rollout, if the stage's order has one."""
    given = place.settings.migrations
    if task is None or given is None or given.order == "before":
        return
    task.run("contract" if given.order == "expandContract" else "migrate", after=[rollout])


def service(
    place: Place,
    network: Network,
    cluster: Cluster,
    balancer: LoadBalancer,
    after: Sequence[pulumi.Resource],
) -> Service:
    """The service, once all of *after* is there."""
    settings, service = place.settings, place.settings.service
    pool = settings.database.connections_per_task // service.workers.count
    return Service(
        place.name,
        ServiceArgs(
            service_name=place.name,
            family=f"{place.name}-service",
            container=_container(
                place,
                CONTAINER,
                {"WEB_CONCURRENCY": str(service.workers.count), "DB_POOL_SIZE": str(pool)},
            ),
            port=service.port,
            cpu=service.cpu,
            memory_mib=service.memory,
            cluster_arn=cluster.arn,
            capacity_provider=place.capacity_provider,
            initial_tasks=schedules.bounds_at(settings.capacity, place.now).min,
            deployment=_deployment(place),
            subnet_ids=network.private_subnet_ids,
            security_group_id=network.task_security_group_id,
            target_group_arns={use: g.arn for use, g in balancer.target_groups.items()},
            after=after,
            log_retention_days=settings.observability.log_retention_days,
            account=place.account,
        ),
    )


def _deployment(place: Place) -> Deployment:
    service, given = place.settings.service, place.settings.deployment
    check = service.health_check
    return Deployment(
        minimum_healthy_percent=given.minimum_healthy_percent,
        maximum_percent=given.maximum_percent,
        health_check_grace_seconds=capacity.time_to_healthy(
            service.warm_up_seconds,
            check.healthy_threshold,
            check.interval_seconds,
            check.timeout_seconds,
        ),
    )


def _container(place: Place, name: str, variables: dict[str, str]) -> Container:
    service = place.settings.service
    return Container(
        name=name,
        image=service.image,
        command=service.command,
        environment={
            **service.environment,
            "PORT": str(service.port),
            "STAGE": place.settings.stage,
            **variables,
        },
        secrets=service.secrets,
        stop_timeout_seconds=service.stop_timeout_seconds,
        log_group=f"/evenkeel/{place.settings.stage}/{name}",
        region=place.region,
    )
