"""Metric math: what an expression over time series says (CloudWatch user guide, "Using metric
math"). Values are a number, a time series, or an array of labelled time series.
"""

import ast
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from sandbox.emulator.cloudwatch_functions import (
    ARITHMETIC,
    COMPARED,
    FUNCTIONS,
    Line,
    MathError,
    Value,
    fill,
    paired,
)

__all__ = ["Expression", "Line", "MathError", "Scope", "Value"]

Search: TypeAlias = Callable[[str, str, int], list[Line]]
DEEPEST = 50  # nested operations; beyond it Python's own stack would be the limit
# Every identifier gets a prefix on its way into Python's parser, so that `in` is a name there too.
_PREFIX = "_"
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'[^']*'|"[^"]*")|(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<name>[A-Za-z]\w*)
    |(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/^<>()\[\],]))""",
    re.VERBOSE,
)
_AS_PYTHON = {"^": "**", "&&": "and", "||": "or", "AND": "and", "OR": "or"}


@dataclass(frozen=True)
class Scope:
    """What an expression may speak of.

    *known*: by id, metrics and other expressions; *metrics*: the ids of the metrics among them;
    *times*: the starts of the periods asked for; *search*: what answers SEARCH, if it is allowed.
    """

    known: Mapping[str, Value]
    metrics: Sequence[str]
    times: Sequence[float]
    search: Search | None = None


class Expression:
    """A parsed expression. Raises MathError, here or in value(), for what it cannot mean."""

    def __init__(self, text: str) -> None:
        self._tree = _parsed(text)
        named = (node.id for node in ast.walk(self._tree) if isinstance(node, ast.Name))
        self.names = {name.removeprefix(_PREFIX) for name in named}  # ids and functions

    def value(self, scope: Scope) -> Value:
        """What the expression is in *scope*."""
        return _value(self._tree, scope)


@lru_cache(maxsize=256)
def _parsed(text: str) -> ast.expr:
    source = _python(text)
    try:
        tree = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise MathError(f"{text!r} cannot be parsed") from None
    _check_depth(tree)
    return tree


def _python(text: str) -> str:
    """The expression in Python's signs."""
    parts, at = [], 0
    text = text.strip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise MathError(f"{text!r} has an unknown sign at character {at + 1}")
        at = token.end()
        word = token[0].strip()
        if word in _AS_PYTHON:
            parts.append(_AS_PYTHON[word])
        elif token["text"]:
            parts.append(repr(word[1:-1]))
        elif token["number"]:
            parts.append(repr(min(float(word), sys.float_info.max)))
        else:
            parts.append(_PREFIX + word if token["name"] else word)
    return " ".join(parts)


def _check_depth(tree: ast.expr) -> None:
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    raise MathError(f"the expression nests more than {DEEPEST} operations")


def _value(node: ast.expr, scope: Scope) -> Value:
    match node:
        case ast.Constant(value=float() as number):
            return number
        case ast.Name(id=name):
            return _named(name.removeprefix(_PREFIX), scope)
        case ast.List(elts=parts):
            return [line for part in parts for line in _lines(part, scope)]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return paired(lambda _, value: -value, 0.0, _value(operand, scope))
        case ast.BinOp(left=left, op=sign, right=right) if _is(ARITHMETIC, sign):
            operation = ARITHMETIC[type(sign).__name__]
            return paired(operation, _value(left, scope), _value(right, scope))
        case ast.Compare(left=left, ops=[sign], comparators=[right]) if _is(COMPARED, sign):
            operation = COMPARED[type(sign).__name__]
            return paired(operation, _value(left, scope), _value(right, scope))
        case ast.BoolOp(op=sign, values=parts):
            return _joined(isinstance(sign, ast.And), [_value(part, scope) for part in parts])
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _called(name.removeprefix(_PREFIX), arguments, scope)
    raise MathError(f"{type(node).__name__} is no part of metric math here")


def _is(table: Mapping[str, object], sign: ast.AST) -> bool:
    return type(sign).__name__ in table


def _named(name: str, scope: Scope) -> Value:
    if name not in scope.known:
        raise MathError(f"nothing has the id {name!r}")
    return scope.known[name]


def _lines(part: ast.expr, scope: Scope) -> list[Line]:
    """A member of an array: a time series, or an array that becomes part of it."""
    value = _value(part, scope)
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return [Line(part.id.removeprefix(_PREFIX) if isinstance(part, ast.Name) else "", value)]
    raise MathError("an array consists of time series, not of numbers")


def _joined(both: bool, values: list[Value]) -> Value:
    joined = values[0]
    for value in values[1:]:
        joined = paired(lambda a, b: float(bool(a and b) if both else bool(a or b)), joined, value)
    return joined


def _called(name: str, arguments: list[ast.expr], scope: Scope) -> Value:
    """A function's value; METRICS, SEARCH and FILL take more than values."""
    texts = [a.value for a in arguments if isinstance(a, ast.Constant)]
    match name, arguments:
        case "METRICS", [] | [ast.Constant(value=str())]:
            wanted = str(texts[0]) if texts else ""
            known = ((each, scope.known[each]) for each in scope.metrics if wanted in each)
            return [Line(each, series) for each, series in known if isinstance(series, dict)]
        case "SEARCH", [
            ast.Constant(value=str() as query),
            ast.Constant(value=str() as statistic),
            *rest,
        ]:
            if scope.search is None:
                raise MathError("SEARCH finds several time series, and one is needed")
            return scope.search(query, statistic, _period(rest))
        case "FILL", [what, ast.Name(id="_REPEAT")]:
            return fill(_value(what, scope), None, scope.times)
        case "FILL", [what, filler]:
            return fill(_value(what, scope), _value(filler, scope), scope.times)
    if name not in FUNCTIONS:
        offered = ", ".join(sorted({*FUNCTIONS, "FILL", "METRICS"}))
        raise MathError(f"the sandbox has no function {name} of these arguments; use {offered}")
    return FUNCTIONS[name](*(_value(each, scope) for each in arguments))


def _period(rest: list[ast.expr]) -> int:
    """SEARCH's third argument, in seconds; 300 without one."""
    match rest:
        case []:
            return 300
        case [ast.Constant(value=float() as period)] if period >= 1 and period.is_integer():
            return int(period)
    raise MathError("SEARCH takes a search, a statistic and a period in whole seconds")
