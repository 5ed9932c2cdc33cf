"""Wires the components of a stage: `build` is the table of contents of what is built."""

from datetime import UTC, datetime
from typing import Any

import pulumi
import pulumi_aws as aws

from infra import panic
from infra.cluster import Cluster, ClusterArgs
from infra.settings import Settings
from infra.wiring import entrance, operation, workload
from infra.wiring.place import Place


def build(settings: Settings, now: datetime | None = None) -> dict[str, pulumi.Input[Any]]:
    """Register everything of a stage and return its stack outputs.

    *now*, aware, decides which schedule's bounds are in force; the present when left out.
    """
    place = Place(
        settings,
        account=aws.get_caller_identity().account_id,
        now=now or datetime.now(UTC),
        **_credentials(),
    )
    hold = _is_held(place)
    network = entrance.network(place)
    cluster = Cluster(
        place.name,
        ClusterArgs(cluster_name=place.name, capacity_provider=place.capacity_provider),
    )
    balancer = entrance.load_balancer(place, network)
    waf = entrance.waf(place, balancer)
    ready: list[pulumi.Resource] = [
        *network.egress,
        cluster.capacity_providers,
        *balancer.rules,
        waf.association,
    ]
    migrations = workload.migrations(place, network)
    first = workload.before(place, migrations, ready)
    service = workload.service(place, network, cluster, balancer, [*ready, *first])
    scaling = operation.scaling(place, balancer, after=[service.ecs], hold=hold)
    # After the bounds, because it wants as many tasks as they ask for.
    rollout = workload.rollout(place, service, balancer, after=[scaling.target])
    workload.after(place, migrations, rollout)
    observability = operation.observability(place, balancer, waf)
    return {
        "url": balancer.url,
        "cluster": place.name,
        "service": place.name,
        "targetGroups": {use: group.arn for use, group in balancer.target_groups.items()},
        "dashboard": observability.dashboard_url,
        # For what the stage does not make: a database's security group lets the tasks in by these.
        "vpc": network.vpc_id,
        "taskSecurityGroup": network.task_security_group_id,
        "evenkeel": settings.as_data(),
    }


def _is_held(place: Place) -> bool:
    """Whether a panic is in force, which the update's output then says."""
    # By path, because a parameter that is not there is no error then.
    found = aws.ssm.get_parameters_by_path(path=panic.folder(place.name), with_decryption=False)
    records = dict(zip(found.names, found.values, strict=True))
    record = records.get(panic.parameter(place.name))
    if record is not None:
        pulumi.log.warn(panic.warning(place.settings.stage, record))
    return record is not None


def _credentials() -> dict[str, str]:
    """Profile and role of the AWS provider's configuration, for the calls that it does not make."""
    config = pulumi.Config("aws")
    roles = config.get_object("assumeRoles", []) or [{}]
    return {"profile": config.get("profile", ""), "role_arn": roles[-1].get("roleArn", "")}
