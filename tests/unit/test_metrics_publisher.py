"""The publisher: what it does while the emulator does not take its data."""

import threading
from dataclasses import replace
from http.client import IncompleteRead
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.dataplane import metrics
from sandbox.dataplane.metric_data import Reading
from sandbox.dataplane.metrics import Publisher
from sandbox.dataplane.snapshot import Scope, Snapshot
from tests.support.balancers import balancer

WEB = balancer([])
OTHER = replace(WEB, scope=Scope("444455556666", "eu-west-1"))
COUNTER = "evenkeel.111122223333_eu-west-1_app_web_1_2.elb.code.502"


class Told(Publisher):
    """A publisher before two load balancers, whose counters and CloudWatch are lists."""

    def __init__(self, readings: list[int], failures: list[str]) -> None:
        live = SimpleNamespace(snapshot=Snapshot((WEB, OTHER)))
        super().__init__(SimpleNamespace(live=live, url=""), 60)  # type: ignore[arg-type]
        self._emulated = SimpleNamespace(client=self._put)  # type: ignore[assignment]
        self.readings = readings
        self.failures = failures  # accounts, each of whose next call fails once
        self.told: list[tuple[str, float]] = []  # account, errors of a minute

    def _read(self) -> Reading:
        return Reading({COUNTER: self.readings.pop(0)})

    def _put(self, _: str, scope: Scope) -> Any:
        def put(**call: Any) -> None:
            if scope.account in self.failures:
                self.failures.remove(scope.account)
                raise IncompleteRead(b"")
            for datum in call["MetricData"]:
                if datum["MetricName"] == "HTTPCode_ELB_5XX_Count":
                    self.told.append((scope.account, datum["Counts"][0]))

        return SimpleNamespace(put_metric_data=put)


def test_what_was_told_is_not_told_again() -> None:
    """A failure after the first of two accounts: later the second's counts alone, then what is new.

    6 errors at first, 10 in the end; without the failure each account would be told 6 and 4.
    """
    publisher = Told([6, 10], [OTHER.scope.account])
    publisher._publish(1)
    with pytest.raises(IncompleteRead):
        publisher._publish(2)
    assert publisher.told == [("111122223333", 6)]
    publisher._publish(3)
    first, second = "111122223333", "444455556666"
    assert publisher.told == [(first, 6), (second, 6), (first, 4), (second, 4)]


def test_half_an_answer_does_not_end_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An emulator that dies in the middle of an answer: said once, and asked again."""
    publisher, asked, enough = Told([], []), [0], threading.Event()

    def clock() -> None:
        asked[0] += 1
        if asked[0] == 3:
            enough.set()
            threading.Event().wait()  # the daemon thread rests for ever
        raise IncompleteRead(b'{"now"')

    monkeypatch.setattr(publisher, "_emulated", SimpleNamespace(clock=clock))
    monkeypatch.setattr(metrics, "SHORTEST", 0.01)
    publisher.start()
    assert enough.wait(60)
    assert caplog.text.count("no metrics for now: IncompleteRead") == 1
