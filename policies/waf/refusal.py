"""A refusal of the firewall says that it is one."""

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_policy import Severity

from policies.plan import Resource
from policies.resource_types import WEB_ACL
from policies.rules import ResourceRule
from policies.waf.web_acl import default_allows, kind_of, readable, rules_of

FORBIDDEN = 403
TOO_MANY_REQUESTS = 429
RATE_BASED = "rateBasedStatement"


@readable
def _clear_refusal(web_acl: Resource) -> Iterator[str]:
    bodies = [body["key"] for body in web_acl.props.get("customResponseBodies") or ()]
    if not default_allows(web_acl):
        block = web_acl.props["defaultAction"]["block"]
        yield from _unclear("defaultAction block", block, FORBIDDEN, bodies)
    for rule in rules_of(web_acl):
        if rule.blocks:
            code = TOO_MANY_REQUESTS if kind_of(rule.statement) == RATE_BASED else FORBIDDEN
            yield from _unclear(rule.shown, rule.block, code, bodies)


def _unclear(who: str, block: Mapping[str, Any], code: int, bodies: list[str]) -> Iterator[str]:
    wanted = f"A customResponse with responseCode {code} and the key of a customResponseBody passes"
    response = block.get("customResponse")
    if not response:
        yield f"{who} has no customResponse: its refusal looks like one of the service. {wanted}."
        return
    given, key = int(response["responseCode"]), response.get("customResponseBodyKey")
    if given != code:
        yield f"{who} answers with responseCode {given}, not {code}. {wanted}."
    if key not in bodies:
        yield (
            f"{who} has customResponseBodyKey {key or '(none)'}, and the customResponseBodies are "
            f"{', '.join(bodies) or 'none'}. {wanted}."
        )


CLEAR_REFUSAL = ResourceRule(
    name="waf-clear-refusal",
    description=(
        "What a web ACL blocks is answered with 403 (429 for a rate) and a text that says so."
    ),
    protects_from=(
        "A refusal is taken for an outage: clients retry what will never pass, and people look "
        "for the fault in the service."
    ),
    source="Practice S0-19; AWS: WAF API, CustomResponse.",
    remediation=(
        "Give the default block and every block rule a customResponse whose "
        "customResponseBodyKey stands in customResponseBodies. Evenkeel registers them."
    ),
    severity=Severity.MEDIUM,
    types={WEB_ACL},
    judge=_clear_refusal,
)
