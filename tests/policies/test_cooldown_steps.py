"""Steps add at every level above the threshold, and an alarm starts them."""

from functools import partial

import pulumi
import pulumi_aws as aws
import pytest

from policies.cooldowns.steps import STEP_BOUNDS
from tests.policies.scaled import SERVICE, Bound, stepped, tracked, unknown, verdict

ARTICLE: tuple[tuple[Bound, Bound, int], ...] = (
    ("0", "15", 1),
    ("15", "30", 3),
    ("30", None, 5),
)


def _found(*steps: tuple[Bound, Bound, pulumi.Input[int]], **how: object) -> list[str]:
    return verdict(STEP_BOUNDS, lambda: stepped(*steps, **how))  # type: ignore[arg-type]


@pytest.mark.parametrize("preview", [True, False])
def test_the_articles_steps_pass(preview: bool) -> None:
    """S2-06: +1, +3 and +5 above a threshold pass, in any order: AWS keeps them as a set."""
    for steps in (ARTICLE, ARTICLE[::-1]):
        assert verdict(STEP_BOUNDS, partial(stepped, *steps), preview=preview) == []


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([(None, "15", 1), ("15", None, 2)], id="no lower bound"),
        pytest.param([("", "15", 1), ("15", "", 2)], id="empty, as read back"),
        pytest.param([("0", None, 1)], id="one step"),
        pytest.param([("0.0", "0.5", 1), ("0.5", None, 1)], id="fractions"),
    ],
)
def test_bounds_that_pass(steps: list[tuple[Bound, Bound, int]]) -> None:
    """The first step starts at 0 or has no lower bound, and the last one has no upper bound."""
    assert _found(*steps) == []


@pytest.mark.parametrize(
    ("steps", "says", "passing"),
    [
        pytest.param(
            [("1", "15", 1), ("15", None, 2)],
            ["the first step starts at 1, not at 0."],
            "0 to 15, 15 without an upper bound",
            id="late",
        ),
        pytest.param(
            [("-1", "15", 1), ("15", None, 2)],
            ["the first step starts at -1, not at 0."],
            "0 to 15, 15 without an upper bound",
            id="early",
        ),
        pytest.param(
            [("0", "14", 1), ("15", None, 2)],
            ["step 1 covers 0 to 14 and step 2 15 to no upper bound: the next step has to start"],
            "0 to 15, 15 without an upper bound",
            id="gap",
        ),
        pytest.param(
            [("0", "16", 1), ("15", None, 2)],
            ["step 1 covers 0 to 16 and step 2 15 to no upper bound: the next step has to start"],
            "0 to 15, 15 without an upper bound",
            id="overlap",
        ),
        pytest.param(
            [("0", "15", 1), ("15", "30", 1), ("31", None, 2)],
            ["step 2 covers 15 to 30 and step 3 31 to no upper bound: the next step has to start"],
            "0 to 15, 15 to 31, 31 without an upper bound",
            id="later gap",
        ),
        pytest.param(
            [("0", "0", 1), ("0", None, 2)],
            ["step 1 covers 0 to 0 and step 2 0 to no upper bound: the next step has to start"],
            "0 without an upper bound",
            id="empty step",
        ),
        pytest.param(
            [("0", None, 1), ("15", None, 2)],
            ["step 1 covers 0 to no upper bound and step 2 15 to no upper bound: the next step"],
            "0 to 15, 15 without an upper bound",
            id="two open ends",
        ),
        pytest.param(
            [(None, "0", 1), (None, "15", 1), ("15", None, 1)],
            ["step 1 covers no lower bound to 0 and step 2 no lower bound to 15: the next step"],
            "0 to 15, 15 without an upper bound",
            id="two open starts",
        ),
        pytest.param(
            [(None, None, 1), (None, None, 2)],
            ["a step has no bound at all; step 1 covers no lower bound to no upper bound and step"],
            "0 without an upper bound",
            id="two without bounds",
        ),
        pytest.param(
            [("0", "15", 1), ("15", "30", 2)],
            ["nothing is added from 30 on."],
            "0 to 15, 15 without an upper bound",
            id="closed end",
        ),
        pytest.param(
            [("0", "15", 1), ("15", "30", 2), ("30", "45", 3)],
            ["nothing is added from 45 on."],
            "0 to 15, 15 to 30, 30 without an upper bound",
            id="closed end of three",
        ),
        pytest.param(
            [(None, None, 1)],
            ["a step has no bound at all."],
            "0 without an upper bound",
            id="no bound",
        ),
        pytest.param([], ["there is no step."], "0 without an upper bound", id="no step"),
        pytest.param(
            [("-10", "-5", 1), ("-5", None, 2)],
            ["the first step starts at -10, not at 0."],
            "0 without an upper bound",
            id="below the threshold",
        ),
        pytest.param(
            [("0", "0.5", 1), ("1", None, 2)],
            ["step 1 covers 0 to 0.5 and step 2 1 to no upper bound"],
            "0 to 1, 1 without an upper bound",
            id="fraction",
        ),
        pytest.param(
            [("5", "15", 1), ("16", "30", 2)],
            ["the first step starts at 5", "; step 1 covers 5 to 15", "; nothing is added from 30"],
            "0 to 16, 16 without an upper bound",
            id="all three",
        ),
    ],
)
def test_bounds_that_are_refused(
    steps: list[tuple[Bound, Bound, int]], says: list[str], passing: str
) -> None:
    """S2-06: each defect is named once, and the bounds that are told pass as they stand."""
    (message,) = _found(*steps)

    assert [text for text in says if text not in message] == [], message
    assert message.endswith(f"Bounds that pass: {passing}.")
    spans = [span.split() for span in passing.split(", ")]
    told = [(span[0], span[2] if span[1] == "to" else None, 1) for span in spans]
    assert _found(*told) == []


