"""Why an alarm is in its state, in CloudWatch's words and as its data."""

import json
from datetime import UTC, datetime
from typing import Any

from sandbox.emulator.cloudwatch_judging import ALARM, INSUFFICIENT_DATA, Rule, Verdict

_WORDS = {
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "GreaterThanThreshold": "greater than",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}
_TREATED = {"breaching": "Breaching", "notBreaching": "NonBreaching"}


def reason(rule: Rule, verdict: Verdict) -> str:
    """StateReason of a new state."""
    if verdict.state == INSUFFICIENT_DATA:
        return f"Insufficient Data: {_unknown(verdict.filled)}."
    alarm = verdict.state == ALARM
    told = [point for point in verdict.evaluated if rule.breached(point[1]) == alarm]
    if not told:
        return f"Threshold Crossed: {_received(rule, verdict)}{_filled(rule, verdict)}."
    least = rule.points if alarm else rule.periods - rule.points + 1
    change = "OK -> ALARM" if alarm else "ALARM -> OK"
    values = ", ".join(f"{value!r} ({_short(at)})" for at, value in told)
    verb = "was" if len(told) == 1 else "were"
    not_ = "" if alarm else "not "
    return (
        f"Threshold Crossed: {len(told)} out of the last {rule.periods} datapoints [{values}] "
        f"{verb} {not_}{_WORDS[rule.comparison]} the threshold ({rule.threshold!r})"
        f"{_filled(rule, verdict)} (minimum {_number(least, 'datapoint')} for {change} transition)."
    )


def reason_data(
    rule: Rule, verdict: Verdict, now: float, period: int, statistic: str | None
) -> dict[str, Any]:
    """StateReasonData of a new state; *statistic* is None for a metric-math alarm."""
    points = verdict.evaluated
    return {
        "version": "1.0",
        "queryDate": _long(now),
        **({"startDate": _long(points[-1][0])} if points else {}),
        **({"statistic": statistic} if statistic else {}),
        "period": period,
        "recentDatapoints": [value for _, value in reversed(points)],
        "threshold": rule.threshold,
        "evaluatedDatapoints": [{"timestamp": _long(at), "value": value} for at, value in points],
    }


def recent_value(data: str | None) -> float | None:
    """The newest of StateReasonData's recentDatapoints, by which scaling policies go."""
    try:
        points = json.loads(data or "{}")["recentDatapoints"]
        return float(points[-1])
    except (ValueError, KeyError, IndexError, TypeError):
        return None


def _received(rule: Rule, verdict: Verdict) -> str:
    number = len(verdict.evaluated)
    count = _number(number, "datapoint") if number else "no datapoints"
    verb = "was" if number == 1 else "were"
    return f"{count} {verb} received for {_number(rule.periods, 'period')}"


def _filled(rule: Rule, verdict: Verdict) -> str:
    treated = _TREATED.get(rule.missing)
    if not verdict.filled or treated is None:
        return ""
    verb = "was" if verdict.filled == 1 else "were"
    number = _number(verdict.filled, "missing datapoint")
    return f" and {number} {verb} treated as [{treated}]"


def _unknown(number: int) -> str:
    return f"{_number(number, 'datapoint')} {'was' if number == 1 else 'were'} unknown"


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _short(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%d/%m/%y %H:%M:%S")


def _long(at: float) -> str:
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"
