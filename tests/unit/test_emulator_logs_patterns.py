"""CloudWatch Logs filter patterns."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.refused_paths import refused_patterns
from sandbox.emulator.logs_json_patterns import PatternError, select
from sandbox.emulator.logs_patterns import condition

EVENT: dict[str, Any] = {
    "type": "UpdateTrail",
    "ip": "10.1.2.3",
    "count": 5,
    "ratio": -0.5,
    "on": True,
    "off": False,
    "nothing": None,
    "list": [{"id": 7}, {"id": 8}],
    "odd name": {"a-b": "x"},
    "quoted": 'say "hi"',
}


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ('{ $.type = "UpdateTrail" }', True),
        ('{$.type="UpdateTrail"}', True),
        ('{ $.type = "updatetrail" }', False),
        ('{ $.type = "Update*" }', True),
        ('{ $.type = "*Tra*" }', True),
        ('{ $.type = "Trail" }', False),
        ('{ $.type != "Update*" }', False),
        ('{ $.type != "Other" }', True),
        ("{ $.type = UpdateTrail }", True),
        ("{ $.ip = 10.1.* }", True),
        ("{ $.ip != 10.2.* }", True),
        ('{ $.ip = "10?1.2.3" }', False),
        ("{ $.count = 5 }", True),
        ("{ $.count != 5 }", False),
        ("{ $.count >= 5 && $.count <= 5.0 }", True),
        ("{ $.count > 5 || $.count < 5 }", False),
        ("{ $.ratio < -0.4 }", True),
        ("{ $.count > 1e0 }", True),
        ("{ $.type > 3 }", False),
        ("{ $.on IS TRUE && $.off IS FALSE }", True),
        ("{ $.on = 1 }", False),
        ("{ $.nothing IS NULL }", True),
        ("{ $.missing IS NULL }", False),
        ("{ $.missing NOT EXISTS }", True),
        ("{ $.nothing NOT EXISTS }", False),
        ("{ $.missing = 1 }", False),
        ("{ $.missing != 1 }", False),
        ("{ $.list[1].id = 8 }", True),
        ("{ $.list[2].id = 8 }", False),
        ("{ $.type[0] = U }", False),
        ("{ $['odd name']['a-b'] = x }", True),
        ('{ $["odd name"].a-b = x }', True),
        ('{ $.quoted = "say \\"hi\\"" }', True),
        ("{ $.count = 1 && $.count = 2 || $.count = 5 }", True),
        ("{ $.count = 1 && ($.count = 2 || $.count = 5) }", False),
        ("{ ($.count = 5) && (($.on IS TRUE)) }", True),
    ],
)
def test_conditions_on_json(pattern: str, found: bool) -> None:
    """Strings with wildcards, numbers, truth, absence, and && before ||."""
    assert condition(pattern)(json.dumps(EVENT)) is found


@pytest.mark.parametrize("message", ["", "plain text", "[1]", '"text"', "{"])
def test_a_message_that_is_no_json_object_meets_no_condition(message: str) -> None:
    """A JSON pattern sees nothing in a line of another kind."""
    assert condition("{ $.a NOT EXISTS }")(message) is False


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("", True),
        ("ERROR", True),
        ("error", False),
        ("ERROR 400", True),
        ("ERROR 500", False),
        ('"BAD REQUEST"', True),
        ("ERROR -REQUEST", False),
        ("ERROR -FINE", True),
        ("?FINE ?ERROR", True),
        ("?FINE ?GOOD", False),
    ],
)
def test_terms(pattern: str, found: bool) -> None:
    """Every term must be in the message, none after a minus, and one of those after `?`."""
    assert condition(pattern)("[ERROR 400] BAD REQUEST") is found


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("{ $.a = 1", "must end with }"),
        ("{ }", "ends where a property"),
        ("{ a = 1 }", "'a' stands where a property"),
        ("{ $ = 1 }", "'$' stands where a property"),
        ("{ $.a }", "ends where an operator"),
        ("{ $.a = }", "ends where a value"),
        ("{ $.a ~ 1 }", "'~' stands where an operator"),
        ("{ $.a IS 1 }", "'1' stands where NULL"),
        ("{ $.a > x }", "only a number"),
        ("{ ($.a = 1 }", "not closed"),
        ("{ $.a = 1 ) }", "')' was not expected"),
        ("{ $.a = 1 && }", "ends where a property"),
        ("{ $.a = %x% }", "cannot be read"),
        ('{ $.a = "x }', "cannot be read"),
        ("{ $.a[*] = 1 }", "'[*]' stands where an operator"),
        ("{ $.a = $.b }", "'$.b' stands where a value"),
        ("{ " + "(" * 600 + "$.a = 1" + ")" * 600 + " }", "parentheses"),
        ("[ip, user]", "not offered"),
        ("%ERROR%", "not offered"),
        ("time=5", "double quotes"),
    ],
)
def test_a_pattern_that_cannot_be_read_is_refused(pattern: str, says: str) -> None:
    """The text says where it stops to be a pattern."""
    with pytest.raises(PatternError) as refused:
        condition(pattern)
    assert says in str(refused.value)


@given(st.text(alphabet=' {}()$.ab="*&|<>!1-?%[]', max_size=40))
def test_any_text_is_a_pattern_or_refused(pattern: str) -> None:
    """No text does anything else than to be read or to be refused."""
    try:
        holds = condition(pattern)
    except PatternError:
        return
    assert holds('{"a": "b"}') in (True, False)


@pytest.mark.parametrize(
    ("uri", "rule", "action", "found"),
    [
        ("/socket.io/", "Default_Action", "BLOCK", True),
        ("/socket.iox", "Default_Action", "BLOCK", True),
        ("/", "Default_Action", "BLOCK", True),
        ("/apix", "common", "BLOCK", True),
        ("/other", "Default_Action", "BLOCK", False),
        ("/api", "rate-limit", "BLOCK", False),
        ("/api/../x", "bad-paths", "BLOCK", False),
        ("/api", "allow-paths", "ALLOW", False),
    ],
)
def test_the_programs_pattern_finds_refusals(uri: str, rule: str, action: str, found: bool) -> None:
    """S0-19: a refusal of an allowed-looking path is found, but for rate and bad paths."""
    (pattern,) = refused_patterns(["/socket.io", "/api", "=/"], ["rate-limit", "bad-paths"])
    event = {"action": action, "terminatingRuleId": rule, "httpRequest": {"uri": uri}}
    assert condition(pattern)(json.dumps(event)) is found


def test_a_property_is_selected() -> None:
    """What a filter takes its value from; None where there is nothing."""
    message = json.dumps(EVENT)
    found = [select(message, at) for at in ("$.count", "$.list[0].id", "$.none", "$.type.x")]
    assert found == [5, 7, None, None]
    assert select("no json", "$.count") is None


def test_a_message_that_nests_too_deep_matches_nothing() -> None:
    """Python's parser gives up on it; whoever writes such a line stops nobody's log."""
    deep = "[" * 100_000
    assert condition("{ $.a = 1 }")(f'{{"a": {deep}') is False
    assert select(f'{{"a": {deep}', "$.a") is None
