"""What holds for every decision on a scalable target."""

from dataclasses import replace
from math import inf

from hypothesis import assume, given
from hypothesis import strategies as st

from infra.capacity.decisions import tracked_tasks
from sandbox.emulator.autoscaling_asks import Breach, Cooldowns, Situation, Stepping, Tracking
from sandbox.emulator.autoscaling_decisions import Decision, decide
from tests.support.scaling_case import NOW, tracking

counts = st.integers(0, 40)
cooldowns = st.builds(
    Cooldowns,
    st.sampled_from([0.0, NOW - 1, NOW + 30]),
    counts,
    st.sampled_from([0.0, NOW - 1, NOW + 30]),
)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    low = draw(st.integers(0, 10))
    return Situation(
        now=NOW,
        min=low,
        max=low + draw(st.integers(0, 20)),
        desired=draw(counts),
        running=draw(counts),
        deploying=draw(st.booleans()),
        out_suspended=draw(st.booleans()),
        in_suspended=draw(st.booleans()),
        cooldowns=draw(cooldowns),
    )


@st.composite
def trackings(draw: st.DrawFn, name: str) -> Tracking:
    value, side = draw(st.floats(0, 200)), draw(st.sampled_from(["high", "low", "neither"]))
    scales_in = draw(st.booleans())
    return Tracking(
        name=name,
        target=draw(st.floats(10, 90)),
        out_cooldown=draw(st.sampled_from([0, 60, 300])),
        in_cooldown=draw(st.sampled_from([60, 300])),
        scales_in=scales_in,
        high=Breach(f"{name}-high", value) if side == "high" else None,
        low=Breach(f"{name}-low", value, above=False) if side == "low" and scales_in else None,
    )


@st.composite
def steppings(draw: st.DrawFn) -> Stepping:
    above, size = draw(st.booleans()), draw(st.integers(1, 60))
    return Stepping(
        name="steps",
        kind=draw(st.sampled_from(["ChangeInCapacity", "PercentChangeInCapacity"])),
        steps=((0.0, inf, size),) if above else ((-inf, 0.0, -size),),
        magnitude=draw(st.integers(0, 3)),
        cooldown=draw(st.sampled_from([60, 300])),
        breach=Breach("steps-alarm", 80 if above else 60, 70.0, above),
    )


policies = st.tuples(trackings("cpu"), trackings("memory"))
steps = st.lists(steppings(), max_size=2)


def after(situation: Situation, decision: Decision) -> Situation:
    """The situation once the decision is carried out, with its tasks running."""
    count = situation.desired if decision.count is None else decision.count
    return replace(situation, desired=count, running=count, cooldowns=decision.cooldowns)


@given(situations(), policies, steps)
def test_no_decision_leaves_the_bounds(
    situation: Situation, tracked: tuple[Tracking, ...], stepped: list[Stepping]
) -> None:
    """S2-10: a new count is within the bounds, and is another count."""
    decision = decide(situation, tracked, stepped)
    if decision and decision.count is not None:
        assert situation.min <= decision.count <= situation.max
        assert decision.count != situation.desired


@given(situations(), policies, steps)
def test_a_decision_moves_in_the_direction_that_is_open(
    situation: Situation, tracked: tuple[Tracking, ...], stepped: list[Stepping]
) -> None:
    """S0-22: a suspended direction is closed, and scale-in while a deployment is in progress."""
    decision = decide(situation, tracked, stepped)
    if decision and decision.count is not None:
        if decision.count > situation.desired:
            assert not situation.out_suspended
        else:
            assert not situation.in_suspended
            assert not situation.deploying
            assert situation.cooldowns.in_until <= NOW


@given(situations(), policies)
def test_tracking_scales_in_only_if_all_agree(
    situation: Situation, tracked: tuple[Tracking, ...]
) -> None:
    """F13: fewer tasks need the AlarmLow of every policy that scales in, and nobody's AlarmHigh."""
    decision = decide(situation, tracked, [])
    if decision and decision.count is not None and decision.count < situation.desired:
        assert all(policy.low or not policy.scales_in for policy in tracked)
        assert not any(policy.high for policy in tracked)


@given(situations(), st.lists(st.floats(0, 60), min_size=1, max_size=3))
def test_tracking_takes_one_task_at_a_time(situation: Situation, lows: list[float]) -> None:
    """S2-10: whatever runs, one task fewer than desired; further only down to the maximum."""
    free = replace(situation, deploying=False, in_suspended=False, cooldowns=Cooldowns())
    decision = decide(free, [tracking(name=f"low-{low}", low=low) for low in lows], [])
    assert decision is not None
    if decision.count is not None:
        assert decision.count == min(free.desired - 1, free.max)


@given(situations(), policies, steps)
def test_who_wants_more_is_never_answered_with_less(
    situation: Situation, tracked: tuple[Tracking, ...], stepped: list[Stepping]
) -> None:
    """Any policy scales out: the answer to an AlarmHigh removes no task."""
    assume(any(policy.high for policy in tracked))
    decision = decide(situation, tracked, stepped)
    assert decision is not None
    assert decision.count is None or decision.count > situation.desired


@given(situations(), policies, steps)
def test_a_scale_out_ends_the_scale_in_cooldown(
    situation: Situation, tracked: tuple[Tracking, ...], stepped: list[Stepping]
) -> None:
    """S4-08: it "stops and doesn't complete"; nothing else ends it early."""
    decision = decide(situation, tracked, stepped)
    if decision is None:
        return
    if decision.count is not None and decision.count > situation.desired:
        assert decision.cooldowns.in_until == 0
    else:
        assert decision.cooldowns.in_until >= situation.cooldowns.in_until


@given(situations(), trackings("cpu"))
def test_in_a_cooldown_the_tasks_grow_by_the_larger_alone(
    situation: Situation, tracked: Tracking
) -> None:
    """S4-08: no count passes what the metric asks of the tasks before the cooldown."""
    decision = decide(situation, [tracked], [])
    if decision and decision.count is not None and tracked.high and situation.cooling_out:
        most = tracked_tasks(situation.cooldowns.before, tracked.high.value, tracked.target)
        assert decision.count <= max(1, most, situation.min)
        assert decision.cooldowns.before <= situation.cooldowns.before


@given(situations(), policies, steps)
def test_a_repeated_call_changes_nothing_in_its_cooldown(
    situation: Situation, tracked: tuple[Tracking, ...], stepped: list[Stepping]
) -> None:
    """An alarm repeats its call each minute: in the cooldown that it began, nothing comes of it."""
    first = decide(situation, tracked, stepped)
    if first and first.count is not None:
        cooling = after(situation, first)
        assume(cooling.cooling_out or first.count < situation.desired)
        again = decide(cooling, tracked, stepped)
        assert again is None or again.count is None


@given(situations(), policies, steps)
def test_what_is_not_done_says_why(
    situation: Situation, tracked: tuple[Tracking, ...], stepped: list[Stepping]
) -> None:
    """A call without effect has words, and leaves the cooldowns alone."""
    decision = decide(situation, tracked, stepped)
    if decision and decision.count is None:
        assert decision.reason
        assert decision.cooldowns == situation.cooldowns
