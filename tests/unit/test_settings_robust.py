"""Whatever a stage holds, the answer is settings or a readable refusal."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from infra.settings import Settings, SettingsError, parse
from tests.support.stages import config_of, fixture, problems_of, shipped

JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["0 8 ? * MON *", "2026-12-01", "9999-12-31T23:59:59-14:00", "/api", "="]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
Place = tuple[str | int, ...]


def places(value: Any, above: Place = ()) -> Iterator[Place]:
    """Every place of a configuration, sections and values alike."""
    pairs: Any = value.items() if isinstance(value, dict) else enumerate(value)
    for key, below in pairs:
        yield (*above, key)
        if isinstance(below, dict | list):
            yield from places(below, (*above, key))


def whole_stage() -> dict[str, Any]:
    """A stage that holds every section, with steps and a forecast."""
    whole = config_of(shipped("production"))
    scaling = fixture("horizontal").as_data()["scaling"]
    whole["evenkeel:scaling"]["steps"] = scaling["steps"]
    whole["evenkeel:scaling"]["predictive"] = {"metric": "cpu", "target": 60}
    return whole


WHOLE = whole_stage()
PLACES = sorted(places(WHOLE), key=str)


def outcome(config: dict[str, Any]) -> Settings | SettingsError:
    """Settings or the refusal; any other error is the test's failure."""
    try:
        return parse("production", config)
    except SettingsError as error:
        return error


@settings(max_examples=200)
@given(place=st.sampled_from(PLACES), junk=JUNK)
@example(place=("evenkeel:network",), junk=3)
@example(place=("evenkeel:migrations",), junk=[1])
@example(place=("evenkeel:capacity", "scaledUp", "until"), junk="9999-12-31T23:59:59-14:00")
def test_any_value_anywhere_is_settings_or_a_refusal(place: Place, junk: Any) -> None:
    """No stack trace for a mistake: junk in any place is refused in words, or it is no junk."""
    config = deepcopy(WHOLE)
    *above, last = place
    at: Any = config
    for step in above:
        at = at[step]
    at[last] = junk
    found = outcome(config)
    if isinstance(found, SettingsError):
        assert str(found).count("allowed: ") == len(found.problems) > 0
    else:
        assert Settings.model_validate(found.as_data()) == found


@given(key=st.text(max_size=12).filter(lambda key: f"evenkeel:{key}" not in WHOLE), junk=JUNK)
def test_any_unknown_section_is_refused(key: str, junk: Any) -> None:
    """A section that no stage has is one problem with the sections that it has."""
    found = outcome({**WHOLE, f"evenkeel:{key}": junk})
    assert isinstance(found, SettingsError)
    assert "unknown key" in str(found)


@pytest.mark.parametrize(
    "changes",
    [
        {"service.secrets": {"DATABASE_URL": "hunter2-in-plain"}},
        {"service.secrets.DATABASE_URL": "hunter2-in-plain"},
        {"service.environment.PORT": "hunter2-in-plain"},
        {"service.environment": ["DB_PASSWORD=hunter2-in-plain"]},
        {"service.enviroment": {"DB_PASSWORD": "hunter2-in-plain"}},
    ],
)
def test_what_containers_are_told_is_never_shown(changes: dict[str, Any]) -> None:
    """A plain secret in the wrong place is refused without its value: output is kept in logs."""
    problems = problems_of(changes)

    assert problems
    assert "hunter2" not in "".join(map(str, problems))
