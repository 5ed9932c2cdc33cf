"""Health: what the checks find of a target, and who gets requests then."""

import concurrent.futures

import pytest

from tests.support.emulator import until
from tests.support.entrance import Entrance, get
from tests.support.plane import entrance, plane, three
from tests.support.targets import Target

__all__ = ["entrance", "plane", "three"]
pytestmark = pytest.mark.sandbox


def test_health_checks_say_why_a_target_fails(entrance: Entrance, three: list[Target]) -> None:
    """S2-03: a wrong status, silence and a closed port are told apart, in AWS's words."""
    wrong, silent, closed = three
    group = entrance.group(*three, HealthCheckTimeoutSeconds=2, Matcher={"HttpCode": "200-299"})
    entrance.rule(group, "/*")
    entrance.until_state(group, "healthy", *three)
    wrong.health = 503
    silent.silent = True
    closed.stop()
    entrance.until_state(group, "unhealthy", *three)

    def reasons() -> dict[str, tuple[str, str]]:
        found = entrance.health(group)
        return {a: (health["Reason"], health["Description"]) for a, health in found.items()}

    expected = {
        wrong.address: (
            "Target.ResponseCodeMismatch",
            "Health checks failed with these codes: [503]",
        ),
        silent.address: ("Target.Timeout", "Request timed out"),
        closed.address: ("Target.FailedHealthChecks", "Health checks failed"),
    }
    assert reasons() == expected
    wrong.health = 204
    entrance.until_state(group, "healthy", wrong)


def test_deleted_check_log_is_written_anew(entrance: Entrance, three: list[Target]) -> None:
    """Health is told all the while, the loss is said, and reasons are told again at last."""
    group = entrance.group(three[0])
    entrance.rule(group, "/*")
    entrance.until_state(group, "healthy", three[0])
    (entrance.plane.folder / "health-checks.log").unlink()
    for status in (503, 418):
        three[0].health = status
        entrance.until_state(group, "unhealthy", three[0])
        three[0].health = 200
        entrance.until_state(group, "healthy", three[0])
    three[0].health = 418
    entrance.until_state(group, "unhealthy", three[0])

    def told() -> bool | None:
        text = entrance.health(group)[three[0].address]["Description"]
        return True if text.endswith("[418]") else None

    until(told, "the reason is told")
    assert "health-checks.log was deleted" in entrance.plane.log()


def test_unhealthy_target_gets_nothing_while_another_is_healthy(
    entrance: Entrance, three: list[Target]
) -> None:
    """Requests avoid the unhealthy target; with no healthy one left, all are tried (fail open)."""
    ill, well, _ = three
    ill.health = 500
    group = entrance.group(ill, well)
    entrance.rule(group, "/*")
    entrance.until_state(group, "healthy", well)
    entrance.until_state(group, "unhealthy", ill)
    url = entrance.url()
    assert {get(url, "/").body for _ in range(12)} == {well.address}
    well.health = 500
    entrance.until_state(group, "unhealthy", ill, well)
    assert {get(url, "/").body for _ in range(12)} == {ill.address, well.address}


def test_new_target_is_initial_until_its_first_success(
    entrance: Entrance, three: list[Target]
) -> None:
    """S2-16: a target that warms is initial first, unhealthy for longer, then healthy."""
    warming = three[0]
    warming.health = 503
    group = entrance.group(warming, HealthCheckIntervalSeconds=40, UnhealthyThresholdCount=4)
    entrance.rule(group, "/*")
    entrance.until_state(group, "initial", warming)
    assert entrance.health(group)[warming.address]["Reason"] == "Elb.InitialHealthChecking"
    entrance.until_state(group, "unhealthy", warming)
    warming.health = 200
    entrance.until_state(group, "healthy", warming)


def test_group_without_targets_answers_503(entrance: Entrance) -> None:
    """503 with the page of an ALB, when nothing is registered."""
    entrance.rule(entrance.group(), "/*")
    answer = entrance.get("/")
    assert answer.status == 503
    assert "<h1>503 Service Temporarily Unavailable</h1>" in answer.body


def test_target_that_refuses_is_a_502(entrance: Entrance, three: list[Target]) -> None:
    """502, as an ALB says it, when the target's port is closed or the connection breaks."""
    group = entrance.group(three[0])
    entrance.rule(group, "/*")
    entrance.until_state(group, "healthy", three[0])
    url = entrance.url()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        broken = pool.submit(get, url, "/hold")
        until(lambda: three[0].held or None, "it arrived")
        three[0].kill()
        assert broken.result().status == 502
    answer = get(url, "/")
    assert answer.status == 502
    assert "<h1>502 Bad Gateway</h1>" in answer.body


def test_target_called_healthy_gets_requests_at_once(
    entrance: Entrance, three: list[Target]
) -> None:
    """S3-14: what the API says of a target is what requests meet, not what they will meet.

    Envoy collects changes of health for a second, unless told not to.
    """
    first, *others = three
    group = entrance.group(first)
    entrance.rule(group, "/*")
    entrance.until_state(group, "healthy", first)
    url = entrance.url()
    for other in others:
        entrance.register(group, other)
        entrance.until_state(group, "healthy", other)
        assert other.address in {get(url, "/").body for _ in range(3)}
