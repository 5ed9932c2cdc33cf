"""What the web ACL decided is kept, without what identifies a user."""

from collections.abc import Iterator

from pulumi_policy import Severity

from policies.plan import Plan, Resource
from policies.resource_types import WEB_ACL, WEB_ACL_LOGGING
from policies.rules import PlanRule
from policies.waf.web_acl import kind_of

# AWS takes no other destination (AWS: WAF developer guide, logging destinations).
PREFIX = "aws-waf-logs-"
# A name, or what Pulumi and AWS put at the start of one: of log groups, streams and buckets.
NAMED_BY = ("name", "namePrefix", "bucket", "bucketPrefix")
# Who may act as whom: tokens, cookies, and the session id in Socket.IO's query string.
SECRET = ("singleHeader authorization", "singleHeader cookie", "queryString")


def _logs(web_acl: Resource, plan: Plan) -> Iterator[str]:
    configurations = plan.pointing_at(web_acl, {WEB_ACL_LOGGING}, "resourceArn")
    if not configurations:
        yield (
            "0 WebAclLoggingConfigurations name it. One with its arn as resourceArn, a log group "
            f"named {PREFIX}… and redactedFields {', '.join(SECRET)} passes."
        )
    for logging in configurations:
        yield from _destination(logging, plan)
        yield from _redacted(logging)


def _destination(logging: Resource, plan: Plan) -> Iterator[str]:
    sources = plan.behind(logging, "logDestinationConfigs")
    if sources:
        names = [_start_of_name(source) for source in sources]
    else:  # plain ARNs, which end with the name
        arns = logging.props["logDestinationConfigs"]
        names = [arn.removesuffix(":*").replace("/", ":").rpartition(":")[2] for arn in arns]
    if not any(name.startswith(PREFIX) for name in names):
        yield (
            f"{logging.name} logs to {', '.join(names)}, and AWS takes only names that start with "
            f"{PREFIX}. A log group named {PREFIX}{logging.name} passes."
        )


def _start_of_name(destination: Resource) -> str:
    """Its name or the start of it; without one, Pulumi begins it with the logical name."""
    given = (destination.props.get(key) for key in NAMED_BY)
    return next((name for name in given if name), destination.name)


def _redacted(logging: Resource) -> Iterator[str]:
    redacted = set()
    for field in logging.props.get("redactedFields") or ():
        kind = kind_of(field)
        name = f" {field[kind]['name'].lower()}" if kind == "singleHeader" else ""
        redacted.add(f"{kind}{name}")
    if missing := [secret for secret in SECRET if secret not in redacted]:
        yield (
            f"{logging.name} does not redact {', '.join(missing)}: whoever reads the log can act "
            f"as a user. redactedFields {', '.join(SECRET)} pass."
        )


LOGS = PlanRule(
    name="waf-logs",
    description="A web ACL logs what it decides, without cookies, tokens and session ids.",
    protects_from=(
        "Nobody can tell why a client is refused, or the log holds the session ids of every user."
    ),
    source="AWS: WAF API, LoggingConfiguration; WAF developer guide, logging destinations.",
    remediation=(
        "Add a WebAclLoggingConfiguration with a log group aws-waf-logs-… and redactedFields. "
        "Evenkeel registers one; evenkeel:observability.logRetentionDays is how long it keeps."
    ),
    severity=Severity.HIGH,
    types={WEB_ACL},
    judge=_logs,
)
