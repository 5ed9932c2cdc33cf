"""CloudWatch Logs: metric filters."""

import re
from collections.abc import Iterator

from sandbox.provider.aws import Aws
from sandbox.provider.cloudwatch.log_groups import MISSING
from sandbox.provider.requests import Request
from sandbox.provider.resource_type import Name, ResourceType, rule
from sandbox.provider.values import UNKNOWN, Properties


@rule(
    "metricTransformation",
    what="no default value together with dimensions; a value that is a number or a $field",
    source="BC:logs/MetricTransformation",
)
def _transformation(inputs: Properties) -> str | None:
    given = inputs["metricTransformation"]
    if given.get("dimensions") and given.get("defaultValue") not in (None, ""):
        return (
            "InvalidParameterException: Invalid metric transformation: dimensions and default "
            "value are mutually exclusive properties."
        )
    value = str(given.get("value", ""))
    if not re.fullmatch(r"-?\d+(\.\d+)?|\$.+", value):
        return (
            f"InvalidParameterException: Invalid metric transformation: metricValue '{value}' "
            "must be a number or a field ($…)"
        )
    return None


def _filter_request(inputs: Properties) -> Iterator[Request]:
    given = inputs.get("metricTransformation") or {}
    if given == UNKNOWN:
        return
    default = given.get("defaultValue")
    transformation = {
        "metricName": given.get("name"),
        "metricNamespace": given.get("namespace"),
        "metricValue": str(given.get("value")),
        "defaultValue": None if default in (None, "", UNKNOWN) else float(default),
        "dimensions": given.get("dimensions"),
        "unit": given.get("unit"),
    }
    yield Request(
        "logs", "PutMetricFilter",
        {"logGroupName": inputs["logGroupName"], "filterName": inputs["name"],
         "filterPattern": inputs["pattern"],
         "metricTransformations": [{k: v for k, v in transformation.items() if v is not None}]},
    )  # fmt: skip


def _put_filter(aws: Aws, inputs: Properties) -> str:
    aws.send(next(_filter_request(inputs)))
    return f"{inputs['logGroupName']}:{inputs['name']}"


def _update_filter(aws: Aws, _filter_id: str, _old: Properties, new: Properties) -> None:
    _put_filter(aws, new)


def _read_filter(aws: Aws, filter_id: str, _inputs: Properties) -> Properties | None:
    group, name = filter_id.rsplit(":", 1)
    answer = aws.found(
        "logs", "DescribeMetricFilters", MISSING, logGroupName=group, filterNamePrefix=name
    )
    filters = (answer or {}).get("metricFilters", [])
    found = next((f for f in filters if f["filterName"] == name), None)
    if found is None:
        return None
    made = found["metricTransformations"][0]
    return {
        "name": name,
        "logGroupName": group,
        "pattern": found.get("filterPattern", ""),
        "metricTransformation": {
            "name": made["metricName"],
            "namespace": made["metricNamespace"],
            "value": made["metricValue"],
            "defaultValue": made.get("defaultValue"),
            "dimensions": made.get("dimensions"),
            "unit": made.get("unit", "None"),
        },
    }


def _delete_filter(aws: Aws, filter_id: str, _outputs: Properties) -> None:
    group, name = filter_id.rsplit(":", 1)
    aws.found("logs", "DeleteMetricFilter", MISSING, logGroupName=group, filterName=name)


LOG_METRIC_FILTER = ResourceType(
    token="aws:cloudwatch/logMetricFilter:LogMetricFilter",
    create=_put_filter,
    read=_read_filter,
    update=_update_filter,
    delete=_delete_filter,
    requests=_filter_request,
    properties=frozenset({"name", "logGroupName", "pattern", "metricTransformation"}),
    required=frozenset({"logGroupName", "pattern", "metricTransformation"}),
    replaces=frozenset({"name", "logGroupName"}),
    name=Name(512),
    unique=("name", "logGroupName"),
    rules=(_transformation,),
    asks_aws=("the log group exists",),
    open=("the grammar of the filter pattern",),
)
