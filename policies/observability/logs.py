"""How long logs are kept."""

from collections.abc import Iterator

from pulumi_policy import Severity

from policies.observability.alarms import number
from policies.plan import Resource
from policies.resource_types import LOG_GROUP
from policies.rules import ResourceRule


def _retained(group: Resource) -> Iterator[str]:
    days = group.props.get("retentionInDays")
    if not days or days < 0:
        given = "no retentionInDays" if days is None else f"retentionInDays {number(days)}"
        yield (
            f"{given}: its logs are kept for ever, at a growing price, with whatever they say of "
            "people. A retentionInDays of 30 passes."
        )


RETAINED = ResourceRule(
    name="logs-retained",
    description="Every log group says for how many days its logs are kept.",
    protects_from=(
        "Logs that grow for ever: a bill that nobody planned, and data about people that should "
        "be gone."
    ),
    source="AWS: CloudWatch Logs API, PutRetentionPolicy; without one, events never expire.",
    severity=Severity.MEDIUM,
    types={LOG_GROUP},
    judge=_retained,
    remediation=(
        "Set retentionInDays of the log group. In a stage file it is "
        "evenkeel:observability.logRetentionDays, which always has a value."
    ),
)
