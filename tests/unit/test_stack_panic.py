"""The program while a panic is in force: the scalable target is left alone, and that is said."""

import json

import pulumi
import pytest
from pulumi.runtime.proto import resource_pb2

from infra.panic import parameter
from infra.stack import build
from tests.support.monitor import Monitor
from tests.support.program import Program, register
from tests.support.stages import config_of, shipped

TARGET = "aws:appautoscaling/target:Target"
BY_PATH = "aws:ssm/getParametersByPath:getParametersByPath"
NAME = "/evenkeel/evenkeel-staging/panic"
RECORD = json.dumps({"at": "2026-11-22T03:00:00Z", "by": "arn:aws:iam::1:user/ada", "count": 1})


class _WithParameters(Monitor):
    """An account that has these parameters below every path."""

    def __init__(self, parameters: dict[str, str]) -> None:
        super().__init__(preview=False)
        self._parameters = parameters

    def Invoke(  # noqa: N802, the name in the protocol
        self, request: resource_pb2.ResourceInvokeRequest
    ) -> resource_pb2.ResourceInvokeResponse:
        response = super().Invoke(request)
        if request.tok == BY_PATH:
            assert dict(request.args) == {"path": "/evenkeel/evenkeel-staging",
                                          "withDecryption": False}  # fmt: skip
            answer = {"names": list(self._parameters), "values": list(self._parameters.values())}
            getattr(response, "return").update(answer)
        return response


def built(parameters: dict[str, str]) -> Program:
    stage = shipped("staging")
    monitor = _WithParameters(parameters)
    return register(lambda: build(stage), config=config_of(stage), monitor=monitor)


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", found.append)
    return found


def held(program: Program) -> set[str]:
    """Types of resources that ignore every change."""
    return {each.type for each in program.registered if each.ignore_changes == ("*",)}


def test_the_parameter_is_the_stages_own() -> None:
    """S0-22: command and program name the same parameter."""
    assert parameter("evenkeel-staging") == NAME


def test_a_panic_holds_the_target_alone(warned: list[str]) -> None:
    """S0-22: with the parameter there, the target ignores every change; the rest may change."""
    assert held(built({NAME: RECORD, "/evenkeel/evenkeel-staging/other": "x"})) == {TARGET}
    assert warned == [
        "A panic is in force since 2026-11-22T03:00:00Z: arn:aws:iam::1:user/ada fixed 1 tasks. "
        "This update leaves the service's count, its bounds and the suspension of scaling as they "
        "are. Next: `evenkeel resume staging` (with --sandbox there) once it is over; a change of "
        "the stage's bounds waits for the `up` after that."
    ]


@pytest.mark.parametrize("parameters", [{}, {"/evenkeel/evenkeel-staging/other": RECORD}])
def test_without_a_panic_nothing_is_held(warned: list[str], parameters: dict[str, str]) -> None:
    """S0-22: no such parameter, no warning, and bounds that an update changes."""
    assert (held(built(parameters)), warned) == (set(), [])


def test_the_target_alone_is_looked_after_once_it_is_updated() -> None:
    """S0-22: a panic that begins during the update is seen straight after the target's update."""
    hooked = {each.type: each.after_update for each in built({}).registered if each.after_update}
    assert hooked == {TARGET: (f"{TARGET}_evenkeel-staging_after_update_0",)}


@pytest.mark.parametrize(
    "record", ["", "{", "[]", "null", '{"at": 1}', RECORD.replace("1}", "1e999}")]
)
def test_a_damaged_record_holds_too(warned: list[str], record: str) -> None:
    """S0-22: a deploy does not fail by what it cannot read, and does not undo the panic either."""
    assert held(built({NAME: record})) == {TARGET}
    assert warned[0].startswith("A panic is in force, whose record cannot be read. This update")
