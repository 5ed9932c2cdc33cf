"""Scheduled actions: bounds by the clock."""

from infra.scaling import PlannedAction, Scaling, ScalingArgs
from infra.scaling_policies import Scaled
from tests.support.program import Program, register

TARGET = "aws:appautoscaling/target:Target"
ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"
SCALED = Scaled(
    cluster_name="c", service_name="s", load_balancer_suffix="lb", target_group_suffix="http"
)


def built(actions: list[PlannedAction]) -> Program:
    args = ScalingArgs(
        scaled=SCALED, min=1, max=4, tracking=[], steps=[], predictive=None,
        actions=actions, after=[], hold=False, after_update=lambda _args: None,
    )  # fmt: skip
    return register(lambda: Scaling("x", args))


def action(name: str, hour: int, low: int, high: int, **times: str | None) -> PlannedAction:
    return PlannedAction(
        name=name,
        schedule=f"cron(0 {hour} ? * MON-FRI *)",
        timezone="UTC",
        min=low,
        max=high,
        start=times.get("start"),
        end=times.get("end"),
    )


def test_schedules_set_both_bounds_in_their_zone() -> None:
    """Weekdays 08:00 UTC 6 to 20, 22:00 UTC 2 to 6: each sets both bounds (S2-07)."""
    actions = [action("morning", 8, 6, 20), action("night", 22, 2, 6)]
    program = built(actions)
    assert [
        (a.name, a.inputs["schedule"], a.inputs["timezone"], a.inputs["scalableTargetAction"])
        for a in program.of_type(ACTION)
    ] == [
        (
            "x-morning",
            "cron(0 8 ? * MON-FRI *)",
            "UTC",
            {"minCapacity": 6, "maxCapacity": 20},
        ),
        ("x-night", "cron(0 22 ? * MON-FRI *)", "UTC", {"minCapacity": 2, "maxCapacity": 6}),
    ]


def test_scheduled_actions_are_registered_one_after_the_other() -> None:
    """Application Auto Scaling takes one change of a target at a time: each waits for the last."""
    program = built([action(name, 8, 1, 2) for name in ("a", "b", "c")])
    chain = [program.one(TARGET), *(program.one(ACTION, f"x-{name}") for name in "abc")]
    assert [later.depends_on for later in chain[1:]] == [(each.urn,) for each in chain[:-1]]


def test_times_bound_an_action() -> None:
    """An action of an event carries when it may fire first and last; others carry neither."""
    program = built(
        actions=[
            action("event", 8, 6, 8, end="2026-12-01T23:00:00Z"),
            action("after", 8, 2, 8, start="2026-12-01T23:00:00Z"),
        ]
    )
    event, after = program.of_type(ACTION)
    assert event.inputs["endTime"] == after.inputs["startTime"] == "2026-12-01T23:00:00Z"
    assert "startTime" not in event.inputs
    assert "endTime" not in after.inputs
