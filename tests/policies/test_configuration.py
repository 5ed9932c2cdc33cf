"""The pack's configuration: what cannot be right is one clear refusal, and judges nothing."""

from collections.abc import Iterator, Mapping
from typing import Any

import grpc
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel

from policies import configuration
from policies.analyzer import Analyzer
from policies.pack import CATALOGUE
from tests.policies.judging import STAGE, fired, judged, schedule, stage, target
from tests.support.program import configure

MANDATORY, ADVISORY = analyzer_pb2.MANDATORY, analyzer_pb2.ADVISORY
DISABLED = analyzer_pb2.DISABLED
BOUNDS = [rule for rule in CATALOGUE if rule.name.startswith(("capacity-floor", "capacity-db"))]


class _RefusedError(Exception):
    """What the engine would be told."""


class _Context:
    def abort(self, code: grpc.StatusCode, details: str) -> None:
        assert code is grpc.StatusCode.INVALID_ARGUMENT
        raise _RefusedError(details)


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    yield
    configuration.apply({})


def _configured(
    given: Mapping[str, Mapping[str, Any]],
    levels: Mapping[str, int] | None = None,
    config: Mapping[str, Any] = STAGE,
) -> None:
    """Hands *given* to the pack as the engine does, on a stack with *config*."""
    configure("production", config)
    levels = {
        **{rule.name: ADVISORY if rule.advisory else MANDATORY for rule in CATALOGUE},
        **(levels or {}),
    }
    request = analyzer_pb2.ConfigureAnalyzerRequest()
    for name in {*given, *levels}:
        properties = struct_pb2.Struct()
        properties.update(given.get(name, {}))
        request.policyConfig[name].properties.CopyFrom(properties)
        request.policyConfig[name].enforcementLevel = levels.get(name, MANDATORY)  # type: ignore[assignment]
    policies = [rule.policy() for rule in CATALOGUE]
    analyzer = Analyzer("evenkeel", "1", policies, EnforcementLevel.MANDATORY)
    analyzer.Configure(request, _Context())  # type: ignore[arg-type]


def _refusal(*given: Any, **more: Any) -> str:
    with pytest.raises(_RefusedError) as refused:
        _configured(*given, **more)
    return str(refused.value)


def test_the_engines_own_defaults_are_accepted() -> None:
    """Every policy at its own level, with no properties: what the engine sends without a file."""
    _configured({})
    assert configuration.stage == {}


def test_an_unknown_policy_is_named_with_the_nearest() -> None:
    """A misspelt identifier, which the engine would pass over, is refused."""
    text = _refusal({"capacity-flor": {"production": 3}})

    assert "capacity-flor is no policy of this pack" in text
    assert "did you mean capacity-floor?" in text
    assert "docs/policies.md" in _refusal({"zzz": {"a": 1}})


def test_an_unknown_number_is_named_with_the_known() -> None:
    """A misspelt key of a policy is refused with the keys that it has."""
    text = _refusal({"capacity-floor": {"prodution": 3}})

    assert "capacity-floor.prodution is an unknown key" in text
    assert "allowed: production, elsewhere, enforcementLevel" in text


@pytest.mark.parametrize("level", [ADVISORY, DISABLED])
def test_a_mandatory_policy_stays_mandatory_under_a_stage_file(level: int) -> None:
    """S0-13: a level below mandatory is refused, and the way of a suppression is shown."""
    text = _refusal({}, {"capacity-db-surge": level})

    assert "enforcementLevel of capacity-db-surge is " in text
    assert "evenkeel:suppressions" in text
    everything = {rule.name: level for rule in CATALOGUE}
    assert f"enforcementLevel of {sum(not r.advisory for r in CATALOGUE)} policies" in _refusal(
        {}, everything
    )


def test_advice_may_be_turned_off_and_up() -> None:
    """An advisory policy may be silenced, and made mandatory: neither is refused."""
    _configured({}, {"cooldown-covers-warm-up": DISABLED})
    _configured({}, {"cooldown-covers-warm-up": MANDATORY})


def test_what_is_set_aside_is_always_told() -> None:
    """The list of suppressions is not silenced under a stage file."""
    assert "suppression-listed is disabled" in _refusal({}, {"suppression-listed": DISABLED})


def test_a_program_without_a_stage_file_may_be_lenient() -> None:
    """There are no suppressions without a stage, so levels are the program's own business."""
    _configured({}, {"cooldown-asymmetric": DISABLED}, config={})


def test_a_stricter_number_counts() -> None:
    """A floor of three, configured, is the floor that is judged."""
    assert fired(judged(target, rules=BOUNDS)) == set()
    _configured({"capacity-floor": {"production": 3}})

    assert fired(judged(target, rules=BOUNDS)) == {("capacity-floor", "web")}


def test_a_stage_may_come_from_the_configuration() -> None:
    """A program without a stage file is judged by the facts of `all.stage`."""
    facts = {**stage(database={"maxConnections": 90})}
    _configured({"all": {"stage": facts}}, config={})

    found = judged(target, config={}, rules=BOUNDS)
    assert fired(found) == {("capacity-db-steady", "web"), ("capacity-db-surge", "web")}


def test_the_stage_file_is_the_only_one() -> None:
    """Facts beside a stage file are refused: which of the two would count?"""
    text = _refusal({"all": {"stage": {"evenkeel:tier": "test"}}})

    assert "all.stage is given beside the stack's own stage file" in text


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"stage": {"evenkeel:tier": "prod"}}, "evenkeel:tier"),
        ({"stage": "Pulumi.production.yaml"}, "all.stage is no object"),
        ({"stages": {}}, "all.stages is an unknown key"),
    ],
)
def test_an_unreadable_stage_is_refused(given: dict[str, Any], expected: str) -> None:
    """A mistake in `all.stage` is told in the words of a stage file."""
    assert expected in _refusal({"all": given}, config={})


def test_a_schedule_is_judged_by_the_same_numbers() -> None:
    """Each policy reads its own numbers, on every kind of resource that it judges."""
    _configured({"capacity-floor": {"production": 5}})

    assert ("capacity-floor", "morning") in fired(judged(schedule))
