"""Elastic Container Service: the service's table of operations, its tags and account settings."""

from sandbox.emulator import (
    ecs_clusters,
    ecs_protection,
    ecs_run,
    ecs_service_views,
    ecs_services,
    ecs_task_definitions,
)
from sandbox.emulator.ecs_records import (
    STORES,
    clusters,
    definitions,
    services,
    settings,
    tag_list,
    tags,
    tasks,
)
from sandbox.emulator.ecs_scheduler import Scheduler
from sandbox.emulator.native import NativeService, Operation
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record


def service(scheduler: Scheduler) -> NativeService:
    """The service, in the place of ministack's; every call finds what is due done."""
    operations: dict[str, Operation] = {
        "CreateCluster": ecs_clusters.create,
        "DescribeClusters": ecs_clusters.describe,
        "ListClusters": ecs_clusters.listed,
        "UpdateCluster": ecs_clusters.update,
        "UpdateClusterSettings": ecs_clusters.update,
        "PutClusterCapacityProviders": ecs_clusters.put_providers,
        "DeleteCluster": ecs_clusters.delete,
        "DescribeCapacityProviders": _describe_providers,
        "RegisterTaskDefinition": ecs_task_definitions.register,
        "DescribeTaskDefinition": ecs_task_definitions.describe,
        "DeregisterTaskDefinition": ecs_task_definitions.deregister,
        "DeleteTaskDefinitions": ecs_task_definitions.delete,
        "ListTaskDefinitions": ecs_task_definitions.listed,
        "ListTaskDefinitionFamilies": ecs_task_definitions.families,
        "CreateService": ecs_services.create,
        "UpdateService": ecs_services.update,
        "DeleteService": ecs_services.delete,
        "DescribeServices": ecs_service_views.describe,
        "ListServices": ecs_service_views.listed,
        "RunTask": lambda request: ecs_run.run(request, scheduler.processes),
        "StopTask": ecs_run.stop,
        "DescribeTasks": ecs_run.describe,
        "ListTasks": ecs_run.listed,
        "UpdateTaskProtection": ecs_protection.protect,
        "GetTaskProtection": ecs_protection.protection,
        "TagResource": _tag,
        "UntagResource": _untag,
        "ListTagsForResource": lambda request: {"tags": tag_list(_known(request))},
        "PutAccountSetting": _put_setting,
        "PutAccountSettingDefault": _put_setting,
        "ListAccountSettings": _list_settings,
    }

    def settled(operation: Operation) -> Operation:
        def call(request: Record) -> Record | None:
            scheduler.settle()
            return operation(request)

        return call

    return NativeService(
        "ecs",
        "ecs",
        {name: settled(operation) for name, operation in operations.items()},
        STORES,
        validation_code="InvalidParameterException",
    )


def _describe_providers(request: Record) -> Record:
    wanted = request.get("capacityProviders") or list(ecs_clusters.PROVIDERS)
    known = [name for name in wanted if name in ecs_clusters.PROVIDERS]
    failures = [{"arn": n, "reason": "MISSING"} for n in wanted if n not in known]
    return {
        "capacityProviders": [{"name": name, "status": "ACTIVE"} for name in known],
        "failures": failures,
    }


def _known(request: Record) -> str:
    """The ARN of a call about tags; refused when it names nothing."""
    name: str = request["resourceArn"]
    named = {
        *(c["clusterArn"] for c in clusters.values()),
        *(d["taskDefinitionArn"] for d in definitions.values()),
        *(s["serviceArn"] for s in services.values() if s["status"] != "INACTIVE"),
        *tasks.keys(),
    }
    if name not in named:
        raise Refusal("InvalidParameterException", "The specified resource was not found.")
    return name


def _tag(request: Record) -> None:
    name = _known(request)
    given = {tag["key"]: tag.get("value", "") for tag in request["tags"]}
    merged = {tag["key"]: tag.get("value", "") for tag in tag_list(name)} | given
    if len(merged) > 50:
        raise Refusal("InvalidParameterException", "Too many tags: at most 50 per resource.")
    tags[name] = [{"key": key, "value": value} for key, value in merged.items()]


def _untag(request: Record) -> None:
    name = _known(request)
    gone = set(request["tagKeys"])
    tags[name] = [tag for tag in tag_list(name) if tag["key"] not in gone]


def _put_setting(request: Record) -> Record:
    settings[request["name"]] = request["value"]
    return {"setting": {"name": request["name"], "value": request["value"]}}


def _list_settings(request: Record) -> Record:
    wanted = request.get("name")
    found = [{"name": n, "value": v} for n, v in settings.items() if wanted in (None, n)]
    return {"settings": found}
