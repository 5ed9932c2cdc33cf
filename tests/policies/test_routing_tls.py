"""TLS: HTTPS in a version that holds, and HTTP that only redirects."""

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from tests.policies.entrance import LOR, group, later, listener, routed, rule
from tests.policies.judging import fired, stage

FIRES = {("routing-tls", "web")}
ADVISED = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
NOT_FOUND = {"type": "fixed-response", "fixed_response": {"content_type": "text/plain"}}


def _redirect(protocol: pulumi.Input[str] | None) -> dict[str, Any]:
    return {"type": "redirect", "redirect": {"protocol": protocol, "status_code": "HTTP_301"}}


def _entrance(
    policy: pulumi.Input[str] | None = ADVISED,
    http: dict[str, Any] | None = None,
    kind: str | None = None,
    **https: Any,
) -> aws.lb.Listener:
    """A load balancer with its HTTPS and its HTTP listener; the latter is returned."""
    arn = aws.lb.LoadBalancer("web", load_balancer_type=kind).arn
    given = {"protocol": "HTTPS", "port": 443, "ssl_policy": policy, **https}
    listener("https", NOT_FOUND, load_balancer_arn=arn, **given)
    return listener("http", http or _redirect("HTTPS"), load_balancer_arn=arn, port=80)


@pytest.mark.parametrize(
    "policy",
    [ADVISED, "ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-TLS13-1-3-2021-06"],
)
@pytest.mark.parametrize("preview", [True, False])
def test_tls_1_3_over_1_2_passes(policy: str, preview: bool) -> None:
    """AWS's policies of TLS 1.3 that take nothing below TLS 1.2 pass."""
    assert routed(lambda: _entrance(policy), preview=preview) == []


@pytest.mark.parametrize(
    "policy",
    [
        None,
        "ELBSecurityPolicy-2016-08",
        "ELBSecurityPolicy-FS-1-2-Res-2020-10",
        "ELBSecurityPolicy-TLS13-1-0-2021-06",
        "ELBSecurityPolicy-TLS13-1-1-2021-06",
        "ELBSecurityPolicy-TLS13-1-0-FIPS-2023-04",
    ],
)
def test_older_versions_are_refused(policy: str | None) -> None:
    """TLS 1.0 and 1.1, which AWS's default still takes, are refused, and so is no TLS 1.3."""
    found = routed(lambda: _entrance(policy))

    assert fired(found) == FIRES
    named = policy or "ELBSecurityPolicy-2016-08"
    assert f"sslPolicy {named} of listener https" in found[0].message
    assert f"A sslPolicy of {ADVISED} passes" in found[0].message


def test_no_https_at_all_is_refused() -> None:
    """A load balancer that speaks HTTP alone, or to which no listener belongs, is refused."""
    for program in (
        lambda: _entrance(None, protocol="HTTP", port=8080),
        lambda: aws.lb.LoadBalancer("web"),
    ):
        found = routed(program)
        assert fired(found) == FIRES
        assert "listeners is HTTPS" in found[0].message


@pytest.mark.parametrize(
    ("action", "kind"),
    [(NOT_FOUND, "fixed-response"), (_redirect(None), "redirect"), (_redirect("HTTP"), "redirect")],
)
def test_http_does_nothing_but_redirect_to_https(action: dict[str, Any], kind: str) -> None:
    """An answer, or a redirect that keeps HTTP, which is AWS's default, is refused."""
    found = routed(lambda: _entrance(http=action))

    assert fired(found) == FIRES
    assert f"defaultActions of http answers over plain HTTP with {kind}" in found[0].message


def test_a_rule_of_the_http_listener_is_judged_too() -> None:
    """A listener that redirects by default may still forward by a rule."""

    def program() -> None:
        http = group("http", load_balancing_algorithm_type=LOR)
        rule("plain", http, ["/api/*"], _entrance())
        rule("websocket", group("ws", slow_start=60), ["/socket.io/*"])

    found = routed(program)
    assert fired(found) == FIRES
    assert "actions of plain answers over plain HTTP with forward" in found[0].message


def test_protocols_are_read_as_the_provider_does() -> None:
    """The provider writes a protocol in capitals, however the program has it."""
    assert routed(lambda: _entrance(protocol="https")) == []


@pytest.mark.parametrize(
    "broken", [lambda: _entrance("ELBSecurityPolicy-2016-08"), lambda: _entrance(http=NOT_FOUND)]
)
def test_only_production_is_judged(broken: Callable[[], object]) -> None:
    """Below production a stage may do without a certificate; without facts it is judged."""
    below = {**stage(), "evenkeel:tier": "staging"}

    assert routed(broken, config=below, name="staging") == []
    assert fired(routed(broken, config={}, name="dev")) == FIRES


def test_network_load_balancers_are_not_judged() -> None:
    """A network load balancer has no HTTP listeners."""
    assert routed(lambda: _entrance(None, kind="network")) == []


def test_an_unknown_policy_is_refused() -> None:
    """A sslPolicy that only the update knows cannot be verified."""
    found = routed(lambda: _entrance(later()))

    assert fired(found) == FIRES
    assert "sslPolicy is not known before the update" in found[0].message
