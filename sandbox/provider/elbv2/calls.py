"""Elastic Load Balancing: what all its resource types share."""

import re
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.tags import from_list, retag

RETAG = retag("elbv2", "AddTags", "RemoveTags", "ResourceArns", many=True)
MISSING = "NotFound"
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?")


def name_fault(kind: str, name: str) -> str | None:
    """AWS's words against the name of a load balancer or target group."""
    if len(name) > 32:
        return f"ValidationError: {kind} name '{name}' cannot be longer than '32' characters"
    if not _NAME.fullmatch(name) or name.startswith("internal-"):
        return (
            f"ValidationError: {kind} name '{name}' can only contain characters that are "
            "alphanumeric characters and hyphens(-), must not begin or end with a hyphen, nor "
            "begin with 'internal-'"
        )
    return None


def out_of(name: str, value: Any, low: int, high: int) -> str | None:
    """AWS's words against a number outside its range."""
    if value is None or low <= value <= high:
        return None
    return (
        f"ValidationError: '{name}' must be between '{low}' and '{high}' inclusive, not '{value}'"
    )


def tags_of(aws: Aws, arn: str) -> dict[str, str]:
    """The tags of one ELBv2 resource."""
    described = aws.call("elbv2", "DescribeTags", ResourceArns=[arn])["TagDescriptions"]
    return from_list(described[0].get("Tags") if described else [])
