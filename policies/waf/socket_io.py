"""The websocket path is allowed exactly: whole, and only where the stage has websockets."""

from collections.abc import Iterator, Sequence

from pulumi_policy import Severity

from infra.paths import AllowedPath, allowed_path
from infra.settings import Settings
from policies.facts import stage
from policies.plan import Resource
from policies.resource_types import WEB_ACL
from policies.rules import ResourceRule
from policies.waf.statements import (
    AND,
    BYTE_MATCH,
    LOWERCASE,
    OR,
    PATH,
    RAW,
    PathMatch,
    inspects,
    parts,
    path_match,
    sure_matches,
)
from policies.waf.web_acl import AclRule, OneOf, kind_of, readable, rules_of

# Where Socket.IO listens unless told otherwise: the path to guard on a stage without websockets.
DEFAULT_PATH = "/socket.io"


def _socket_io_allowed(web_acl: Resource) -> Iterator[str]:
    settings = stage()  # first: without it there is nothing to compare the rules with
    yield from readable(lambda acl: _exactly(rules_of(acl), settings))(web_acl)


def _exactly(rules: Sequence[AclRule], settings: Settings) -> Iterator[str]:
    """What *rules* allow too little or too much of."""
    listed = [allowed_path(entry) for entry in settings.firewall.allow]
    if settings.routing.websocket:
        path = settings.routing.websocket.path
        advice = f"EXACTLY {path} and STARTS_WITH {path}/ on {PATH} with NONE pass."
        yield from _reachable(path, rules)
        listed.append(allowed_path(path))
    else:
        path = DEFAULT_PATH
        advice = "Without that match it passes; a path to serve stands in firewall.allow."
    for rule in rules:
        if rule.doubt:
            yield f"{rule.shown} cannot be verified: {rule.doubt}. overrideAction count passes."
        elif rule.allows:
            for excess in _excess(rule.statement, path, listed):
                yield f"{rule.shown} {excess}. {advice}"


def _reachable(path: str, rules: Sequence[AclRule]) -> Iterator[str]:
    """What keeps clients from *path* or from what is below it."""
    for wanted in (PathMatch(path, "EXACTLY"), PathMatch(f"{path}/", "STARTS_WITH")):
        first = next((rule for rule in rules if _decides(rule, wanted)), None)
        if first is None:
            yield (
                f"no allow rule is sure to match {wanted.shown}, and routing.websocket.path is "
                f"{path}. An allow rule with it on uriPath with NONE passes."
            )
        elif first.blocks:
            yield (
                f"{first.shown} blocks {wanted.text} before an allow rule is evaluated, and "
                f"routing.websocket.path is {path}. Without that match, or with another path, it "
                "passes."
            )


def _decides(rule: AclRule, wanted: PathMatch) -> bool:
    """Whether *rule* is sure to allow all of *wanted*, or to block its very text."""
    matches = sure_matches(rule.statement)
    if rule.blocks:
        return any(match.hits(wanted.text) for match in matches)
    return rule.allows and any(match.includes(wanted) for match in matches)


def _excess(statement: OneOf, path: str, listed: Sequence[AllowedPath]) -> list[str]:
    """What *statement* may match around *path* beyond *listed*; empty: nothing."""
    kind = kind_of(statement)
    if kind == OR:
        return [each for part in parts(statement[kind]) for each in _excess(part, path, listed)]
    if kind == AND:  # matches no more than the narrowest of its parts
        return min((_excess(part, path, listed) for part in parts(statement[kind])), key=len)
    if any(entry.path == "/" and not entry.exact for entry in listed):
        return []
    match = path_match(statement[kind]) if kind == BYTE_MATCH else None
    if match is None:
        what = f"{kind} on {inspects(statement[kind])}" if kind == BYTE_MATCH else kind
        return [f"allows by {what}, whose paths cannot be verified: {path}x may pass"]
    return _beyond(match, path, listed)


def _beyond(match: PathMatch, path: str, listed: Sequence[AllowedPath]) -> list[str]:
    if match.transformations - {LOWERCASE}:
        return [f"allows {match.shown}, so other spellings of a path pass, which ones is unknown"]
    example = _near(match, path)
    if example is None or any(_holds(entry, match) for entry in listed):
        return []
    return [f"allows {match.shown} on {PATH}, so {example} passes, which the stage does not list"]


def _near(match: PathMatch, path: str) -> str | None:
    """A path that *match* lets through and that is *path* or looks like it; None: there is none."""
    text, given, wanted = match.text, match.text.lower(), path.lower()
    is_encoded = "%" in text  # a task may decode it to anything
    if match.position == "EXACTLY":
        found = text if is_encoded or given.startswith(wanted) else None
    elif match.position == "STARTS_WITH":
        is_near = is_encoded or wanted.startswith(given) or given.startswith(wanted)
        found = f"{text}{path[len(text) :]}x" if is_near else None
    else:
        found = f"{path}x{'' if text.startswith('/') else '/'}{text}"
    return found.upper() if found and match.transformations else found


def _holds(entry: AllowedPath, match: PathMatch) -> bool:
    """Whether *entry* lists every path that *match* lets through."""
    if match.transformations != RAW:
        return False
    below = entry.below is not None and match.text.startswith(entry.below)
    if match.position == "EXACTLY":
        return below or match.text == entry.path
    return below and match.position == "STARTS_WITH"


SOCKET_IO_ALLOWED = ResourceRule(
    name="waf-socket-io-allowed",
    description=(
        "A web ACL allows the websocket path, nothing like it, and only with websockets on."
    ),
    protects_from=(
        "Websockets are refused with 403 after a deploy, or /socket.iox and whatever else starts "
        "so reaches the tasks past the allowlist."
    ),
    source="Practice S0-18; AWS: WAF API, ByteMatchStatement.",
    remediation=(
        "Allow EXACTLY the path and STARTS_WITH the path and a slash, on uriPath without a "
        "transformation. In a stage file the path is evenkeel:routing.websocket.path, and others "
        "stand in evenkeel:firewall.allow."
    ),
    severity=Severity.HIGH,
    types={WEB_ACL},
    judge=_socket_io_allowed,
)
