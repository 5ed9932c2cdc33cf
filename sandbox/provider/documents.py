"""JSON documents: IAM's policy grammar, and JSON where AWS wants JSON."""

import json
import re
from collections.abc import Iterator
from typing import Any

from sandbox.provider.resource_type import Rule
from sandbox.provider.values import Properties

_GRAMMAR = "IAM User Guide, grammar of the IAM JSON policy language"
_ELEMENTS = {
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource",
    "NotResource", "Condition",
}  # fmt: skip
_ACTION = re.compile(r"\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+")
_RESOURCE = re.compile(r"\*|arn:[^:]*:[^:]*:[^:]*:[^:]*:.+")


def policy(name: str, kind: str, code: str = "MalformedPolicyDocument") -> Rule:
    """The rule that property *name* holds a policy of one kind.

    *kind* is `identity` (on a role), `trust` (who may assume it) or `resource` (on a bucket, a
    topic, an endpoint); they differ in whether they name a principal and a resource.
    """

    def judge(inputs: Properties) -> str | None:
        if inputs.get(name) is None:
            return None
        said = next(_faults(inputs[name], kind), None)
        return f"{code}: {said}" if said else None

    return Rule((name,), f"{name} follows IAM's policy grammar ({kind} policy)", _GRAMMAR, judge)


def _faults(text: Any, kind: str) -> Iterator[str]:
    try:
        parsed = json.loads(text) if isinstance(text, str) else text
    except ValueError as error:
        yield f"This policy contains invalid Json: {error}"
        return
    if not isinstance(parsed, dict) or not parsed.get("Statement"):
        yield "Syntax errors in policy: a policy is an object with at least one Statement."
        return
    unknown = sorted(parsed.keys() - {"Version", "Id", "Statement"})
    if unknown:
        yield f"Syntax errors in policy: unknown element {', '.join(unknown)}."
    if parsed.get("Version", "2008-10-17") not in ("2012-10-17", "2008-10-17"):
        yield "The policy must contain a valid version string: 2012-10-17 or 2008-10-17."
    statements = parsed["Statement"]
    seen: set[str] = set()
    for number, statement in enumerate(
        statements if isinstance(statements, list) else [statements]
    ):
        where = f"Statement[{number}]"
        if not isinstance(statement, dict):
            yield f"Syntax errors in policy: {where} is no object."
            continue
        yield from (f"{fault} ({where})" for fault in _statement(statement, kind))
        sid = statement.get("Sid")
        if sid and sid in seen:
            yield f"Statement IDs (SID) in a single policy must be unique: {sid} ({where})"
        seen.add(str(sid))


def _statement(statement: dict[str, Any], kind: str) -> Iterator[str]:
    unknown = sorted(statement.keys() - _ELEMENTS)
    if unknown:
        yield f"Syntax errors in policy: unknown element {', '.join(unknown)}."
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield f"Invalid effect: {statement.get('Effect')}. Effect is Allow or Deny."
    if not re.fullmatch("[A-Za-z0-9 ]*", str(statement.get("Sid", ""))) and kind != "resource":
        yield "Statement IDs (SID) must be alpha-numeric."
    yield from _pair(statement, "Action", wanted=True)
    yield from _pair(statement, "Resource", wanted=kind != "trust")
    yield from _pair(statement, "Principal", wanted=kind != "identity")
    for action in _all(statement, "Action"):
        if not isinstance(action, str) or not _ACTION.fullmatch(action):
            yield (
                "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: "
                f"{action}"
            )
    for resource in _all(statement, "Resource"):
        if not isinstance(resource, str) or not _RESOURCE.fullmatch(resource):
            yield f'Resource {resource} must be in ARN format or "*".'
    condition = statement.get("Condition", {})
    if not isinstance(condition, dict) or not all(isinstance(c, dict) for c in condition.values()):
        yield "Syntax errors in policy: a Condition is {operator: {key: value}}."


def _pair(statement: dict[str, Any], element: str, *, wanted: bool) -> Iterator[str]:
    given = [name for name in (element, f"Not{element}") if name in statement]
    if wanted and len(given) != 1:
        yield f"Policy statement must contain exactly one of {element} and Not{element}."
    if wanted and given and not statement[given[0]]:
        yield f"Policy statement must contain {element.lower()}s; {given[0]} is empty."
    if not wanted and given:
        yield f"Policy document should not specify a {element.lower()}."


def _all(statement: dict[str, Any], element: str) -> list[Any]:
    found: list[Any] = []
    for name in (element, f"Not{element}"):
        value = statement.get(name, [])
        found += value if isinstance(value, list) else [value]
    return found


def json_object(name: str, code: str, source: str) -> Rule:
    """The rule that property *name* is a JSON object."""

    def judge(inputs: Properties) -> str | None:
        try:
            parsed = json.loads(inputs.get(name) or "{}")
        except ValueError as error:
            return f"{code}: {name} is no JSON: {error}"
        return None if isinstance(parsed, dict) else f"{code}: {name} is no JSON object"

    return Rule((name,), f"{name} is a JSON object", source, judge)
