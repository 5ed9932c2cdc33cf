"""The practice articles' own numbers, as stages."""

import pytest

from infra.capacity import StepAdjustment, step_tasks
from infra.settings import Settings
from tests.support.stages import FIXTURES, changed, fixture, problems_of

ARTICLES = sorted(path.name.removeprefix("Pulumi.")[:-5] for path in FIXTURES.glob("*.yaml"))


def tracking(settings: Settings) -> list[tuple[str, float, int, int]]:
    return [
        (target.metric, target.target, target.scale_out_cooldown, target.scale_in_cooldown)
        for target in settings.scaling.targets
    ]


def test_every_article_has_its_stages() -> None:
    """S0, S2 (both schedules), S3 (production and staging) and S4."""
    assert ARTICLES == [
        "ecs-patterns", "horizontal", "horizontal-nights", "principles", "principles-stage",
        "target-tracking",
    ]  # fmt: skip


def test_ecs_patterns() -> None:
    """S0-06/07/08: min 1, max 4; cpu 70 and memory 80, out 60 s, in 300 s."""
    settings = fixture("ecs-patterns")
    assert (settings.capacity.min, settings.capacity.max) == (1, 4)
    assert tracking(settings) == [("cpu", 70, 60, 300), ("memory", 80, 60, 300)]


def test_ecs_patterns_fit_at_rest_and_not_through_a_deployment() -> None:
    """S0-11, S0-12, K15: 4 x 20 fits 90, its deployment does not; one task would."""
    budget = fixture("ecs-patterns").budget
    assert budget.steady(4).fits
    assert not budget.steady(5).fits
    assert budget.deploying(4).total == 172
    assert budget.largest_max == 1


def test_horizontal() -> None:
    """S2-04, S2-08, S2-09: min 2, max 20; cpu 70, memory 75, 1000 requests a target."""
    settings = fixture("horizontal")
    assert (settings.capacity.min, settings.capacity.max) == (2, 20)
    assert tracking(settings) == [
        ("cpu", 70, 60, 300), ("memory", 75, 60, 300), ("requestsPerTarget", 1000, 60, 300),
    ]  # fmt: skip


def test_horizontal_steps() -> None:
    """S2-06: threshold 70, cooldown 60; 75 adds one, 90 three, 100 five."""
    (policy,) = fixture("horizontal").scaling.steps
    steps = [StepAdjustment(each.from_, each.to, each.add) for each in policy.adjustments]
    assert (policy.metric, policy.threshold, policy.cooldown) == ("cpu", 70, 60)
    assert [step_tasks(policy.threshold, steps, metric) for metric in (75, 90, 100)] == [1, 3, 5]


@pytest.mark.parametrize(
    ("name", "morning", "night"),
    [("horizontal", (6, 20), (2, 6)), ("horizontal-nights", (4, 20), (2, 8))],
)
def test_horizontal_schedules(name: str, morning: tuple[int, int], night: tuple[int, int]) -> None:
    """S2-07: weekdays 08:00 and 22:00 UTC, both sets of the article."""
    schedules = fixture(name).capacity.schedules
    assert [(each.cron, each.timezone, (each.min, each.max)) for each in schedules] == [
        ("0 8 ? * MON-FRI *", "UTC", morning),
        ("0 22 ? * MON-FRI *", "UTC", night),
    ]


def test_principles() -> None:
    """S3-02, S3-16: min 2, max 64; cpu 40 and memory 50, out 0 s, in 43,200 s."""
    settings = fixture("principles")
    assert (settings.capacity.min, settings.capacity.max) == (2, 64)
    assert tracking(settings) == [("cpu", 40, 0, 43200), ("memory", 50, 0, 43200)]


def test_principles_staging() -> None:
    """S3-03, S3-04, S3-16: min 1, max 2 on Spot, scale-in after 360 s."""
    settings = fixture("principles-stage")
    assert (settings.capacity.min, settings.capacity.max) == (1, 2)
    assert settings.capacity.purchase == "spot"
    assert tracking(settings) == [("cpu", 40, 0, 360), ("memory", 50, 0, 360)]


def test_principles_health_check() -> None:
    """S3-20: /api/fe-health-check on 3000, 30 s, 5 s, 2, 2, 200-399; a failure shows in 60 s."""
    service = fixture("principles").service
    check = service.health_check
    assert (service.port, check.path, check.success_codes) == (
        3000, "/api/fe-health-check", "200-399",
    )  # fmt: skip
    assert (check.interval_seconds, check.timeout_seconds) == (30, 5)
    assert (check.healthy_threshold, check.unhealthy_threshold) == (2, 2)
    assert service.detection_time == 60


def test_event_switch_changes_exactly_the_minimum() -> None:
    """S3-17: isScaledUp is one line, and all else of the stage stays as it was."""
    off = fixture("principles")
    on = changed(off, {"capacity.isScaledUp": True})
    before, after = off.as_data(), on.as_data()
    assert after["capacity"].pop("isScaledUp") is True
    assert before["capacity"].pop("isScaledUp") is False
    assert before == after


def test_event_above_max_is_refused_when_switched_on() -> None:
    """S3-17: 8 must not exceed max."""
    (problem,) = problems_of(
        {"capacity.isScaledUp": True, "capacity.max": 7}, fixture("principles")
    )
    assert problem.path == "evenkeel:capacity.scaledUp.min"
    assert problem.allowed.startswith("7 or less")


@pytest.mark.parametrize("slow_start", [30, 0])
def test_slow_start_beside_least_outstanding_requests_is_refused(slow_start: int) -> None:
    """S3-09, S3-10, K9: AWS refuses both on one group; the answer names the websocket group."""
    (problem,) = problems_of({"routing.http.slowStart": slow_start}, fixture("principles"))
    assert problem.path == "evenkeel:routing.http.slowStart"
    assert "routing.websocket.slowStart" in problem.next_step


def test_migration_after_the_rollout_is_a_choice() -> None:
    """S3-08, K1: the article migrates after; the order is kept."""
    migrations = fixture("principles").migrations
    assert migrations is not None
    assert migrations.order == "after"


def test_target_tracking_for_tests() -> None:
    """S4-04, S4-05, S4-06: min 1, max 4; cpu and memory at 10 with 60/60, in the tier test."""
    settings = fixture("target-tracking")
    assert settings.tier == "test"
    assert (settings.capacity.min, settings.capacity.max) == (1, 4)
    assert tracking(settings) == [("cpu", 10, 60, 60), ("memory", 10, 60, 60)]


def test_image_by_tag_is_for_tests_alone() -> None:
    """The same stage as staging must name its image by digest."""
    (problem,) = problems_of({"tier": "staging"}, fixture("target-tracking"))
    assert problem.path == "evenkeel:service.image"
