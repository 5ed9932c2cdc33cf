"""What the web ACL lets through."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator

from infra.settings.problems import Finding, RefusalError, refuse
from infra.settings.section import Says, Section, Several, Unit

ALLOW_SAYS = (
    'a prefix such as /api (it covers /api and /api/…), "/" for every path, or "=" and an exact '
    'path such as "=/robots.txt"; letters, digits and . _ ~ @ : - between slashes'
)
# A listener rule's pattern holds 128 characters, a prefix needs two more for "/*"
# (ELB API, PathPatternConditionConfig); a byte match of a web ACL holds 200 (WAF API).
LONGEST_EXACT = 128
LONGEST_PREFIX = 126
# 100 rules on a load balancer, of which one is the websocket path's; five values a rule, of
# which a prefix takes two (ELB quotas).
MOST_ENTRIES = 198


def _allowed_path(value: str) -> str:
    path = value.removeprefix("=")
    if problem := _path_problem(path, exact=value.startswith("=")):
        raise RefusalError(Finding(ALLOW_SAYS, problem))
    return value


def _path_problem(path: str, *, exact: bool) -> str | None:
    longest = LONGEST_EXACT if exact else LONGEST_PREFIX
    if not path.startswith("/"):
        return "start it with /" if not exact else "start it with =/"
    if "?" in path:
        return "leave out the query string: rules match the path alone"
    if "*" in path:
        return "leave out *: a prefix covers everything below it"
    if not re.fullmatch(r"[A-Za-z0-9/_.~@:-]+", path):
        return "leave out other characters"
    if "//" in path or ".." in path:
        return "leave out // and ..: the firewall blocks such paths before it reads this list"
    if not exact and path != "/" and path.endswith("/"):
        return f"write {path.rstrip('/')}: it covers what is below it as well"
    if len(path) > longest:
        return f"shorten it to {longest} characters"
    return None


AllowedPath = Annotated[str, AfterValidator(_allowed_path), Says(ALLOW_SAYS)]


class ManagedRules(Section):
    """Rule groups that AWS keeps."""

    mode: Literal["count", "block"] = Field(
        "count", description="Count first, block when the counts show no false positive."
    )
    groups: Several[Literal["Common", "KnownBadInputs", "IpReputation"]] = Field(
        ("Common", "KnownBadInputs", "IpReputation"), description="Which groups."
    )


class Firewall(Section):
    """What the web ACL lets through; it blocks everything else."""

    allow: Annotated[Several[AllowedPath], Field(min_length=1, max_length=MOST_ENTRIES)] = Field(
        ("=/",), description="Allowed paths; the websocket path adds itself."
    )
    requests_per_five_minutes: Annotated[int, Unit("requests")] = Field(
        2000, ge=10, le=2_000_000_000, description="Most requests of one address in five minutes."
    )
    managed_rules: ManagedRules = Field(
        default_factory=ManagedRules, description="Rule groups that AWS keeps."
    )

    @field_validator("allow")
    @classmethod
    def _once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        refuse(
            Finding("a path that the list does not have yet", "remove it", (index,), path)
            for index, path in enumerate(value)
            if path in value[:index]
        )
        return value
