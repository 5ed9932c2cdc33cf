"""When two values say the same to AWS: spelling of names, JSON layout and lists that are sets."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.provider.values import Properties, document

# Elements of IAM's policy grammar that may be one value or a list of one, in any order.
# Source: IAM User Guide, "Grammar of the IAM JSON policy language".
_IAM_LISTS = frozenset({"Action", "NotAction", "Resource", "NotResource", "Statement", "AWS"})


def spelling(name: str) -> str:
    """The name without case, number and underscores, so that Pulumi's plural meets AWS's singular.

    `capacityProviderStrategies` and `capacityProviderStrategy` are one name.
    """
    plain = name.replace("_", "").lower()
    if plain.endswith("ies"):
        return plain[:-3] + "y"
    return plain.removesuffix("s")


def same(left: Any, right: Any, *, unordered: bool = False) -> bool:
    """Whether both say the same; JSON documents are compared by meaning, numbers by value."""
    return _match(left, right, _whole, unordered)


def agrees(declared: Any, actual: Any, *, unordered: bool = False) -> bool:
    """Whether AWS's answer holds all that was declared; what AWS adds by itself is no difference.

    A declared empty value agrees with none at all, because AWS's answers leave empty values out.
    """
    if not declared and not actual:
        return True
    return _match(declared, actual, _part, unordered)


_Fields = Callable[[Mapping[str, Any], Mapping[str, Any], bool], bool]


def _match(left: Any, right: Any, fields: _Fields, unordered: bool) -> bool:
    left_document, right_document = document(left), document(right)
    if left_document is not None and right_document is not None:
        if _is_policy(left_document):
            return bool(_policy(left_document) == _policy(right_document))
        return _match(left_document, right_document, fields, True)
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return fields(left, right, unordered)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return _lists(list(left), list(right), fields, unordered)
    return _plain(left, right)


def _whole(left: Mapping[str, Any], right: Mapping[str, Any], unordered: bool) -> bool:
    return left.keys() == right.keys() and all(
        _match(left[key], right[key], _whole, unordered) for key in left
    )


def _part(declared: Mapping[str, Any], actual: Mapping[str, Any], unordered: bool) -> bool:
    spelt = {spelling(key): value for key, value in actual.items()}
    return all(
        agrees(value, actual.get(key, spelt.get(spelling(key))), unordered=unordered)
        for key, value in declared.items()
    )


def _lists(left: list[Any], right: list[Any], fields: _Fields, unordered: bool) -> bool:
    if len(left) != len(right):
        return False
    if not unordered:
        return all(
            _match(one, other, fields, unordered) for one, other in zip(left, right, strict=True)
        )
    rest = list(right)
    for item in left:
        found = next(
            (n for n, other in enumerate(rest) if _match(item, other, fields, unordered)), None
        )
        if found is None:
            return False
        del rest[found]
    return True


def _plain(left: Any, right: Any) -> bool:
    if isinstance(left, str) == isinstance(right, str):
        return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)
    text, other = (left, right) if isinstance(left, str) else (right, left)
    if isinstance(other, bool):
        return bool(text == str(other).lower())
    try:
        return isinstance(other, int | float) and float(text) == other
    except ValueError:
        return False


def _is_policy(value: Any) -> bool:
    return isinstance(value, Mapping) and "Statement" in value


def _policy(value: Any, element: str = "") -> Any:
    if isinstance(value, Mapping):
        inner = {key: _policy(item, key) for key, item in value.items()}
        return [inner] if element == "Statement" else inner
    if isinstance(value, list):
        items = [_policy(item, "") for item in value]
        if element and element != "Statement":
            items = sorted(items, key=str)
        return items
    return [value] if element in _IAM_LISTS or element == "Service" else value


def reconciled(declared: Properties, actual: Properties, sets: frozenset[str]) -> Properties:
    """The inputs as they stand in AWS: the user's own words wherever AWS says the same.

    *sets* names the properties whose lists have no order in AWS. A declared property that AWS no
    longer has is left out, so that the next update puts it back.
    """
    inputs: Properties = {}
    for key, value in declared.items():
        found = actual.get(key)
        if agrees(value, found, unordered=key in sets):
            inputs[key] = value
        elif found is not None:
            inputs[key] = renamed(found, value)
    return inputs


def renamed(actual: Any, like: Any = None) -> Any:
    """AWS's answer under Pulumi's names: those of *like*, else lower camel case."""
    if isinstance(actual, Mapping):
        names = {spelling(key): key for key in like} if isinstance(like, Mapping) else {}
        result = {}
        for key, value in actual.items():
            name = names.get(spelling(key), key[:1].lower() + key[1:])
            result[name] = renamed(value, like.get(name) if isinstance(like, Mapping) else None)
        return result
    if isinstance(actual, list | tuple):
        first = like[0] if isinstance(like, list) and like else None
        return [renamed(item, first) for item in actual]
    return actual
