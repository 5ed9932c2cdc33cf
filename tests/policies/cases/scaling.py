"""Mistakes in what scales the service."""

from tests.policies.cases import Case
from tests.policies.cases.cooldowns import CPU, MEMORY, STEPS, WITH_STEPS

REQUESTS, NIGHT = "evenkeel-production-requests", "evenkeel-production-weekday-night"
WITH_REQUESTS = {"scaling.targets": [{"metric": "requestsPerTarget", "target": 1000}]}

CASES: list[Case] = [
    Case(
        policy="scaling-target-range",
        shows="a cpu target that an idle service exceeds",
        edits={"scaling.targets[0].target": 10},
        fires=frozenset({("scaling-target-range", CPU)}),
        says=("targetValue 10 % of cpu < 20 %", "A targetValue of 20 passes."),
        fix={"scaling.targets[0].target": 20},
    ),
    Case(
        policy="scaling-target-range",
        shows="a memory target without room above it",
        edits={"scaling.targets[1].target": 95},
        fires=frozenset({("scaling-target-range", MEMORY)}),
        says=("targetValue 95 % of memory > 90 %", "A targetValue of 90 passes."),
        fix={"scaling.targets[1].target": 90},
    ),
    Case(
        policy="scaling-target-range",
        shows="both targets at 10",
        edits={"scaling.targets[0].target": 10, "scaling.targets[1].target": 10},
        fires=frozenset(
            {
                ("scaling-target-range", CPU),
                ("scaling-target-range", MEMORY),
                ("scaling-cpu-below-memory", CPU),
                ("scaling-memory-can-agree", MEMORY),
            }
        ),
        says=(
            "A targetValue of 20 passes, with 45 for memory.",
            "A targetValue of 45 passes, with 20 for cpu.",
        ),
        fix={"scaling.targets[0].target": 20, "scaling.targets[1].target": 45},
    ),
    Case(
        policy="scaling-target-range",
        shows="no request a minute",
        edits=WITH_REQUESTS,
        program="scaling_no_requests.py",
        fires=frozenset({("scaling-target-range", REQUESTS)}),
        says=("targetValue 0 of ALBRequestCountPerTarget", "A targetValue of 1000 passes."),
        fix_program=(('"target_value": 0', '"target_value": 1000'),),
    ),
    Case(
        policy="scaling-cpu-below-memory",
        shows="cpu and memory at the same level",
        edits={"scaling.targets[0].target": 80},
        fires=frozenset({("scaling-cpu-below-memory", CPU)}),
        says=("80 % of cpu is not below the 80 % of memory", "A targetValue of 79 passes."),
        fix={"scaling.targets[0].target": 79},
    ),
    Case(
        policy="scaling-metrics-distinct",
        shows="two targets of cpu",
        program="scaling_metric_twice.py",
        fires=frozenset({("scaling-metrics-distinct", MEMORY)}),
        says=(f"ECSServiceAverageCPUUtilization is tracked by {CPU} too", "Remove one of the two."),
        fix_program=(("AverageCPU", "AverageMemory"),),
    ),
    Case(
        policy="scaling-memory-can-agree",
        shows="memory at rest where its target would scale in",
        edits={"service.restingMemoryPercent": 72},
        fires=frozenset({("scaling-memory-can-agree", MEMORY)}),
        says=(
            "0.9 × targetValue 80 % = 72 % <= restingMemoryPercent 72 %",
            "A targetValue of 81 passes.",
        ),
        fix={"scaling.targets[1].target": 81},
    ),
    Case(
        policy="scaling-memory-can-agree",
        shows="memory at rest above every level",
        edits={"service.restingMemoryPercent": 81},
        fires=frozenset({("scaling-memory-can-agree", MEMORY)}),
        says=("= 72 % <= restingMemoryPercent 81 %", "No targetValue passes: remove this target."),
        fix={"scaling.targets": [{"metric": "cpu", "target": 60}]},
    ),
    Case(
        policy="scaling-one-owner",
        shows="steps that remove tasks",
        edits=WITH_STEPS,
        program="scaling_steps_remove.py",
        fires=frozenset({("scaling-one-owner", STEPS), ("cooldown-step-bounds", STEPS)}),
        says=("scalingAdjustment -1 removes tasks", "a scalingAdjustment of 1 passes."),
        fix_program=(('"scaling_adjustment": -1', '"scaling_adjustment": 1'),),
    ),
    Case(
        policy="scaling-one-owner",
        shows="steps that set the count",
        edits=WITH_STEPS,
        program="scaling_steps_set_the_count.py",
        fires=frozenset({("scaling-one-owner", STEPS), ("cooldown-step-bounds", STEPS)}),
        says=("adjustmentType ExactCapacity sets the count", "ChangeInCapacity with"),
        fix_program=(("ExactCapacity", "ChangeInCapacity"),),
    ),
    Case(
        policy="scaling-no-role",
        shows="a role that AWS ignores",
        program="scaling_role.py",
        fires=frozenset({("scaling-no-role", "evenkeel-production")}),
        says=("roleArn is set", "Remove roleArn."),
        fix_program=(('"arn:aws:iam::123456789012:role/autoscaling"', "None"),),
    ),
    Case(
        policy="scaling-schedules-paired",
        shows="a schedule without a time zone",
        program="scaling_no_time_zone.py",
        fires=frozenset({("scaling-schedules-paired", NIGHT)}),
        says=("timezone is left out", "A timezone of UTC passes."),
        fix_program=(("timezone=None", 'timezone="UTC"'),),
    ),
    Case(
        policy="scaling-schedules-paired",
        shows="a schedule with one bound",
        program="scaling_half_an_action.py",
        fires=frozenset({("scaling-schedules-paired", NIGHT)}),
        says=("minCapacity is left out", "A minCapacity of 2 passes."),
        fix_program=(('{"max_capacity": 8}', '{"min_capacity": 2, "max_capacity": 8}'),),
    ),
]
