"""Paths that a task may read as another one than the web ACL did never reach an allow rule."""

from collections.abc import Iterator, Sequence

from pulumi_policy import Severity

from policies.plan import Resource
from policies.resource_types import WEB_ACL
from policies.rules import ResourceRule
from policies.waf.statements import LOWERCASE, RAW, PathMatch, sure_matches
from policies.waf.web_acl import AclRule, default_allows, readable, rules_of

# Parent folder, empty segment, backslash, path parameter; encoded dot, slash, backslash, percent
# (a second encoding) and NUL. Without a transformation AWS WAF inspects the path as the client
# sent it; one that decodes first lets a path through that is encoded once more.
BAD_PATHS = (
    *("..", "//", "\\", ";", "%2e", "%2f", "%5c", "%25", "%00"),
    *("%c0", "%c1", "%e0%8", "%e0%9", "%f0%8"),
)


@readable
def _bad_paths_first(web_acl: Resource) -> Iterator[str]:
    rules = rules_of(web_acl)
    opening = next((rule for rule in rules if rule.allows or rule.doubt), None)
    if opening is None and not default_allows(web_acl):
        return
    blocked = _blocked_before(opening, rules)
    missing = [bad for bad in BAD_PATHS if not any(_covers(match, bad) for match in blocked)]
    if missing:
        first = opening.shown if opening else "defaultAction allow"
        yield (
            f"{len(missing)} of {len(BAD_PATHS)} bad texts are not blocked before {first}: "
            f"{' '.join(missing)}. A path with one of them is read by AWS WAF as it was sent and "
            "may be decoded by a task to another. An earlier block rule with each as searchString, "
            "positionalConstraint CONTAINS on uriPath with LOWERCASE alone, passes."
        )


def _blocked_before(opening: AclRule | None, rules: Sequence[AclRule]) -> list[PathMatch]:
    """Every match that is sure to be blocked before *opening* is evaluated; all, when None."""
    return [
        match
        for rule in rules
        if rule.blocks and (opening is None or rule.priority < opening.priority)
        for match in sure_matches(rule.statement)
    ]


def _covers(match: PathMatch, bad: str) -> bool:
    """Whether every path with *bad* in it, in capitals or not, is sure to be matched."""
    if match.position != "CONTAINS" or not match.text or match.text not in bad:
        return False
    if match.transformations == RAW:
        return match.text.upper() == match.text
    return match.transformations == {LOWERCASE}


BAD_PATHS_FIRST = ResourceRule(
    name="waf-bad-paths-first",
    description=(
        "Before the first allow rule a web ACL blocks paths with traversal or encoded separators."
    ),
    protects_from=(
        "/api/%252e%252e/admin passes the allow rule of /api/ and opens /admin: a client reaches "
        "every path of the tasks through an allowed one."
    ),
    source=(
        "Practice S0-18; AWS: WAF developer guide, request components (the path is not "
        "normalized) and text transformations."
    ),
    remediation=(
        "Block these texts with CONTAINS matches on uriPath, transformation LOWERCASE, in a rule "
        "with a lower priority number than every allow rule. Evenkeel's rule is bad-paths."
    ),
    severity=Severity.CRITICAL,
    types={WEB_ACL},
    judge=_bad_paths_first,
)
