"""Filter patterns that are conditions on the properties of a JSON message: `{ $.a = "x*" }`.

Grammar: CloudWatch Logs user guide, "Filter pattern syntax", match terms in JSON log events.
Regular expressions and `*` in a property selector are not offered.
"""

import json
import operator
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

Condition: TypeAlias = Callable[[Any], bool]
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<selector>\$(?:\.[\w:@/-]+|\[\d+\]|\['[^']*'\]|\["[^"]*"\])+)
      | (?P<string>"(?:[^"\\]|\\.)*")
      | (?P<sign>\(|\)|&&|\|\||!=|<=|>=|=|<|>)
      | (?P<word>[^\s()"&|=<>!%]+)
    )""",
    re.VERBOSE,
)
_STEP = re.compile(r"\.([\w:@/-]+)|\[(\d+)\]|\['([^']*)'\]|\[\"([^\"]*)\"\]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_MISSING = object()
_MOST_PARENTHESES = 100


class PatternError(ValueError):
    """A pattern that cannot be read; its text says where."""


def json_condition(text: str) -> Callable[[str], bool]:
    """What decides whether a message meets the inside of `{ … }`; raises PatternError."""
    holds = _Parser(text).whole()
    return lambda message: (found := _json(message)) is not None and holds(found)


def select(message: str, selector: str) -> Any:
    """The value of a property of a JSON message, such as `$.a.b[0]`; None where there is none."""
    found = _value(_json(message), _steps(selector))
    return None if found is _MISSING else found


def _json(message: str) -> Any:
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):  # of a message that nests too deep
        return None
    return found if isinstance(found, dict) else None


def _steps(selector: str) -> list[str | int]:
    return [int(m[2]) if m[2] else m[1] or m[3] or m[4] for m in _STEP.finditer(selector)]


def _value(found: Any, steps: list[str | int]) -> Any:
    for step in steps:
        if not isinstance(found, dict | list):
            return _MISSING
        try:
            found = found[step]  # type: ignore[index]
        except (LookupError, TypeError):
            return _MISSING
    return found


def plain(quoted: str) -> str:
    """What stands between double quotes, without its escapes."""
    return re.sub(r"\\(.)", r"\1", quoted)


class _Parser:
    """Reads the inside of `{ … }`; && binds closer than ||."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0

    def whole(self) -> Condition:
        if sum(text == "(" for _, text in self._tokens) > _MOST_PARENTHESES:
            raise PatternError(f"more than {_MOST_PARENTHESES} parentheses")
        holds = self._any()
        if self._at < len(self._tokens):
            raise PatternError(f"{self._tokens[self._at][1]!r} was not expected")
        return holds

    def _any(self) -> Condition:
        parts = [self._all()]
        while self._take("||"):
            parts.append(self._all())
        return lambda found: any(part(found) for part in parts)

    def _all(self) -> Condition:
        parts = [self._one()]
        while self._take("&&"):
            parts.append(self._one())
        return lambda found: all(part(found) for part in parts)

    def _one(self) -> Condition:
        if self._take("("):
            holds = self._any()
            if not self._take(")"):
                raise PatternError("a parenthesis is not closed")
            return holds
        kind, selector = self._next("a property such as $.name")
        if kind != "selector":
            raise PatternError(f"{selector!r} stands where a property such as $.name must")
        test = self._test()
        steps = _steps(selector)
        return lambda found: test(_value(found, steps))

    def _test(self) -> Condition:
        _, sign = self._next("an operator")
        if sign == "NOT" and self._take("EXISTS"):
            return lambda value: value is _MISSING
        if sign == "IS":
            _, word = self._next("NULL, TRUE or FALSE")
            wanted = {"NULL": None, "TRUE": True, "FALSE": False}
            if word not in wanted:
                raise PatternError(f"{word!r} stands where NULL, TRUE or FALSE must")
            return lambda value: value is wanted[word]
        if sign not in (*_ORDER, "=", "!="):
            raise PatternError(f"{sign!r} stands where an operator must")
        kind, text = self._next("a value")
        if kind not in ("string", "word"):
            raise PatternError(f"{text!r} stands where a value must")
        return _comparison(sign, kind, text)

    def _take(self, text: str) -> bool:
        found = self._at < len(self._tokens) and self._tokens[self._at][1] == text
        self._at += found
        return found

    def _next(self, wanted: str) -> tuple[str, str]:
        if self._at == len(self._tokens):
            raise PatternError(f"it ends where {wanted} must stand")
        self._at += 1
        return self._tokens[self._at - 1]


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    text = text.strip()
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise PatternError(f"{text[at:].strip()!r} cannot be read")
        yield str(found.lastgroup), found[0].strip()
        at = found.end()


def _comparison(sign: str, kind: str, text: str) -> Condition:
    """A property that is not there meets no comparison, != neither."""
    if kind == "word" and _NUMBER.fullmatch(text):
        return _of_numbers(sign, float(text))
    if sign in _ORDER:
        raise PatternError(f"{sign} {text}: only a number can be less or greater")
    same = _like(plain(text[1:-1]) if kind == "string" else text)
    unlike = sign == "!="
    return lambda value: isinstance(value, str | int | float) and same(_text(value)) != unlike


def _of_numbers(sign: str, number: float) -> Condition:
    compare = {**_ORDER, "=": operator.eq, "!=": operator.ne}[sign]
    return lambda value: (
        isinstance(value, int | float) and not isinstance(value, bool) and compare(value, number)
    )


def _like(text: str) -> Callable[[str], bool]:
    """Equality, where * stands for anything."""
    pattern = ".*".join(re.escape(part) for part in text.split("*"))
    fits = re.compile(pattern, re.DOTALL)
    return lambda value: fits.fullmatch(value) is not None


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else json.dumps(value)
