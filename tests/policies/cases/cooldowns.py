"""Mistakes in cooldowns and steps."""

from tests.policies.cases import Case

CPU, MEMORY = "evenkeel-production-cpu", "evenkeel-production-memory"
STEPS = "evenkeel-production-cpu-steps"
# The steps of practice S2-06.
WITH_STEPS = {
    "scaling.steps": [
        {
            "metric": "cpu",
            "threshold": 70,
            "adjustments": [
                {"from": 0, "to": 15, "add": 1},
                {"from": 15, "to": 30, "add": 3},
                {"from": 30, "add": 5},
            ],
        }
    ]
}

CASES: list[Case] = [
    Case(
        policy="cooldown-asymmetric",
        shows="tasks leave as fast as they come",
        edits={"scaling.targets[0].scaleOutCooldown": 300},
        fires=frozenset({("cooldown-asymmetric", CPU)}),
        says=(
            "scaleInCooldown 300 s is not longer than scaleOutCooldown 300 s",
            "A scaleInCooldown of 301 passes.",
        ),
        fix={"scaling.targets[0].scaleInCooldown": 301},
    ),
    Case(
        policy="cooldown-asymmetric",
        shows="60 seconds both ways",
        edits={"scaling.targets[0].scaleInCooldown": 60},
        fires=frozenset(
            {
                ("cooldown-asymmetric", CPU),
                ("cooldown-production-scale-in", CPU),
                ("cooldown-covers-drain", CPU),
            }
        ),
        says=(
            "scaleInCooldown 60 s is not longer than scaleOutCooldown 60 s",
            "A scaleInCooldown of 300 passes.",
        ),
        fix={"scaling.targets[0].scaleInCooldown": 300},
    ),
    Case(
        policy="cooldown-production-scale-in",
        shows="tasks leave production every four minutes",
        edits={
            "scaling.targets[1].scaleInCooldown": 240,
            "routing.websocket.deregistrationDelay": 120,
        },
        fires=frozenset({("cooldown-production-scale-in", MEMORY)}),
        says=(
            "scaleInCooldown 240 s < 300 s, the least in production",
            "A scaleInCooldown of 300 passes.",
        ),
        fix={"scaling.targets[1].scaleInCooldown": 300},
    ),
    Case(
        policy="cooldown-covers-drain",
        shows="a second task leaves while the first drains",
        edits={"routing.websocket.deregistrationDelay": 301},
        fires=frozenset({("cooldown-covers-drain", CPU), ("cooldown-covers-drain", MEMORY)}),
        says=(
            "scaleInCooldown 300 s < 301 s, the longest deregistrationDelay",
            "A scaleInCooldown of 301 passes.",
        ),
        fix={
            "scaling.targets[0].scaleInCooldown": 301,
            "scaling.targets[1].scaleInCooldown": 301,
        },
    ),
    Case(
        policy="cooldown-covers-warm-up",
        shows="tasks are added while the last ones start",
        edits={"scaling.targets[0].scaleOutCooldown": 59},
        fires=frozenset({("cooldown-covers-warm-up", CPU)}),
        says=("scaleOutCooldown 59 s < 60 s, the warm-up", "A scaleOutCooldown of 60 passes"),
        fix={"scaling.targets[0].scaleOutCooldown": 60},
    ),
    Case(
        policy="cooldown-covers-warm-up",
        shows="a warm-up longer than both cooldowns",
        edits={"service.warmUpSeconds": 400},
        fires=frozenset({("cooldown-covers-warm-up", CPU), ("cooldown-covers-warm-up", MEMORY)}),
        says=(
            "scaleOutCooldown 60 s < 400 s",
            "A scaleOutCooldown of 400 passes with a scaleInCooldown of 401",
            "so does 0",
        ),
        fix={
            "scaling.targets[0].scaleOutCooldown": 400,
            "scaling.targets[0].scaleInCooldown": 401,
            "scaling.targets[1].scaleOutCooldown": 0,
        },
    ),
    Case(
        policy="cooldown-step-bounds",
        shows="nothing is added just above the threshold",
        edits=WITH_STEPS,
        program="cooldown_first_step_late.py",
        fires=frozenset({("cooldown-step-bounds", STEPS)}),
        says=(
            "the first step starts at 5, not at 0",
            "Bounds that pass: 0 to 15, 15 without an upper bound.",
        ),
        fix_program=(('"metric_interval_lower_bound": "5"', '"metric_interval_lower_bound": "0"'),),
    ),
    Case(
        policy="cooldown-step-bounds",
        shows="a step in percent",
        edits=WITH_STEPS,
        program="cooldown_percent_steps.py",
        fires=frozenset({("cooldown-step-bounds", STEPS)}),
        says=(
            "adjustmentType PercentChangeInCapacity is not ChangeInCapacity",
            "ChangeInCapacity passes.",
        ),
        fix_program=(("PercentChangeInCapacity", "ChangeInCapacity"),),
    ),
    Case(
        policy="cooldown-step-bounds",
        shows="a step that adds nothing",
        edits=WITH_STEPS,
        program="cooldown_step_of_nothing.py",
        fires=frozenset({("cooldown-step-bounds", STEPS)}),
        says=(
            "scalingAdjustment 0 of the step 0 to no upper bound is not above 0",
            "A scalingAdjustment of 1 passes.",
        ),
        fix_program=(('"scaling_adjustment": 0', '"scaling_adjustment": 1'),),
    ),
    Case(
        policy="cooldown-step-bounds",
        shows="a step policy that no alarm starts",
        edits=WITH_STEPS,
        program="cooldown_steps_without_alarm.py",
        fires=frozenset({("cooldown-step-bounds", STEPS)}),
        says=("no alarm has this policy among its alarmActions", "an aws.cloudwatch.MetricAlarm"),
        fix_program=(("    alarm_actions=[],\n", "    alarm_actions=lambda actions: actions,\n"),),
    ),
]
