"""The web ACL is attached to what faces the internet, and its log tells no secrets."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from policies.waf.attached import ATTACHED
from policies.waf.logs import LOGS
from tests.policies.judging import findings
from tests.support.program import register

SECRETS: list[Any] = [
    {"single_header": {"name": "authorization"}},
    {"single_header": {"name": "cookie"}},
    {"query_string": {}},
]


def _acl() -> aws.wafv2.WebAcl:
    return aws.wafv2.WebAcl(
        "acl",
        scope="REGIONAL",
        default_action={"block": {}},
        visibility_config={
            "cloudwatch_metrics_enabled": True,
            "metric_name": "acl",
            "sampled_requests_enabled": True,
        },
    )


def _balancer(name: str = "web", **more: Any) -> aws.lb.LoadBalancer:
    return aws.lb.LoadBalancer(name, subnets=["subnet-1", "subnet-2"], **more)


def _attach(balancer: Any, acl: aws.wafv2.WebAcl) -> None:
    aws.wafv2.WebAclAssociation("web", resource_arn=balancer.arn, web_acl_arn=acl.arn)


def _told(policy: Any, program: Any, *, preview: bool = True) -> list[str]:
    registered = register(program, preview=preview, stage="dev", config={"other:size": "3"})
    return [finding.message for finding in findings(registered, [policy])]


@pytest.mark.parametrize("preview", [True, False])
def test_an_attached_web_acl_passes(preview: bool) -> None:
    """S0-18: an association made from the load balancer's own ARN, in any program."""
    assert _told(ATTACHED, lambda: _attach(_balancer(), _acl()), preview=preview) == []


@pytest.mark.parametrize("internal", [None, False])
def test_a_public_load_balancer_without_one_is_refused(internal: bool | None) -> None:
    """S0-18: a load balancer faces the internet unless it says that it is internal."""
    (message,) = _told(ATTACHED, lambda: [_balancer(internal=internal), _acl()])
    assert message.startswith("web: it faces the internet (internal is not true) and no WebAcl")


def test_the_web_acl_of_another_load_balancer_does_not_count() -> None:
    """Each load balancer that faces the internet has its own association."""

    def program() -> None:
        _balancer()
        _attach(_balancer("other"), _acl())

    (message,) = _told(ATTACHED, program)
    assert message.startswith("web: ")


def test_a_web_acl_of_another_program_is_doubted() -> None:
    """Attached by a written ARN, a web ACL may let anything through: no rule of it is seen."""

    def program() -> None:
        arn = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/open/0a1b"
        aws.wafv2.WebAclAssociation("web", resource_arn=_balancer().arn, web_acl_arn=arn)

    (message,) = _told(ATTACHED, program)
    assert "webAclArn of web) is not made in this program" in message


def test_an_association_the_wrong_way_round_does_not_count() -> None:
    """The load balancer has to be the guarded resource, not anything else of the association."""

    def program() -> None:
        aws.wafv2.WebAclAssociation(
            "web", resource_arn="arn:aws:other", web_acl_arn=_balancer().arn
        )

    assert len(_told(ATTACHED, program)) == 1


def test_what_the_internet_cannot_reach_needs_none() -> None:
    """Internal and gateway load balancers have no address on the internet."""
    internal = [
        lambda: _balancer(internal=True),
        lambda: _balancer(load_balancer_type="gateway"),
        lambda: _balancer(internal=True, load_balancer_type="network"),
    ]
    assert [_told(ATTACHED, program) for program in internal] == [[], [], []]


def test_a_public_network_load_balancer_is_refused() -> None:
    """AWS WAF cannot guard one, so it is a way past the web ACL."""
    (message,) = _told(ATTACHED, lambda: _balancer(load_balancer_type="network"))
    assert "loadBalancerType network on the internet" in message


def test_the_web_acl_is_not_passed_by_while_it_does_not_answer() -> None:
    """Failing open lets every path through, just when the service is under attack."""
    (message,) = _told(ATTACHED, lambda: _attach(_balancer(enable_waf_fail_open=True), _acl()))
    assert "enableWafFailOpen false passes" in message


