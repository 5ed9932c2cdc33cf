"""EC2: the calls that all its resource types share."""

from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.tags import as_list, retag
from sandbox.provider.values import Properties

RETAG = retag("ec2", "CreateTags", "DeleteTags", "Resources", keys="Tags", many=True)


def tagged(kind: str, inputs: Properties) -> list[dict[str, Any]] | None:
    """The tags in the form that EC2's creates take."""
    tags = as_list(inputs)
    return [{"ResourceType": kind, "Tags": tags}] if tags else None


def one(aws: Aws, operation: str, result: str, **asked: Any) -> dict[str, Any] | None:
    """The first resource of a describe, or None when there is none."""
    answer = aws.found("ec2", operation, "NotFound", "Malformed", **asked)
    items = (answer or {}).get(result) or []
    return items[0] if items else None


def filters(**values: str) -> list[dict[str, Any]]:
    """EC2's filters, underscores for hyphens."""
    return [{"Name": name.replace("_", "-"), "Values": [v]} for name, v in values.items()]


def gone(aws: Aws, operation: str, **asked: Any) -> None:
    """Deletes, tolerating what is gone and waiting for what still depends on it."""

    def try_once() -> bool | None:
        try:
            aws.call("ec2", operation, **asked)
        except AwsError as refused:
            if refused.code.endswith("NotFound"):
                return True
            if refused.code == "DependencyViolation":
                return None
            raise
        return True

    aws.wait(f"what depends on {next(iter(asked.values()))}", try_once, seconds=300)


def arn(aws: Aws, kind: str, resource_id: str) -> str:
    """The ARN of an EC2 resource."""
    return aws.arn("ec2", f"{kind}/{resource_id}")
