"""Health checks that AWS takes and that find a dead task."""

from typing import Any

import pytest

from tests.policies.entrance import CHECK, group, later, routed
from tests.policies.judging import fired

FIRES = {("routing-health-check", "web")}


def _found(properties: Any = None, **changes: Any) -> list[str]:
    """Messages about a group whose check has *changes*."""
    group_has = {"health_check": {**CHECK, **changes}, **(properties or {})}
    found = routed(lambda: group("web", **group_has), config={}, name="dev")
    assert fired(found) <= FIRES
    return [finding.message for finding in found]


def test_a_group_without_a_check_is_refused() -> None:
    """S3-20: AWS's default asks for "/" and needs 5 good checks 30 s apart."""
    (message,) = _found({"health_check": None})

    assert "5 × 30 = 150 s" in message
    assert "path /health, interval 30, timeout 5, healthyThreshold 2" in message


def test_the_advised_check_passes() -> None:
    """S3-20: 30 s, 5 s, 2 and 2, 200-399."""
    advised = {"healthy_threshold": 2, "unhealthy_threshold": 2, "matcher": "200-399"}

    assert _found(**advised) == []


def test_a_check_must_be_on() -> None:
    """S2-03: without checks a failed task is not replaced; the provider's default is on."""
    (message,) = _found(enabled=False)

    assert "healthCheck.enabled is false" in message
    assert _found(enabled=True) == _found(enabled=None) == []


def test_a_path_starts_with_a_slash() -> None:
    """S3-20: any other path is refused; AWS's default is "/"."""
    (message,) = _found(path="health")

    assert 'healthCheck.path health does not start with "/". A path of /health passes' in message
    assert _found(path="/") == _found(path=None) == []


@pytest.mark.parametrize(
    ("key", "wire", "lowest", "highest"),
    [
        ("interval", "interval", 5, 300),
        ("timeout", "timeout", 2, 120),
        ("healthy_threshold", "healthyThreshold", 2, 10),
        ("unhealthy_threshold", "unhealthyThreshold", 2, 10),
    ],
)
def test_numbers_are_in_the_range_of_aws(key: str, wire: str, lowest: int, highest: int) -> None:
    """S3-20: both ends pass, one beyond is refused with a value that passes."""
    others = {"interval": {"timeout": 2}, "timeout": {"interval": 300}}.get(key, {})

    for value in (lowest, highest):
        assert _found(**others, **{key: value}) == []
    for value in (lowest - 1, highest + 1):
        (message,) = _found(**others, **{key: value})
        assert f"healthCheck.{wire} {value}" in message
        assert f"outside {lowest} to {highest}" in message


@pytest.mark.parametrize(
    ("interval", "timeout", "advised"), [(30, 30, 5), (30, 31, 5), (5, 5, 4), (5, 7, 4)]
)
def test_a_timeout_is_less_than_the_interval(interval: int, timeout: int, advised: int) -> None:
    """S3-20: AWS refuses a timeout of the interval or more."""
    (message,) = _found(interval=interval, timeout=timeout)

    assert f"timeout {timeout} s is not less than interval {interval} s" in message
    assert f"A timeout of {advised} passes" in message
    assert _found(interval=interval, timeout=advised) == []
    assert _found(interval=interval, timeout=interval - 1) == []


@pytest.mark.parametrize(("interval", "timeout"), [(4, 4), (301, 400), (4, 5)])
def test_an_impossible_time_is_told_once(interval: int, timeout: int) -> None:
    """S3-20: the interval that is advised settles the comparison too, or the timeout does."""
    messages = _found(interval=interval, timeout=timeout)

    assert messages
    assert all("outside" in message for message in messages)


@pytest.mark.parametrize(
    ("protocol", "interval", "passes"),
    [("HTTP", 6, False), ("HTTP", 7, True), ("HTTPS", 10, False), ("HTTPS", 11, True)],
)
def test_a_timeout_left_out_is_that_of_aws(protocol: str, interval: int, passes: bool) -> None:
    """S3-20: 6 s for HTTP and 10 s for HTTPS; the interval is 30 s."""
    assert (_found({"protocol": protocol}, interval=interval, timeout=None) == []) is passes
    assert len(_found({"protocol": protocol}, interval=None, timeout=30)) == 1


@pytest.mark.parametrize("codes", [None, "200", "499", "200-399", "200,204", "200-204,301-302"])
def test_codes_of_aws_pass(codes: str | None) -> None:
    """S3-20: codes and ranges within 200 to 499."""
    assert _found(matcher=codes) == []


@pytest.mark.parametrize(
    "codes", ["199", "500", "200-500", "399-200", "2xx", "200-", "", "200, 204"]
)
def test_other_codes_are_refused(codes: str) -> None:
    """S3-20: an answer of 5xx is no sign of health, and AWS takes no other words."""
    (message,) = _found(matcher=codes)

    assert f"healthCheck.matcher {codes} is not codes and ranges within 200 to 499" in message
    assert "A matcher of 200-399 passes" in message


def test_grpc_has_codes_of_its_own() -> None:
    """gRPC answers with codes from 0 to 99."""
    grpc = {"protocol_version": "GRPC"}

    assert _found(grpc, matcher="0-99") == _found(grpc, matcher="12") == []
    (message,) = _found(grpc, matcher="200")
    assert "within 0 to 99. A matcher of 0 passes" in message


@pytest.mark.parametrize("other", [{"protocol": "TCP"}, {"protocol": None}])
def test_other_groups_are_not_judged(other: dict[str, Any]) -> None:
    """Network load balancers and functions have checks of their own kind."""
    assert _found({**other, "health_check": None}) == []


def test_an_unknown_check_is_refused() -> None:
    """S3-20: a path that only the update knows cannot be verified."""
    (message,) = _messages_of_unknown_path()

    assert "healthCheck.path is not known before the update" in message


def _messages_of_unknown_path() -> list[str]:
    found = routed(lambda: group("web", health_check={**CHECK, "path": later()}), config={})
    return [finding.message for finding in found]
