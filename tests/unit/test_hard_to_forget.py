"""The pack is set wherever somebody could forget it."""

import pytest

from tests.support.stages import ROOT


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("Makefile", "export PULUMI_OPTION_POLICY_PACK := $(CURDIR)/policies"),
        (".ci/run", 'export PULUMI_OPTION_POLICY_PACK="$PWD/policies"'),
        ("README.md", "export PULUMI_OPTION_POLICY_PACK=policies"),
        ("docs/policies.md", "export PULUMI_OPTION_POLICY_PACK=policies"),
    ],
)
def test_the_variable_is_set(file: str, line: str) -> None:
    """S0-13: make, CI and the commands that a reader copies set the policy pack's variable."""
    lines = (ROOT / file).read_text().splitlines()

    assert any(each.startswith(line) for each in lines)
