"""Logging configurations of web ACLs, which ministack does not know."""

import re

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import cloudwatch_logs

from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wafv2_checks import invalid
from sandbox.emulator.wafv2_records import by_arn, missing
from sandbox.emulator.wire import Record

configurations = AccountRegionScopedDict()  # web ACL ARN -> logging configuration
_REDACTABLE = ("UriPath", "QueryString", "SingleHeader", "Method")


def put(request: Record) -> Record:
    """PutLoggingConfiguration."""
    wanted = request["LoggingConfiguration"]
    record = by_arn(wanted["ResourceArn"])
    destinations = wanted["LogDestinationConfigs"]
    name = re.search(r":log-group:([^:]+)", destinations[0])
    if len(destinations) != 1 or not _named_for_waf(destinations[0]):
        raise invalid(
            "The ARN isn't valid. A valid ARN begins with arn: and its destination's name begins"
            f" with aws-waf-logs-, field: LOG_DESTINATION, parameter: {destinations[0]}"
        )
    if name and name[1] not in cloudwatch_logs._log_groups:
        message = "AWS WAF couldn't find the log destination: " + destinations[0]
        raise Refusal("WAFLogDestinationPermissionIssueException", message)
    for field in wanted.get("RedactedFields", []):
        if not set(field) <= set(_REDACTABLE):
            raise invalid(
                f"The field can't be redacted, field: FIELD_TO_MATCH, parameter: {sorted(field)[0]}"
            )
    kept = {"ManagedByFirewallManager": False, "LogType": "WAF_LOGS", "LogScope": "CUSTOMER"}
    configurations[record["ARN"]] = {**kept, **wanted}
    return {"LoggingConfiguration": configurations[record["ARN"]]}


def _named_for_waf(arn: str) -> bool:
    return re.search(r"(:log-group:|:::|:deliverystream/)aws-waf-logs-", arn) is not None


def get(request: Record) -> Record:
    """GetLoggingConfiguration."""
    found = configurations.get(request["ResourceArn"])
    if found is None:
        raise missing()
    return {"LoggingConfiguration": found}


def delete(request: Record) -> None:
    """DeleteLoggingConfiguration."""
    if configurations.pop(request["ResourceArn"], None) is None:
        raise missing()
