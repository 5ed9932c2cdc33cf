"""Alarms: judged once each sandbox minute, their actions dispatched.

CloudWatch user guide, "Alarm actions": a notification is sent on a change of state only, a scaling
action on the change to ALARM and again every minute while the alarm stays there.
"""

import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from ministack.core.responses import request_scope
from ministack.services import cloudwatch

from sandbox.emulator import cloudwatch_values
from sandbox.emulator.cloudwatch_judging import ALARM, Verdict, judge
from sandbox.emulator.cloudwatch_points import period, points, rule, too_few
from sandbox.emulator.cloudwatch_reasons import reason, reason_data, recent_value
from sandbox.emulator.wire import Answer, Record

Act: TypeAlias = Callable[[str, Record, float], None]

_log = logging.getLogger(__name__)
MINUTE = 60
DELIVERY = 30  # seconds; datapoints of other processes have arrived by then
HISTORY = 30 * 86400  # seconds that CloudWatch preserves an alarm's history

_acts: dict[str, Act] = {}
_minute: int | None = None  # the last one in which alarms were judged
_said: dict[str, str] = {}  # what was wrong with an alarm last, by its ARN
_send = cloudwatch._dispatch_alarm_actions
_set_state = cloudwatch._set_alarm_state


def use(prefix: str, act: Act) -> None:
    """Call *act* for actions whose ARN starts with *prefix*: action, alarm, latest value.

    The value is the newest datapoint that was judged. Without one, it is the threshold: the alarm
    was set by hand, or missing datapoints count as breaching.
    """
    _acts[prefix] = act


def beat() -> set[str]:
    """Judge every alarm whose minute has come; the accounts in which a state changed.

    Judged are the finished periods before the present minute; minutes that nobody beat are gone.
    """
    global _minute
    minute = int((time.time() - DELIVERY) // MINUTE)
    if minute == _minute:
        return set()
    _minute = minute
    cloudwatch_values.forget()
    changed = set()
    for account, region in sorted({where[:2] for where in cloudwatch._alarms._data}):
        with request_scope(account, region):
            if _judge_all(minute * MINUTE):
                changed.add(account)
    return changed


def install() -> None:
    """Judge alarms here and nowhere else, and dispatch scaling actions too."""
    cloudwatch._evaluate_all_alarms = lambda: None
    cloudwatch._evaluate_alarm = lambda _: None
    cloudwatch._dispatch_alarm_actions = _dispatch
    cloudwatch._set_alarm_state = _set_alarm_state


def _judge_all(end: float) -> bool:
    """Judge the caller's alarms over what was before *end*; whether a state changed.

    Every state is settled before the first action: a scaling policy looks at several alarms.
    """
    changed, lasting = [], []
    for alarm in cloudwatch._alarms.values():
        before = alarm["StateValue"]
        value = None
        with _apart(alarm):
            value = _judge(alarm, end)
        if alarm["StateValue"] != before:
            changed.append((alarm, before))
        elif before == ALARM and value is not None:
            lasting.append((alarm, value))
    for alarm, before in changed:
        with _apart(alarm):
            _dispatch(alarm, before, alarm["StateValue"], alarm["StateReason"])
    for alarm, value in lasting:
        with _apart(alarm):
            _act(alarm, value)
    for alarm, _ in changed:
        with _apart(alarm):
            cloudwatch._evaluate_parent_alarms(alarm)
    return bool(changed)


@contextmanager
def _apart(alarm: Record) -> Iterator[None]:
    """Let what is wrong with one alarm be its own: it is logged once, the others go on."""
    try:
        yield
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
        if _said.get(alarm["AlarmArn"]) != problem:
            _said[alarm["AlarmArn"]] = problem
            _log.exception("the alarm %s cannot be judged", alarm["AlarmArn"])


def _judge(alarm: Record, end: float) -> float | None:
    """Set the alarm's state; the value to act on, None for an alarm of a kind not judged here."""
    ruled = rule(alarm)
    if ruled is None:
        return None
    verdict = judge(ruled, points(alarm, end), alarm["StateValue"])
    if too_few(alarm, end):
        verdict = Verdict(alarm["StateValue"], verdict.evaluated)
    if verdict.state != alarm["StateValue"]:
        told = reason_data(ruled, verdict, time.time(), period(alarm), _statistic(alarm))
        _change(alarm, verdict, reason(ruled, verdict), told)
    return verdict.evaluated[0][1] if verdict.evaluated else ruled.threshold


def _change(alarm: Record, verdict: Verdict, why: str, data: Record) -> None:
    """Write the new state down, in the record and in the history."""
    before, now = alarm["StateValue"], time.time()
    alarm["StateValue"] = verdict.state
    alarm["StateReason"] = why
    alarm["StateReasonData"] = json.dumps(data, separators=(",", ":"))
    alarm["StateUpdatedTimestamp"] = alarm["StateTransitionedTimestamp"] = int(now)
    cloudwatch._record_history(alarm["AlarmName"], before, verdict.state, why, reason_data=data)
    entries = cloudwatch._history_entries()
    oldest = cloudwatch._ts_iso(now - HISTORY)
    while entries[0]["Timestamp"] < oldest:
        del entries[0]


def _statistic(alarm: Record) -> str | None:
    found: str | None = alarm.get("ExtendedStatistic") or alarm.get("Statistic")
    return found


def _dispatch(alarm: Record, before: str, state: str, why: str) -> None:
    """The actions on a change of state, in ministack's way and ours."""
    _send(alarm, before, state, why)
    if state == ALARM:
        value = recent_value(alarm.get("StateReasonData"))
        _act(alarm, alarm.get("Threshold") if value is None else value)


def _act(alarm: Record, value: Any) -> None:
    """Call what is in use for the actions of an alarm in ALARM."""
    if not alarm["ActionsEnabled"] or alarm["AlarmName"] not in cloudwatch._alarms:
        return
    for action in alarm["AlarmActions"]:
        for prefix, act in _acts.items():
            if action.startswith(prefix):
                try:
                    act(action, alarm, value)
                except Exception:  # as CloudWatch: an action's failure is not the alarm's
                    _log.exception("%s failed for the alarm %s", action, alarm["AlarmName"])


def _set_alarm_state(params: Any, data: Record, is_cbor: bool, is_json: bool = False) -> Answer:
    """SetAlarmState, whose StateReasonData is the caller's or none (API reference)."""
    alarm = cloudwatch._alarms.get(data.get("AlarmName"))
    if alarm is not None:
        alarm.pop("StateReasonData", None)
    answer: Answer = _set_state(params, data, is_cbor, is_json)
    return answer