def test_an_unknown_internal_is_refused() -> None:
    """What a preview cannot know is no proof that nobody reaches it."""
    later: Any = lambda: aws.sns.Topic("later").arn.apply(lambda arn: len(arn) > 3)  # noqa: E731
    (message,) = _told(ATTACHED, lambda: _balancer(internal=later()))
    assert "internal is not known before the update" in message


def _logging(acl: aws.wafv2.WebAcl, *to: Any, redacted: Any = SECRETS) -> None:
    aws.wafv2.WebAclLoggingConfiguration(
        "logs", resource_arn=acl.arn, log_destination_configs=list(to), redacted_fields=redacted
    )


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize(
    ("make", "passes"),
    [
        (lambda: aws.cloudwatch.LogGroup("g", name="aws-waf-logs-web").arn, True),
        (lambda: aws.cloudwatch.LogGroup("g", name_prefix="aws-waf-logs-").arn, True),
        (lambda: aws.cloudwatch.LogGroup("aws-waf-logs-web").arn, True),
        (lambda: aws.s3.Bucket("b", bucket="aws-waf-logs-web").arn, True),
        (lambda: "arn:aws:logs:eu-west-1:123456789012:log-group:aws-waf-logs-web", True),
        (lambda: "arn:aws:logs:eu-west-1:123456789012:log-group:aws-waf-logs-web:*", True),
        (lambda: "arn:aws:s3:::aws-waf-logs-web", True),
        (lambda: "arn:aws:firehose:eu-west-1:123456789012:deliverystream/aws-waf-logs-w", True),
        (lambda: aws.cloudwatch.LogGroup("g", name="waf-logs-web").arn, False),
        (lambda: aws.cloudwatch.LogGroup("aws-waf-logs-web", name="web").arn, False),
        (lambda: aws.cloudwatch.LogGroup("g", name_prefix="web-aws-waf-logs-").arn, False),
        (lambda: "arn:aws:logs:eu-west-1:123456789012:log-group:/aws-waf-logs/web", False),
    ],
)
def test_the_log_has_a_name_that_aws_takes(make: Any, passes: bool, preview: bool) -> None:
    """The name is known at preview though the ARN is not."""
    told = _told(LOGS, lambda: _logging(_acl(), make()), preview=preview)
    assert (told == []) is passes
    assert all("A log group named aws-waf-logs-logs passes" in text for text in told)


@pytest.mark.parametrize(
    ("redacted", "missing"),
    [
        (SECRETS, None),
        ([*SECRETS, {"uri_path": {}}, {"method": {}}], None),
        ([{"single_header": {"name": "Authorization"}}, *SECRETS[1:]], None),
        (SECRETS[1:], "singleHeader authorization"),
        ([SECRETS[0], SECRETS[2]], "singleHeader cookie"),
        (SECRETS[:2], "queryString"),
        ([{"single_header": {"name": "x-cookie"}}, SECRETS[0], SECRETS[2]], "singleHeader cookie"),
        ([], "singleHeader authorization, singleHeader cookie, queryString"),
        (None, "singleHeader authorization, singleHeader cookie, queryString"),
    ],
)
def test_the_log_tells_no_secrets(redacted: Any, missing: str | None) -> None:
    """Cookies, tokens and the session ids in query strings do not stand in the log."""
    arn = "arn:aws:s3:::aws-waf-logs-web"
    told = _told(LOGS, lambda: _logging(_acl(), arn, redacted=redacted))
    assert [text.split("redact ")[1].split(":")[0] for text in told] == (
        [missing] if missing else []
    )


def test_a_web_acl_without_a_log_is_refused() -> None:
    """A log of another web ACL is none of this one."""

    def program() -> None:
        _acl()
        aws.wafv2.WebAclLoggingConfiguration(
            "logs",
            resource_arn="arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/other/1",
            log_destination_configs=["arn:aws:s3:::aws-waf-logs-web"],
        )

    (message,) = _told(LOGS, program)
    assert "0 WebAclLoggingConfigurations name it" in message


def test_an_arn_may_be_made_from_other_resources_too() -> None:
    """One of the resources behind the destination is the log group, and its name decides."""

    def program() -> None:
        group = aws.cloudwatch.LogGroup("g", name="aws-waf-logs-web")
        made = pulumi.Output.all(aws.sns.Topic("topic").arn, group.arn).apply(lambda arns: arns[1])
        _logging(_acl(), made)

    assert _told(LOGS, program) == []
