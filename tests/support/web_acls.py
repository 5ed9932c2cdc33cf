"""Web ACLs as boto3 has them, small or random, and a plain judge of what AWS makes of a request."""

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

WebAcl = dict[str, Any]
Statement = dict[str, Any]
ALLOW: dict[str, Any] = {"Allow": {}}
COUNT: dict[str, Any] = {"Count": {}}
BLOCK: dict[str, Any] = {"Block": {}}
VISIBLE = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}
# What a random web ACL looks for, and what random paths are made of.
_TEXTS = ("/", "/a", "a", "b", "A", "%2e", "%2E", "..", "/a/b", "b?", "é", "~")
REGEXES = (
    "^/a", "b$", r"[a-b]+\.", "^/(?:a|b)/", "%2[ef]", r"\d{2}", "[^/a-z]", "^/[A-Z]", r"\bb\b",
    "a.*b", "(aa|/)+", "^/?$", "^$", "[.-]", r"\W\w{1,2}$", "a*?b+?", r"[\d_]", r"^/(api|b)(/.*)?$",
    r"\.e$", "[a-z0-9_-]{3,40}", "a??b{2,}", "(?:x|)b", "[-a]", "[a-]", r"[\w.%]", r"\\",
    "[.*+?(){}|^$]", r"\B%",
)  # fmt: skip
_ALPHABET = "/abAB.%2eE;_?-~"


def field_match(**body: Any) -> dict[str, Any]:
    """The members that every statement on the path has."""
    steps = body.pop("steps", ("NONE",))
    transformations = [{"Priority": place, "Type": step} for place, step in enumerate(steps)]
    return {"FieldToMatch": {"UriPath": {}}, "TextTransformations": transformations, **body}


def match(text: str, position: str = "CONTAINS", *steps: str) -> Statement:
    """A byte match on the path, of the raw one unless told otherwise."""
    body = {"SearchString": text.encode(), "PositionalConstraint": position}
    return {"ByteMatchStatement": field_match(steps=steps or ("NONE",), **body)}


def regex(text: str, *steps: str) -> Statement:
    return {"RegexMatchStatement": field_match(steps=steps or ("NONE",), RegexString=text)}


def rate(limit: int, seconds: int = 60) -> Statement:
    body = {"Limit": limit, "EvaluationWindowSec": seconds, "AggregateKeyType": "IP"}
    return {"RateBasedStatement": body}


def either(*statements: Statement) -> Statement:
    return {"OrStatement": {"Statements": list(statements)}}


def both(*statements: Statement) -> Statement:
    return {"AndStatement": {"Statements": list(statements)}}


def no(statement: Statement) -> Statement:
    return {"NotStatement": {"Statement": statement}}


def rule(name: str, statement: Statement, action: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "Name": name,
        "Statement": statement,
        "Action": dict(action),
        "VisibilityConfig": VISIBLE,
    }


def managed(name: str, override: str = "Count") -> dict[str, Any]:
    """A rule with a rule group of AWS's."""
    group = {"VendorName": "AWS", "Name": f"AWSManagedRules{name}"}
    given = rule(name, {"ManagedRuleGroupStatement": group}, {})
    del given["Action"]
    return {**given, "OverrideAction": {override: {}}}


def web_acl(*rules: Mapping[str, Any], default: Mapping[str, Any] = BLOCK, **more: Any) -> WebAcl:
    """A web ACL whose rules stand in the order of their priorities."""
    ranked = [{"Priority": place, **each} for place, each in enumerate(rules)]
    return {"ARN": "arn:acl", "Name": "acl", "Rules": ranked, "DefaultAction": default, **more}


def judge(acl: Mapping[str, Any], target: str) -> tuple[str, str, list[str]]:
    """The action, the rule that decided and the rules that counted, for a printable target.

    Rates are not exceeded, and managed rule groups find nothing.
    """
    path = target.partition("?")[0]
    counted: list[str] = []
    for each in sorted(acl["Rules"], key=lambda rule: int(rule["Priority"])):
        if "Action" in each and _fits(each["Statement"], path):
            if "Count" not in each["Action"]:
                return next(iter(each["Action"])).upper(), each["Name"], counted
            counted.append(each["Name"])
    return next(iter(acl["DefaultAction"])).upper(), "Default_Action", counted


def _fits(statement: Mapping[str, Any], path: str) -> bool:
    ((kind, body),) = statement.items()
    if kind == "OrStatement":
        return any(_fits(each, path) for each in body["Statements"])
    if kind == "AndStatement":
        return all(_fits(each, path) for each in body["Statements"])
    if kind == "NotStatement":
        return not _fits(body["Statement"], path)
    if kind == "RateBasedStatement":
        return False
    seen = path
    for step in sorted(body["TextTransformations"], key=lambda step: int(step["Priority"])):
        seen = {"NONE": seen, "LOWERCASE": seen.lower()}[step["Type"]]
    if kind == "RegexMatchStatement":
        return re.search(body["RegexString"], seen) is not None
    text = body["SearchString"].decode()
    found: dict[str, bool] = {
        "EXACTLY": seen == text,
        "STARTS_WITH": seen.startswith(text),
        "ENDS_WITH": seen.endswith(text),
        "CONTAINS": text in seen,
    }
    return found[body["PositionalConstraint"]]


def random_web_acl(seed: int) -> WebAcl:
    """A web ACL of up to six rules that the sandbox's firewall covers."""
    random = Random(seed)
    actions = random.choices((ALLOW, BLOCK, COUNT), weights=(3, 3, 2), k=random.randint(1, 6))
    rules = [rule(f"r{n}", _statement(random, 2), action) for n, action in enumerate(actions)]
    acl = web_acl(*rules, default=random.choice((ALLOW, BLOCK)))
    random.shuffle(acl["Rules"])
    return acl


def _statement(random: Random, depth: int) -> Statement:
    kind = random.choice(("bytes", "bytes", "regex", "or", "and", "not") if depth else ("bytes",))
    if kind in ("or", "and"):
        inner = [_statement(random, depth - 1) for _ in range(random.randint(2, 3))]
        return (either if kind == "or" else both)(*inner)
    if kind == "not":
        return no(_statement(random, depth - 1))
    steps: Sequence[str] = random.choice((("NONE",), ("LOWERCASE",), ("NONE", "LOWERCASE")))
    if kind == "regex":
        text = random.choice(REGEXES)
        # Capitals of a pattern are not covered in a lower-cased path.
        return regex(text, *(("NONE",) if "[A-Z]" in text else steps))
    position = random.choice(("EXACTLY", "STARTS_WITH", "ENDS_WITH", "CONTAINS"))
    return match(random.choice(_TEXTS), position, *steps)


def random_target(random: Random) -> str:
    """A well-formed target near to what random web ACLs look for."""
    return "/" + "".join(random.choices(_ALPHABET, k=random.randint(0, 7)))
