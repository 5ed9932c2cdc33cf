"""What AWS refuses is refused in `check`, so at a preview already, and what it takes is not."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.provider.invokes import INVOKES
from sandbox.provider.provider import AwsProvider
from sandbox.provider.table import TYPES
from sandbox.provider.tags import TAGS as TAG_RULES
from sandbox.provider.values import UNKNOWN
from tests.support.provider import urn
from tests.support.provider_cases import CERTIFICATE, REGION, Case, Ref, resolved
from tests.support.provider_refusals import Refusal
from tests.support.provider_refusals_service import REFUSALS
from tests.support.provider_world_cases import BY_NAME, CASES


@pytest.fixture(scope="module")
def provider() -> AwsProvider:
    """The provider, with no AWS behind it."""
    provider = AwsProvider(TYPES, INVOKES)
    provider.configure({"region": REGION})
    return provider


def plausible(ref: Ref) -> str:
    """An id or ARN that has the right form."""
    if ref.property == "arn":
        return CERTIFICATE.replace("certificate/", f"log-group:aws-waf-logs-{ref.case}/")
    return f"{ref.case}-12345678"


def inputs_of(case: Case, **changes: Any) -> dict[str, Any]:
    """The case's inputs with changes, None removing."""
    changed = {**resolved(case.inputs, plausible), **changes}
    return {key: value for key, value in changed.items() if value is not None}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_accepted(provider: AwsProvider, case: Case) -> None:
    """A resource that AWS takes passes, before its update in place and after."""
    none: dict[str, Any] = {}
    for changes in (none, resolved(case.change, plausible)):
        _, failures = provider.check(urn(case.token, "x"), {}, inputs_of(case, **changes), b"s")
        assert failures == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_unknown_inputs_are_accepted(provider: AwsProvider, case: Case) -> None:
    """At a preview, nothing is refused for what only AWS will know."""
    unknown = dict.fromkeys(case.inputs, UNKNOWN)
    _, failures = provider.check(urn(case.token, "x"), {}, unknown, b"s")
    assert failures == []


def holes(value: Any) -> Iterator[Any]:
    """*value* with each of its inner values unknown in turn."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        for hole in [UNKNOWN, *(holes(inner) if isinstance(inner, dict | list) else ())]:
            copy = dict(value) if isinstance(value, dict) else list(value)
            copy[key] = hole
            yield copy


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_inputs_unknown_inside_are_accepted(provider: AwsProvider, case: Case) -> None:
    """Nor for any single value that is unknown inside a block or a list."""
    for inputs in holes(inputs_of(case)):
        _, failures = provider.check(urn(case.token, "x"), {}, inputs, b"s")
        assert failures == []


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda r: f"{r.case}:{','.join(r.change)}")
def test_refused(provider: AwsProvider, refusal: Refusal) -> None:
    """What AWS refuses fails the check, in AWS's words."""
    case = BY_NAME[refusal.case]
    _, failures = provider.check(
        urn(case.token, "x"), {}, inputs_of(case, **refusal.change), b"seed"
    )
    assert any(refusal.words in failure.reason for failure in failures), failures


def test_every_rule_has_refused() -> None:
    """No rule stands in the table that no test has seen refuse."""
    silent = {
        f"{entry.token}: {rule.what}"
        for entry in TYPES.values()
        for rule in (*entry.rules, *(TAG_RULES if entry.token == "aws:ec2/vpc:Vpc" else ()))
        if not any(
            rule.failure(inputs_of(BY_NAME[r.case], **r.change))
            for r in REFUSALS
            if BY_NAME[r.case].token == entry.token
        )
    }
    assert silent == set()


def test_strategy_change_needs_a_forced_deployment(provider: AwsProvider) -> None:
    """ECS's provider refuses another strategy without force_new_deployment, so at a preview."""
    case = BY_NAME["service"]
    spot = {"capacityProviderStrategies": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]}
    old, where = inputs_of(case), urn(case.token, "web")
    assert provider.diff(where, old, {**old, **spot}).replaces == []
    with pytest.raises(Exception, match="force_new_deployment should be true"):
        provider.diff(where, old, {**old, **spot, "forceNewDeployment": False})


def test_another_kind_of_source_replaces_a_rule(provider: AwsProvider) -> None:
    """AWS cannot turn a rule for addresses into one for a group; another address is in place."""
    kind = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    where = urn(kind, "web")
    rule = {"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 80, "toPort": 80}
    addresses = {**rule, "cidrIpv4": "10.0.0.0/8"}
    group = {**rule, "referencedSecurityGroupId": "sg-2"}
    assert set(provider.diff(where, addresses, group).replaces) == {
        "cidrIpv4",
        "referencedSecurityGroupId",
    }
    assert provider.diff(where, addresses, {**rule, "cidrIpv4": "10.1.0.0/16"}).replaces == []
