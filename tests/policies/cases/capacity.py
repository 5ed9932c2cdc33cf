"""Mistakes about how many tasks: bounds, database, quota, event, size, zones, deployments."""

from typing import Any

from tests.policies.cases import Case

PRODUCTION = "evenkeel-production"
MORNING, NIGHT = f"{PRODUCTION}-weekday-morning", f"{PRODUCTION}-weekday-night"
# A schedule that has not fired yet, so that the target never has its bounds, at whatever hour.
ONE_DAY = {"capacity.schedules[0].cron": "0 8 1 7 ? 2099"}
EVENT = {"capacity.isScaledUp": True, "capacity.scaledUp.until": "2099-12-01T23:00:00Z"}


def _fires(*policies: str, on: str = PRODUCTION) -> frozenset[tuple[str, str]]:
    return frozenset((policy, on) for policy in policies)


def _given(*private: str) -> dict[str, Any]:
    public = ["subnet-0a", "subnet-0b"]
    return {"vpcId": "vpc-0a", "publicSubnetIds": public, "privateSubnetIds": [*private]}


CASES: list[Case] = [
    Case(
        policy="capacity-floor",
        shows="a minimum of one task in production",
        edits={"capacity.min": 1},
        fires=_fires("capacity-floor"),
        says=("minCapacity 1 < 2, the least in tier production.", "A min of 2 passes."),
        fix={"capacity.min": 2},
    ),
    Case(
        policy="capacity-floor",
        shows="a schedule with a minimum of one task in production",
        edits={**ONE_DAY, "capacity.schedules[0].min": 1},
        fires=_fires("capacity-floor", on=MORNING),
        says=("minCapacity 1 < 2, the least in tier production.", "A min of 2 passes."),
        fix={"capacity.schedules[0].min": 2},
    ),
    Case(
        policy="capacity-floor",
        shows="a maximum of one task in production",
        edits={"capacity.min": 1, "capacity.max": 1},
        fires=_fires("capacity-floor"),
        says=(
            "maxCapacity 1 < 2, the least in tier production.",
            "The largest max that fits 20 connections a task is 9.",
        ),
        fix={"capacity.min": 2, "capacity.max": 9},
    ),
    Case(
        policy="capacity-range",
        shows="a schedule that stops the service",
        edits={**ONE_DAY, "capacity.schedules[0].min": 0, "capacity.schedules[0].max": 0},
        fires=_fires("capacity-floor", "capacity-range", on=MORNING),
        says=(
            "maxCapacity 0 < 1: the service cannot have a task.",
            "The largest max that fits 20 connections a task is 9.",
        ),
        fix={"capacity.schedules[0].min": 2, "capacity.schedules[0].max": 9},
    ),
    Case(
        policy="capacity-range",
        shows="a minimum above the maximum",
        program="capacity_min_above_max.py",
        fires=_fires("capacity-range"),
        says=("minCapacity 9 > maxCapacity 8.", "A minCapacity of 8 passes."),
        fix_program=(("min_capacity=9", "min_capacity=8"),),
    ),
    Case(
        policy="capacity-db-steady",
        shows="more tasks than the database has connections for",
        edits={"capacity.max": 25},
        fires=_fires("capacity-db-steady", "capacity-db-surge"),
        says=(
            "25 tasks × 20 connections + 10 reserved = 510 > 405 (db.t4g.medium, postgres). ",
            "The largest max that fits 20 connections a task is 9; at max 25 the largest pool is "
            "7.",
        ),
        fix={"capacity.max": 9},
    ),
    Case(
        policy="capacity-db-steady",
        shows="a pool too large for the tasks",
        edits={"database.connectionsPerTask": 50},
        fires=_fires("capacity-db-steady", "capacity-db-surge")
        | _fires("capacity-db-steady", "capacity-db-surge", on=NIGHT)
        | _fires("capacity-db-steady", "capacity-db-surge", on=MORNING),
        says=("8 tasks × 50 connections + 10 reserved = 410 > 405", "the largest pool is 24."),
        fix={"database.connectionsPerTask": 24},
    ),
    Case(
        policy="capacity-db-surge",
        shows="tasks that fit the database until the next deploy",
        edits={"capacity.max": 10},
        fires=_fires("capacity-db-surge"),
        says=(
            "20 tasks during a deploy (10 × 2) × 20 connections + 2 migration + 10 reserved = "
            "412 > 405 (db.t4g.medium, postgres). ",
            "The largest max that fits 20 connections a task is 9; at max 10 the largest pool is "
            "19.",
        ),
        fix={"capacity.max": 9},
    ),
    Case(
        policy="capacity-db-surge",
        shows="a schedule that raises the maximum past the database",
        edits={**ONE_DAY, "capacity.schedules[0].max": 12},
        fires=_fires("capacity-db-surge", on=MORNING),
        says=(
            "24 tasks during a deploy (12 × 2) × 20 connections + 2 migration + 10 reserved = "
            "492 > 405 (db.t4g.medium, postgres). ",
            "at max 12 the largest pool is 16.",
        ),
        fix={"database.connectionsPerTask": 16},
    ),
    Case(
        policy="capacity-fargate-quota",
        shows="a quota that holds the tasks and not their deploy",
        edits={"capacity.fargateVcpuQuota": 16},
        fires=_fires("capacity-fargate-quota")
        | _fires("capacity-fargate-quota", on=NIGHT)
        | _fires("capacity-fargate-quota", on=MORNING),
        says=(
            "16 tasks during a deploy (8 × 2) + 1 migration × 1 vCPU = 17 > 16 (quota of Fargate "
            "on demand). ",
            "The largest max that fits 16 vCPU is 7; max 8 needs a fargateVcpuQuota of 17.",
        ),
        fix={"capacity.fargateVcpuQuota": 17},
    ),
    Case(
        policy="capacity-predictive-honors-max",
        shows="a forecast that may lift the maximum",
        edits={"scaling.predictive": {"metric": "cpu", "target": 60, "mode": "forecastAndScale"}},
        program="capacity_forecast_above_max.py",
        fires=_fires("capacity-predictive-honors-max", on=f"{PRODUCTION}-predictive"),
        says=(
            "maxCapacityBreachBehavior IncreaseMaxCapacity lets a forecast raise maxCapacity",
            "A maxCapacityBreachBehavior of HonorMaxCapacity, without maxCapacityBuffer, passes.",
        ),
        fix_program=(('"IncreaseMaxCapacity"', '"HonorMaxCapacity"'),),
    ),
    Case(
        policy="capacity-event-survives-schedules",
        shows="an evening action that takes the event's tasks away",
        edits=EVENT,
        program="capacity_evening_ends_event.py",
        fires=_fires("capacity-event-survives-schedules", on=NIGHT),
        says=(
            "minCapacity 2 < 6, the tasks that the event keeps until 2099-12-01T23:00:00Z.",
            "A minCapacity of 6 passes; so does a startTime of 2099-12-01T23:00:00Z.",
        ),
        fix_program=(('"min_capacity": 2', '"min_capacity": 6'),),
    ),
    Case(
        policy="capacity-event-survives-schedules",
        shows="an action for the time after the event that starts before its end",
        edits=EVENT,
        program="capacity_after_event_too_early.py",
        fires=_fires("capacity-event-survives-schedules", on=f"{NIGHT}-after-event"),
        says=("minCapacity 2 < 6", "so does a startTime of 2099-12-01T23:00:00Z."),
        fix_program=(("start_time=None", 'start_time="2099-12-01T23:00:00Z"'),),
    ),
    Case(
        policy="capacity-event-survives-schedules",
        shows="a target below the event's tasks",
        edits=EVENT,
        program="capacity_target_below_event.py",
        fires=_fires("capacity-event-survives-schedules"),
        says=("minCapacity 5 < 6", "A minCapacity of 6 passes."),
        fix_program=(("min_capacity=5", "min_capacity=6"),),
    ),
    Case(
        policy="capacity-event-not-expired",
        shows="an event switch left on after the event",
        edits={"capacity.isScaledUp": True, "capacity.scaledUp.until": "2025-12-01T23:00:00Z"},
        fires=_fires("capacity-event-not-expired"),
        says=(
            "isScaledUp is true, and scaledUp.until 2025-12-01T23:00:00Z is over",
            "An isScaledUp of false passes.",
        ),
        fix={"capacity.isScaledUp": False},
    ),
    Case(
        policy="capacity-desired-count-left-alone",
        shows="a service whose desired count every update resets",
        program="capacity_desired_count_reset.py",
        fires=_fires("capacity-desired-count-left-alone"),
        says=(
            "evenkeel-production, the service that it scales, has no desiredCount in ignoreChanges",
            "An ignoreChanges of [desiredCount] passes.",
        ),
        fix_program=(("ignore_changes = []", 'ignore_changes = ["desiredCount"]'),),
    ),
    Case(
        policy="capacity-on-demand",
        shows="production on Spot",
        edits={"capacity.purchase": "spot"},
        fires=_fires("capacity-on-demand"),
        says=(
            "capacityProviderStrategies has FARGATE_SPOT with weight 1 and base 0",
            "In tier production a purchase of onDemand passes.",
        ),
        fix={"capacity.purchase": "onDemand"},
    ),
    Case(
        policy="capacity-on-demand",
        shows="production on Spot, with a quota that on demand would exceed",
        edits={"capacity.purchase": "spot", "capacity.fargateVcpuQuota": 16},
        fires=_fires("capacity-on-demand"),
        says=("a purchase of onDemand with a fargateVcpuQuota of 17 passes.",),
        fix={"capacity.purchase": "onDemand", "capacity.fargateVcpuQuota": 17},
    ),
    Case(
        policy="capacity-on-demand",
        shows="production on whatever the cluster has",
        program="capacity_cluster_decides.py",
        fires=_fires("capacity-on-demand"),
        says=(
            "neither capacityProviderStrategies nor launchType is given",
            "Capacity provider FARGATE passes in tier production.",
        ),
        fix_program=(
            (
                "capacity_provider_strategies=[]",
                'capacity_provider_strategies=[{"capacity_provider": "FARGATE", "weight": 1}]',
            ),
        ),
    ),
    Case(
        policy="capacity-task-size",
        shows="a task size that Fargate does not have",
        program="capacity_no_such_size.py",
        fires=_fires("capacity-task-size"),
        says=(
            "cpu 512 with memory 5120: Fargate has 1024 to 4096 MiB in steps of 1024 for it.",
            "A cpu of 1024 with a memory of 5120 passes.",
        ),
        fix_program=(('cpu="512"', 'cpu="1024"'),),
    ),
    Case(
        policy="capacity-workers-fit",
        shows="more workers than the task has memory for",
        edits={"service.workers.count": 9},
        fires=_fires("capacity-workers-fit"),
        says=(
            "9 workers (WEB_CONCURRENCY) × 256 MiB = 2304 MiB > 2048 MiB, the task's memory.",
            "A workers.count of 8 passes; a memory of 3072 passes.",
        ),
        fix={"service.workers.count": 8},
    ),
    Case(
        policy="capacity-workers-fit",
        shows="workers that grow beyond the task",
        edits={"service.workers.memoryMiB": 1000},
        fires=_fires("capacity-workers-fit"),
        says=("4 workers (WEB_CONCURRENCY) × 1000 MiB = 4000 MiB", "a memory of 4096 passes."),
        fix={"service.memory": 4096},
    ),
    Case(
        policy="capacity-two-zones",
        shows="a service in one zone",
        program="capacity_one_zone.py",
        fires=_fires("capacity-two-zones"),
        says=("its 2 subnets are all in eu-west-1a: 1 zone < 2.",),
        fix_program=(('"eu-west-1a"', "lambda zone: zone"),),
    ),
    Case(
        policy="capacity-two-zones",
        shows="one given subnet, twice",
        edits={"network": _given("subnet-0c", "subnet-0c")},
        fires=_fires("capacity-two-zones"),
        says=("its subnets are subnet-0c: 1 subnet < 2", "Two subnets of different zones pass."),
        fix={"network": _given("subnet-0c", "subnet-0d")},
    ),
    Case(
        policy="capacity-deploy-can-move",
        shows="percentages that leave no room at the lowest count",
        edits={"deployment.maximumPercent": 125, "deployment.timeoutSeconds": 1800},
        fires=_fires("capacity-deploy-can-move"),
        says=(
            "at 2 desired, deploymentMinimumHealthyPercent 100 keeps 2 and "
            "deploymentMaximumPercent 125 allows 2, so a deployment can neither stop nor start a "
            "task; it can from 4 on. ",
            "A maximumPercent of 150 passes.",
        ),
        fix={"deployment.maximumPercent": 150},
    ),
]
