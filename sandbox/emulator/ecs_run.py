"""Single tasks: run, stopped, listed and described."""

import json

from sandbox.emulator import ecs_events, ecs_tasks
from sandbox.emulator.ecs_clusters import check_strategy
from sandbox.emulator.ecs_placement import NO_CAPACITY, launch
from sandbox.emulator.ecs_processes import Processes
from sandbox.emulator.ecs_records import (
    arn,
    cluster,
    service,
    short,
    tag_list,
    tags,
    tasks,
    tokens,
    usable_definition,
)
from sandbox.emulator.ecs_service_checks import check_network
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record


def run(request: Record, processes: Processes) -> Record:
    """RunTask: up to ten tasks; one token starts them once, and no capacity is a failure."""
    home = cluster(request.get("cluster"))
    token = request.get("clientToken")
    asked = json.dumps({n: v for n, v in request.items() if n != "clientToken"}, sort_keys=True)
    if token and (known := tokens.get(token)):
        return _again(known, asked)
    task_definition = usable_definition(request["taskDefinition"])
    _check(request, task_definition, home)
    started: list[Record] = []
    for _ in range(request.get("count", 1)):
        task = ecs_tasks.create(
            home, task_definition, _given(request, task_definition, home), processes
        )
        if task["_process"]["behaviour"].get("noCapacity"):
            tasks.pop(task["taskArn"])
            failure = {"arn": task["taskArn"], "reason": NO_CAPACITY}
            return {"tasks": [_seen(t, {"TAGS"}) for t in started], "failures": [failure]}
        tags[task["taskArn"]] = request.get("tags", [])
        ecs_events.tell(task)
        started.append(task)
    if token:
        tokens[token] = {"asked": asked, "tasks": [t["taskArn"] for t in started]}
    return {"tasks": [_seen(t, {"TAGS"}) for t in started], "failures": []}


def _again(known: Record, asked: str) -> Record:
    """The answer to a client token that was used before."""
    if known["asked"] != asked:
        raise Refusal(
            "ConflictException",
            "The RunTask request could not be processed due to conflicts. The provided"
            " clientToken was already used with a different request.",
        )
    started = [task for name in known["tasks"] if (task := tasks.get(name))]
    return {"tasks": [_seen(task, {"TAGS"}) for task in started], "failures": []}


def _given(request: Record, task_definition: Record, home: Record) -> Record:
    strategy = request.get("capacityProviderStrategy")
    if not strategy and "launchType" not in request:
        strategy = home["defaultCapacityProviderStrategy"]
    overrides = request.get("overrides") or {}
    containers = overrides.get("containerOverrides", [])
    return {
        "group": request.get("group", f"family:{task_definition['family']}"),
        "startedBy": request.get("startedBy"),
        "enableExecuteCommand": request.get("enableExecuteCommand", False),
        "networkConfiguration": request.get("networkConfiguration") or {},
        "overrides": {
            "inferenceAcceleratorOverrides": [],
            **overrides,
            "containerOverrides": containers,
        },
        **launch({**request, "capacityProviderStrategy": strategy}, []),
    }


def _check(request: Record, task_definition: Record, home: Record) -> None:
    if not 1 <= request.get("count", 1) <= 10:
        raise _invalid("count must be from 1 to 10.")
    if request.get("launchType") and request.get("capacityProviderStrategy"):
        raise _invalid(
            "Specifying both a launch type and capacity provider strategy is not supported."
            " Remove one and try again."
        )
    check_strategy(request.get("capacityProviderStrategy") or [], home)
    network = (request.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    if task_definition.get("networkMode") == "awsvpc" and not network:
        raise _invalid(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        )
    check_network(network or {})
    known = {c["name"] for c in task_definition["containerDefinitions"]}
    for override in (request.get("overrides") or {}).get("containerOverrides", []):
        if override.get("name") not in known:
            raise _invalid(
                f"Override for container named {override.get('name')} is not a container"
                " in the TaskDefinition."
            )


def stop(request: Record) -> Record:
    """StopTask: SIGTERM at once, without waiting for the load balancer; never lowers a count."""
    task = find(request.get("cluster"), request["task"])
    if task is None:
        raise _invalid("The referenced task was not found.")
    reason = request.get("reason", "Task stopped by user")
    ecs_tasks.stop(task, "UserInitiated", reason, drain=False)
    return {"task": _seen(task, set())}


def describe(request: Record) -> Record:
    """DescribeTasks; unknown ones are failures MISSING."""
    cluster(request.get("cluster"))
    include, found, failures = set(request.get("include", [])), [], []
    for name in request["tasks"]:
        task = find(request.get("cluster"), name)
        if task is None:
            failures.append({"arn": named(request.get("cluster"), name), "reason": "MISSING"})
        else:
            found.append(_seen(task, include))
    return {"tasks": found, "failures": failures}


def listed(request: Record) -> Record:
    """ListTasks by service, family, startedBy and desired status (RUNNING by default)."""
    home = cluster(request.get("cluster"))
    desired, family = request.get("desiredStatus", "RUNNING"), request.get("family")
    started, owner = request.get("startedBy"), None
    if request.get("serviceName"):
        record = service(home["clusterName"], request["serviceName"])
        if record is None:
            raise Refusal("ServiceNotFoundException", "Service not found.")
        owner = record["serviceArn"]
    found = [
        t["taskArn"]
        for t in tasks.values()
        if t["clusterArn"] == home["clusterArn"]
        and t["desiredStatus"] == desired
        and (owner is None or t.get("_service") == owner)
        and (started is None or t.get("startedBy") == started)
        and family in (None, short(t["taskDefinitionArn"]).partition(":")[0])
    ]
    start = int(request.get("nextToken", "0"))
    end = start + request.get("maxResults", 100)
    more = {"nextToken": str(end)} if end < len(found) else {}
    return {"taskArns": found[start:end], **more}


def find(cluster_name: str | None, name: str) -> Record | None:
    """The task of an ARN or id in a cluster, or None."""
    home = cluster(cluster_name)
    found: Record | None = tasks.get(named(home["clusterName"], name))
    return found


def named(cluster_name: str | None, name: str) -> str:
    """The ARN of a task that is given by ARN or id."""
    return (
        name if name.startswith("arn:") else arn(f"task/{short(cluster_name or 'default')}/{name}")
    )


def _seen(task: Record, include: set[str]) -> Record:
    return {**task, "tags": tag_list(task["taskArn"]) if "TAGS" in include else []}


def _invalid(message: str) -> Refusal:
    return Refusal("InvalidParameterException", message)
