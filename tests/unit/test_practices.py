"""The page of practices says what the tests say."""

import pytest

from tests.support import practices


def test_page_is_current() -> None:
    """docs/practices.md is what `python -m tests.support.practices` makes now."""
    assert practices.PAGE.read_text() == practices.render()


def test_every_cited_number_is_a_practice() -> None:
    """No test claims a practice number that the checklist does not have."""
    known = {
        f"{a}-{n}" for a, content in practices.articles().items() for n in content["practices"]
    }
    assert set(practices.proofs()) <= known


def test_every_test_has_a_docstring() -> None:
    """Each test function states its fact in a docstring."""
    assert [test for test, docstring in practices.tests_with_docstrings() if not docstring] == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("S0-11 holds", {"S0-11"}),
        ("S0-06/07/08 load", {"S0-06", "S0-07", "S0-08"}),
        ("(S0-11, 12; S3-02)", {"S0-11", "S0-12", "S3-02"}),
        ("S5-01 and S0-1 are none", set()),
    ],
)
def test_citations_are_read(text: str, numbers: set[str]) -> None:
    """Single, slashed and comma-joined practice numbers are all found."""
    assert practices.cited(text) == numbers
