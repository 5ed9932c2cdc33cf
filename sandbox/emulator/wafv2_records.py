"""How a web ACL is found among ministack's records."""

from ministack.services import waf

from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record


def by_arn(arn: str) -> Record:
    """The web ACL of an ARN; refused when there is none."""
    record: Record | None = next((a for a in waf._web_acls.values() if a["ARN"] == arn), None)
    if record is None:
        raise missing()
    return record


def missing() -> Refusal:
    """The refusal of a name that names nothing."""
    return Refusal(
        "WAFNonexistentItemException",
        "AWS WAF couldn't perform the operation because your resource doesn't exist.",
    )