def test_steps_that_are_left_out_are_none() -> None:
    """A configuration without steps has nothing to add, as one with an empty list."""

    def without() -> None:
        aws.appautoscaling.Policy(
            "burst",
            policy_type="StepScaling",
            resource_id=SERVICE,
            scalable_dimension="ecs:service:DesiredCount",
            service_namespace="ecs",
            step_scaling_policy_configuration={"adjustment_type": "ChangeInCapacity"},
        )

    bounds, alarm = verdict(STEP_BOUNDS, without)
    assert bounds.startswith("burst: there is no step.")
    assert alarm.startswith("burst: no alarm")


@pytest.mark.parametrize(("add", "refused"), [(-1, True), (0, True), (1, False)])
def test_steps_only_add(add: int, refused: bool) -> None:
    """S2-10: a step that adds nothing or removes is refused, and 1 passes."""
    found = _found(("0", "15", 1), ("15", None, add))

    assert bool(found) is refused
    for message in found:
        assert f"scalingAdjustment {add} of the step 15 to no upper bound is not above 0" in message
        assert message.endswith("A scalingAdjustment of 1 passes.")


@pytest.mark.parametrize("kind", ["PercentChangeInCapacity", "ExactCapacity", None])
def test_a_step_is_a_number_of_tasks(kind: str | None) -> None:
    """A step in percent, or one that sets the count, does not say how many tasks it adds."""
    (message,) = _found(*ARTICLE, kind=kind)

    assert f"adjustmentType {kind} is not ChangeInCapacity" in message
    assert message.endswith("ChangeInCapacity passes.")


def test_steps_need_an_alarm() -> None:
    """S4-02: unlike target tracking, a step policy makes no alarm, and without one never acts."""
    (message,) = _found(*ARTICLE, alarm=False)

    assert "no alarm has this policy among its alarmActions" in message


def test_an_alarm_of_another_policy_is_no_alarm() -> None:
    """The alarm has to name this policy: one that names another starts only that one."""

    def other() -> None:
        stepped(*ARTICLE)
        aws.appautoscaling.Policy(
            "other",
            policy_type="StepScaling",
            resource_id=SERVICE,
            scalable_dimension="ecs:service:DesiredCount",
            service_namespace="ecs",
            step_scaling_policy_configuration={
                "adjustment_type": "ChangeInCapacity",
                "step_adjustments": [{"metric_interval_lower_bound": "0", "scaling_adjustment": 1}],
            },
        )

    (message,) = verdict(STEP_BOUNDS, other)
    assert message.startswith("other: no alarm")


def test_other_policies_are_left_alone() -> None:
    """Target tracking has no steps, and the steps of other services are not judged."""
    assert len(_found(("1", None, 0), alarm=False)) == 3
    assert _found(("1", None, 0), alarm=False, namespace="dynamodb") == []
    assert verdict(STEP_BOUNDS, tracked) == []


def test_an_unknown_value_is_refused() -> None:
    """At preview an adjustment that only the update will know is a violation that names it."""
    (message,) = verdict(STEP_BOUNDS, lambda: stepped(("0", None, unknown())))

    assert "scalingAdjustment is not known before the update" in message


def test_a_foreign_program_is_judged() -> None:
    """Steps say all of it themselves: no stage is needed."""
    (message,) = verdict(STEP_BOUNDS, lambda: stepped(("1", None, 1)), config={}, name="dev")
    assert "the first step starts at 1" in message
