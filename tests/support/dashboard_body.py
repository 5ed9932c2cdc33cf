"""The body of a CloudWatch dashboard as a JSON schema, as far as graphs of metrics go.

CloudWatch API reference, "Dashboard Body Structure and Syntax". Members that the reference does
not have are refused here, because the console would ignore them.
"""

from typing import Any

import jsonschema

_DIMENSIONS = 30  # of a metric
_OPTIONS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "color": {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"},
        "expression": {"type": "string", "minLength": 1},
        "id": {"type": "string", "pattern": "^[a-z][a-zA-Z0-9_]*$"},
        "label": {"type": "string"},
        "period": {"type": "integer", "multipleOf": 60, "minimum": 60},
        "region": {"type": "string"},
        "stat": {"type": "string", "pattern": "^(Average|Sum|Minimum|Maximum|SampleCount|p\\d+)$"},
        "visible": {"type": "boolean"},
        "yAxis": {"enum": ["left", "right"]},
    },
}
_EXPRESSION = {
    "type": "array",
    "prefixItems": [{**_OPTIONS, "required": ["expression"]}],
    "items": False,
    "minItems": 1,
}
_TEXTS = [{"type": "string", "minLength": 1}] * (2 + 2 * _DIMENSIONS)
_METRICS = [  # one for each number of dimensions: names and values in turn, then options
    {
        "type": "array",
        "prefixItems": [
            *_TEXTS[: 2 + 2 * count],
            {**_OPTIONS, "not": {"required": ["expression"]}},
        ],
        "items": False,
        "minItems": 2 + 2 * count,
        "maxItems": 3 + 2 * count,
    }
    for count in range(_DIMENSIONS + 1)
]
_AXIS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "label": {"type": "string"},
        "min": {"type": "number"},
        "max": {"type": "number"},
        "showUnits": {"type": "boolean"},
    },
}
_LINE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["value"],
    "properties": {
        "value": {"type": "number"},
        "label": {"type": "string"},
        "color": {"type": "string"},
        "fill": {"enum": ["none", "above", "below"]},
        "visible": {"type": "boolean"},
        "yAxis": {"enum": ["left", "right"]},
    },
}
_PROPERTIES = {
    "type": "object",
    "additionalProperties": False,
    "required": ["metrics", "region"],
    "properties": {
        "accountId": {"type": "string"},
        "annotations": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"horizontal": {"type": "array", "items": _LINE}},
        },
        "legend": {"type": "object"},
        "liveData": {"type": "boolean"},
        "metrics": {
            "type": "array",
            "items": {"anyOf": [_EXPRESSION, *_METRICS]},
            "minItems": 1,
            "maxItems": 500,
        },
        "period": {"type": "integer", "multipleOf": 60, "minimum": 60},
        "region": {"type": "string", "pattern": "^[a-z]{2}(-[a-z]+)+-\\d$"},
        "stacked": {"type": "boolean"},
        "stat": {"type": "string"},
        "title": {"type": "string"},
        "view": {"enum": ["timeSeries", "singleValue", "gauge", "bar", "pie", "table"]},
        "yAxis": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"left": _AXIS, "right": _AXIS},
        },
    },
}
_WIDGET = {
    "type": "object",
    "additionalProperties": False,
    "required": ["type", "properties"],
    "properties": {
        "type": {"const": "metric"},
        "x": {"type": "integer", "minimum": 0, "maximum": 23},
        "y": {"type": "integer", "minimum": 0},
        "width": {"type": "integer", "minimum": 1, "maximum": 24},
        "height": {"type": "integer", "minimum": 1, "maximum": 1000},
        "properties": _PROPERTIES,
    },
}
_BODY = {
    "type": "object",
    "additionalProperties": False,
    "required": ["widgets"],
    "properties": {
        "start": {"type": "string", "pattern": "^-P(\\d+[YMWD])*(T(\\d+[HMS])+)?$"},
        "end": {"type": "string"},
        "periodOverride": {"enum": ["auto", "inherit"]},
        "widgets": {"type": "array", "maxItems": 500, "items": _WIDGET},
    },
}


def check(body: Any) -> None:
    """Raises jsonschema.ValidationError for a body that the reference does not describe."""
    jsonschema.Draft202012Validator(_BODY).validate(body)
