"""CloudWatch: dashboards."""

import json
from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.cloudwatch.alarms import MISSING
from sandbox.provider.requests import Request, request
from sandbox.provider.resource_type import ResourceType, rule
from sandbox.provider.values import Properties

_GONE = ("NotFound", "NotFoundError", *MISSING)
_WIDGETS = ("metric", "text", "log", "alarm", "explorer", "custom")


@rule(
    "dashboardBody",
    what="JSON with widgets, at most 500: known type, on a grid of 24 columns, with properties",
    source="CloudWatch API reference, dashboard body structure and syntax",
)
def _body(inputs: Properties) -> str | None:
    try:
        body = json.loads(inputs["dashboardBody"])
    except ValueError as error:
        return (
            f"InvalidParameterInput: The field DashboardBody must be a valid JSON object: {error}"
        )
    if not isinstance(body, dict) or not isinstance(body.get("widgets", []), list):
        return (
            "InvalidParameterInput: The field DashboardBody must be a JSON object with a list of "
            "widgets"
        )
    widgets = body.get("widgets", [])
    if len(widgets) > 500:
        return (
            f"InvalidParameterInput: The dashboard body has {len(widgets)} widgets, at most 500 "
            "are allowed"
        )
    return next((said for n, w in enumerate(widgets) if (said := _widget_fault(n, w))), None)


def _widget_fault(number: int, widget: Any) -> str | None:
    path = f"InvalidParameterInput: The dashboard body is invalid: /widgets/{number}"
    if not isinstance(widget, dict) or widget.get("type") not in _WIDGETS:
        return f"{path}/type should be one of {', '.join(_WIDGETS)}"
    if not isinstance(widget.get("properties"), dict):
        return f"{path} should have required property 'properties'"
    for name, low, high in (("x", 0, 23), ("y", 0, 100000), ("width", 1, 24), ("height", 1, 1000)):
        value = widget.get(name)
        if value is not None and not (isinstance(value, int) and low <= value <= high):
            return f"{path}/{name} should be {low} to {high}, not {value}"
    return None


def _dashboard_request(inputs: Properties) -> Iterator[Request]:
    yield request("cloudwatch", "PutDashboard", inputs)


def _put_dashboard(aws: Aws, inputs: Properties) -> str:
    answer = aws.send(next(_dashboard_request(inputs)))
    said = [m.get("Message", "") for m in answer.get("DashboardValidationMessages") or []]
    if said:
        raise AwsError("InvalidParameterInput", "; ".join(said))
    return str(inputs["dashboardName"])


def _update_dashboard(aws: Aws, _name: str, _old: Properties, new: Properties) -> None:
    _put_dashboard(aws, new)


def _read_dashboard(aws: Aws, name: str, _inputs: Properties) -> Properties | None:
    found = aws.found("cloudwatch", "GetDashboard", *_GONE, DashboardName=name)
    if found is None:
        return None
    return {
        "dashboardName": found["DashboardName"],
        "dashboardBody": found["DashboardBody"],
        "dashboardArn": found["DashboardArn"],
    }


def _delete_dashboard(aws: Aws, name: str, _outputs: Properties) -> None:
    aws.found("cloudwatch", "DeleteDashboards", *_GONE, DashboardNames=[name])


DASHBOARD = ResourceType(
    token="aws:cloudwatch/dashboard:Dashboard",
    create=_put_dashboard,
    read=_read_dashboard,
    update=_update_dashboard,
    delete=_delete_dashboard,
    requests=_dashboard_request,
    properties=frozenset({"dashboardName", "dashboardBody"}),
    required=frozenset({"dashboardName", "dashboardBody"}),
    replaces=frozenset({"dashboardName"}),
    computed=frozenset({"dashboardArn"}),
    unique=("dashboardName",),
    rules=(_body,),
    open=("the properties of each widget", "a dashboard of the same name is taken over, as on AWS"),
)
