"""CloudWatch: alarms kept whole and judged, metrics that are told apart by their dimensions, and
the alarms and dashboards that AWS refuses.

ministack drops what a metric-math alarm consists of, and takes any dashboard body.
"""

import json
from typing import Any

from ministack.services import cloudwatch

from sandbox.emulator import (
    cloudwatch_alarms,
    cloudwatch_data,
    cloudwatch_put,
    constraints,
    wire,
)
from sandbox.emulator.cloudwatch_alarm_checks import check_alarm
from sandbox.emulator.cloudwatch_wire import refused
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Answer, Record

# Members of PutMetricAlarm that ministack does not keep, or fills in where AWS leaves them out.
_KEPT = ("Metrics", "EvaluateLowSampleCountPercentile")
_OF_ONE_METRIC = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Unit")

_put_alarm = cloudwatch._put_metric_alarm
_put_dashboard = cloudwatch._put_dashboard


def install() -> None:
    """Check and complete what ministack's CloudWatch does with alarms and dashboards."""
    cloudwatch_put.install()
    cloudwatch_alarms.install()
    cloudwatch_data.install()
    cloudwatch._put_metric_alarm = _alarm
    cloudwatch._put_dashboard = _dashboard


def _alarm(params: Any, data: Record, is_cbor: bool, is_json: bool = False) -> Answer:
    if not (is_cbor or is_json):  # the old query protocol, which our clients do not speak
        answer: Answer = _put_alarm(params, data, is_cbor, is_json)
        return answer
    try:
        operation = wire.model("cloudwatch").operation_model("PutMetricAlarm")
        constraints.check(operation.input_shape, data, "ValidationError")
        check_alarm(data)
    except Refusal as refusal:
        return refused(refusal, is_cbor, is_json)
    answer = _put_alarm(params, data, is_cbor, is_json)
    record = cloudwatch._alarms.get(data["AlarmName"])
    if record is not None:
        record.update({member: data[member] for member in _KEPT if member in data})
        for member in _OF_ONE_METRIC:
            record[member] = data.get(member)
        for member in ("Threshold", "DatapointsToAlarm"):
            record[member] = data.get(member)
    return answer


def _dashboard(params: Any, data: Record, is_cbor: bool, is_json: bool = False) -> Answer:
    body = (
        data.get("DashboardBody", "")
        if is_cbor or is_json
        else cloudwatch._p(params, "DashboardBody")
    )
    try:
        _check_dashboard(body)
    except Refusal as refusal:
        return refused(refusal, is_cbor, is_json)
    answer: Answer = _put_dashboard(params, data, is_cbor, is_json)
    return answer


def _check_dashboard(body: str) -> None:
    """The body structure of the CloudWatch API reference, as far as widgets go."""
    code = "InvalidParameterInput"
    try:
        content = json.loads(body)
    except json.JSONDecodeError as error:
        message = f"The dashboard body is not valid JSON: {error}"
        raise Refusal(code, message) from error
    widgets = content.get("widgets") if isinstance(content, dict) else None
    if not isinstance(widgets, list):
        raise Refusal(code, "The dashboard body is invalid: it must be an object with widgets")
    for number, widget in enumerate(widgets):
        where = f"/widgets/{number}"
        if widget.get("type") not in ("alarm", "explorer", "log", "metric", "text"):
            raise Refusal(
                code, f"The dashboard body is invalid: {where}/type {widget.get('type')!r}"
            )
        if not isinstance(widget.get("properties"), dict):
            raise Refusal(code, f"The dashboard body is invalid: {where} has no properties")
        if not (1 <= widget.get("width", 6) <= 24 and 1 <= widget.get("height", 6) <= 1000):
            raise Refusal(code, f"The dashboard body is invalid: {where} does not fit the grid")
