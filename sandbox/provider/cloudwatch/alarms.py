"""CloudWatch: metric alarms."""

from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.cloudwatch.alarm_limits import METRIC, RULES
from sandbox.provider.requests import Request, request, translated
from sandbox.provider.resource_type import Name, ResourceType
from sandbox.provider.tags import as_list, from_list, ours, retag
from sandbox.provider.values import UNKNOWN, Properties

MISSING = ("ResourceNotFound", "ResourceNotFoundException")


def _dimensions(given: Any) -> Any:
    if not isinstance(given, dict):
        return given
    return [{"Name": name, "Value": value} for name, value in sorted(given.items())]


def _queries(given: Any) -> Any:
    if not isinstance(given, list):
        return given
    result = []
    for query in given:
        if query == UNKNOWN:
            result.append(query)
            continue
        # AWS's default is true, its provider's false. PAWS:cloudwatch/metric_alarm.py, return_data.
        plain = {"returnData": False, **{n: v for n, v in query.items() if n != "metric"}}
        metric = query.get("metric")
        if isinstance(metric, dict):
            named = {n: metric.get(n) for n in ("metricName", "namespace")}
            named["dimensions"] = _dimensions(metric.get("dimensions"))
            stat = {n: metric.get(n) for n in ("period", "stat", "unit")}
            plain["metricStat"] = {"metric": named, **stat}
        result.append(plain)
    return translated("cloudwatch", "MetricDataQueries", result)


def _queries_read(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    result = []
    for query in found:
        plain = {name: value for name, value in query.items() if name != "MetricStat"}
        stat = query.get("MetricStat")
        if stat:
            metric = stat["Metric"]
            plain["metric"] = {
                **{name: value for name, value in stat.items() if name != "Metric"},
                "metricName": metric["MetricName"],
                "namespace": metric.get("Namespace"),
                "dimensions": {d["Name"]: d["Value"] for d in metric.get("Dimensions", [])},
            }
        result.append(plain)
    return result


def _alarm_request(inputs: Properties) -> Iterator[Request]:
    rest = {n: v for n, v in inputs.items() if n not in ("dimensions", "metricQueries")}
    yield request(
        "cloudwatch", "PutMetricAlarm", rest, AlarmName=inputs.get("name"),
        Dimensions=_dimensions(inputs.get("dimensions")),
        Metrics=_queries(inputs.get("metricQueries")), Tags=as_list(inputs),
    )  # fmt: skip


def _alarm(aws: Aws, name: str) -> dict[str, Any] | None:
    found = aws.call("cloudwatch", "DescribeAlarms", AlarmNames=[name], AlarmTypes=["MetricAlarm"])
    return next(iter(found.get("MetricAlarms", [])), None)


def _alarm_arn(aws: Aws, name: str) -> str:
    return aws.arn("cloudwatch", f"alarm:{name}")


def _alarm_tags(aws: Aws, name: str) -> dict[str, str]:
    answer = aws.call("cloudwatch", "ListTagsForResource", ResourceARN=_alarm_arn(aws, name))
    return from_list(answer.get("Tags"))


def _create_alarm(aws: Aws, inputs: Properties) -> str:
    name = str(inputs["name"])
    # PutMetricAlarm would silently take another stack's alarm over.
    if _alarm(aws, name) and not ours(_alarm_tags(aws, name), inputs):
        raise AwsError("ResourceAlreadyExists", f"alarm {name} exists, without this stack's tags")
    aws.send(next(_alarm_request(inputs)))
    return name


def _update_alarm(aws: Aws, _name: str, old: Properties, new: Properties) -> None:
    if any(old.get(key) != new.get(key) for key in _ALARM):
        # Tags of an update are ignored by AWS; they go their own way.
        aws.send(next(_alarm_request({k: v for k, v in new.items() if k != "tags"})))


def _read_alarm(aws: Aws, name: str, _inputs: Properties) -> Properties | None:
    found = _alarm(aws, name)
    if found is None:
        return None
    same = {n: found.get(n[0].upper() + n[1:]) for n in _ALARM}
    return {
        **same,
        "name": found["AlarmName"],
        "okActions": found.get("OKActions"),
        "evaluateLowSampleCountPercentiles": found.get("EvaluateLowSampleCountPercentile"),
        "dimensions": {d["Name"]: d["Value"] for d in found.get("Dimensions") or []} or None,
        "metricQueries": _queries_read(found.get("Metrics") or []) or None,
        "arn": found["AlarmArn"],
        "tags": _alarm_tags(aws, name),
    }


def _delete_alarm(aws: Aws, name: str, _outputs: Properties) -> None:
    aws.found("cloudwatch", "DeleteAlarms", *MISSING, AlarmNames=[name])


_ALARM = frozenset(
    {"name", "alarmDescription", "comparisonOperator", "evaluationPeriods", "datapointsToAlarm",
     "threshold", "thresholdMetricId", "treatMissingData", "actionsEnabled", "alarmActions",
     "okActions", "insufficientDataActions", "dimensions", "metricQueries",
     "evaluateLowSampleCountPercentiles", *METRIC}
)  # fmt: skip


METRIC_ALARM = ResourceType(
    token="aws:cloudwatch/metricAlarm:MetricAlarm",
    create=_create_alarm,
    read=_read_alarm,
    update=_update_alarm,
    delete=_delete_alarm,
    requests=_alarm_request,
    properties=_ALARM,
    required=frozenset({"comparisonOperator", "evaluationPeriods"}),
    replaces=frozenset({"name"}),
    computed=frozenset({"arn"}),
    name=Name(255),
    unique=("name",),
    sets=frozenset({"alarmActions", "okActions", "insufficientDataActions", "metricQueries"}),
    defaults={"treatMissingData": "missing", "actionsEnabled": True},
    retag=retag("cloudwatch", "TagResource", "UntagResource", "ResourceARN", of=_alarm_arn),
    rules=RULES,
    asks_aws=("the name is free, or bears this stack's tags",),
    open=("that metric, dimensions and actions exist", "the grammar of metric expressions"),
)
