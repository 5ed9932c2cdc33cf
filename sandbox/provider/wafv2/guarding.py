"""WAF: what a web ACL guards, and where it logs."""

from collections.abc import Iterator

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.requests import Request, translated
from sandbox.provider.resource_type import ResourceType, rule
from sandbox.provider.values import UNKNOWN, Properties

MISSING = "WAFNonexistentItemException"


def _association_request(inputs: Properties) -> Iterator[Request]:
    yield Request(
        "wafv2", "AssociateWebACL",
        {"WebACLArn": inputs["webAclArn"], "ResourceArn": inputs["resourceArn"]},
    )  # fmt: skip


def _associate(aws: Aws, inputs: Properties) -> str:
    def try_once() -> bool | None:
        try:
            aws.send(next(_association_request(inputs)))
        except AwsError as refused:
            # AWS may not know a web ACL yet that it has just made. BC:wafv2/AssociateWebACL.
            if refused.code == "WAFUnavailableEntityException":
                return None
            raise
        return True

    aws.wait(f"web ACL {inputs['webAclArn']}", try_once, seconds=300)
    return f"{inputs['webAclArn']},{inputs['resourceArn']}"


def _read_association(aws: Aws, association_id: str, _inputs: Properties) -> Properties | None:
    _, resource = association_id.split(",", 1)
    answer = aws.found("wafv2", "GetWebACLForResource", MISSING, ResourceArn=resource)
    acl = (answer or {}).get("WebACL")
    return {"webAclArn": acl["ARN"], "resourceArn": resource} if acl else None


def _disassociate(aws: Aws, association_id: str, _outputs: Properties) -> None:
    resource = association_id.split(",", 1)[1]
    aws.found("wafv2", "DisassociateWebACL", MISSING, ResourceArn=resource)


WEB_ACL_ASSOCIATION = ResourceType(
    token="aws:wafv2/webAclAssociation:WebAclAssociation",
    create=_associate,
    read=_read_association,
    delete=_disassociate,
    requests=_association_request,
    properties=frozenset({"webAclArn", "resourceArn"}),
    required=frozenset({"webAclArn", "resourceArn"}),
    unique=("resourceArn",),
    asks_aws=("web ACL and resource exist (the emulator)",),
)


@rule(
    "logDestinationConfigs",
    what="one destination, whose name starts with aws-waf-logs-",
    source="BC:wafv2/LoggingConfiguration; WAF23 logging-cw-logs.md",
)
def _destination(inputs: Properties) -> str | None:
    destinations = inputs["logDestinationConfigs"]
    if len(destinations) != 1:
        return (
            "WAFInvalidParameterException: Error reason: exactly one log destination, field: "
            "LOG_DESTINATION"
        )
    name = str(destinations[0]).removesuffix(":*").split(":")[-1].removeprefix("deliverystream/")
    if not name.startswith("aws-waf-logs-"):
        return (
            "WAFInvalidParameterException: Error reason: The ARN isn't valid. A valid ARN begins "
            "with arn: and its resource name with aws-waf-logs-., field: LOG_DESTINATION, "
            f"parameter: {destinations[0]}"
        )
    return None


@rule(
    "redactedFields",
    what="only a single header, the method, the path or the query string are redacted",
    source="BC:wafv2/LoggingConfiguration.RedactedFields",
)
def _redacted(inputs: Properties) -> str | None:
    allowed = {"singleHeader", "method", "uriPath", "queryString"}
    names = ", ".join(sorted(allowed))
    for field in inputs.get("redactedFields") or []:
        if len(field) != 1 or not field.keys() <= allowed:
            return (
                "WAFInvalidParameterException: Error reason: a redacted field is one of "
                f"{names}, field: REDACTED_FIELDS"
            )
    return None


def _logging_request(inputs: Properties) -> Iterator[Request]:
    given = {name: value for name, value in inputs.items() if name != "region"}
    if given.get("logDestinationConfigs") not in (None, UNKNOWN):
        destinations = given["logDestinationConfigs"]
        given["logDestinationConfigs"] = [str(arn).removesuffix(":*") for arn in destinations]
    configuration = translated("wafv2", "LoggingConfiguration", given)
    yield Request("wafv2", "PutLoggingConfiguration", {"LoggingConfiguration": configuration})


def _put_logging(aws: Aws, inputs: Properties) -> str:
    aws.send(next(_logging_request(inputs)))
    return str(inputs["resourceArn"])


def _update_logging(aws: Aws, _arn: str, _old: Properties, new: Properties) -> None:
    _put_logging(aws, new)


def _read_logging(aws: Aws, arn: str, _inputs: Properties) -> Properties | None:
    answer = aws.found("wafv2", "GetLoggingConfiguration", MISSING, ResourceArn=arn)
    if answer is None:
        return None
    found = answer["LoggingConfiguration"]
    return {
        "resourceArn": found["ResourceArn"],
        "logDestinationConfigs": found["LogDestinationConfigs"],
        "redactedFields": found.get("RedactedFields"),
        "loggingFilter": found.get("LoggingFilter"),
    }


def _delete_logging(aws: Aws, arn: str, _outputs: Properties) -> None:
    aws.found("wafv2", "DeleteLoggingConfiguration", MISSING, ResourceArn=arn)


WEB_ACL_LOGGING = ResourceType(
    token="aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    create=_put_logging,
    read=_read_logging,
    update=_update_logging,
    delete=_delete_logging,
    requests=_logging_request,
    properties=frozenset(
        {"resourceArn", "logDestinationConfigs", "redactedFields", "loggingFilter"}
    ),
    required=frozenset({"resourceArn", "logDestinationConfigs"}),
    replaces=frozenset({"resourceArn"}),
    unique=("resourceArn",),
    sets=frozenset({"redactedFields"}),
    rules=(_destination, _redacted),
    open=("that the destination exists and takes the logs",),
)
