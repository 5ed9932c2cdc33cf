"""Regular expressions: what PCRE and RE2 read alike is taken over, anything else is refused."""

import pytest

from sandbox.dataplane.firewall import UnsupportedRuleError
from sandbox.dataplane.firewall.regexes import found_in
from tests.support.web_acls import REGEXES


def test_a_pattern_is_looked_for_in_the_whole_path() -> None:
    """AWS finds a pattern anywhere; Envoy compares the whole text."""
    assert found_in("^/api", lowercase=False) == "(?s:.*)(?:^/api)(?s:.*)"
    assert found_in("^/api", lowercase=True) == "(?s:.*)(?i:^/api)(?s:.*)"


@pytest.mark.parametrize("regex", REGEXES)
def test_common_patterns_are_taken_over(regex: str) -> None:
    """Groups, classes, anchors and repetitions mean the same to both."""
    assert regex in found_in(regex, lowercase=False)


@pytest.mark.parametrize(
    "regex",
    [
        r"(?=a)", r"(?!a)", r"(?<=a)b", r"(?P<n>a)", r"(?i)a", r"(a)\1", r"\x41", r"\p{L}", r"\R",
        r"\Qa\E", r"\h", r"\Z", r"a++", r"a**", r"a{2}{3}", r"*a", r"^*", r"(|*)", r"(a", r"a)",
        r"[a", r"a]", r"a{", r"a{,3}", r"[[:alpha:]]", r"[a-Z]", r"[!-~]", r"[a-\d]", "a b", "a\nb",
        "é", "a{1001}", "(a{40}){40}", "a\\",
    ],
)  # fmt: skip
def test_other_patterns_are_refused(regex: str) -> None:
    """What one of the two does not know, or reads in another way, is refused with its text."""
    with pytest.raises(UnsupportedRuleError, match="does not judge the regular expression"):
        found_in(regex, lowercase=False)


@pytest.mark.parametrize("regex", ["A", "[A-C]", "[^A]", "aB"])
def test_capitals_in_a_lower_cased_path_are_refused(regex: str) -> None:
    """A search without case would find what AWS does not."""
    with pytest.raises(UnsupportedRuleError, match="capital letters"):
        found_in(regex, lowercase=True)


def test_classes_with_capital_names_are_no_capitals() -> None:
    r"""\D and \W say nothing about the case of a letter."""
    assert found_in(r"\D\W\S\B", lowercase=True)
