"""docs/policies.md says what the catalogue and the table of mistakes say."""

import json
import re
from typing import Any

import pulumi_aws as aws
import pytest

from policies import configuration
from policies.pack import CATALOGUE
from policies.suppressions import IRREVOCABLE
from tests.policies.judging import judged, target
from tests.support import policy_catalogue

PAGE = policy_catalogue.PAGE.read_text(encoding="utf-8")
UPDATE = "run `python -m tests.support.policy_catalogue`"


@pytest.mark.thorough  # it runs the whole table
def test_page_is_current() -> None:
    """The catalogue of docs/policies.md is what policies and table say now."""
    assert policy_catalogue.page(PAGE) == PAGE, UPDATE


def test_page_has_every_policy() -> None:
    """Each policy has one entry, and one place in the table of contents."""
    names = [rule.name for rule in CATALOGUE]
    assert re.findall(r"^### (\S+)$", PAGE, re.MULTILINE) == names
    assert re.findall(r"\]\(#(\w+-[\w-]+)\)", PAGE.partition("## The catalogue")[2]) == names


def test_page_names_what_production_never_sets_aside() -> None:
    """The policies that no suppression covers in production stand in the page's introduction."""
    never = PAGE.partition("Never set aside in production:")[2].partition(".")[0]
    assert set(re.findall(r"`([\w-]+)`", never)) == IRREVOCABLE


def test_page_shows_a_real_message() -> None:
    """The example of what cannot be verified is what an unknown maximum gets."""

    def unknown() -> Any:
        return target(high=aws.sns.Topic("later").arn.apply(len))

    [message] = {found.message for found in judged(unknown) if found.policy == "capacity-db-surge"}
    assert f"```text\n{message}\n```" in PAGE


def test_page_shows_a_configuration_that_is_taken() -> None:
    """The example of a stricter configuration has policies and numbers of this pack."""
    [example] = re.findall(r"```json\n(\{\n.*?\n\})\n```", PAGE, re.DOTALL)
    given = {k: v if isinstance(v, dict) else {} for k, v in json.loads(example).items()}
    known = {rule.name: rule.numbers for rule in CATALOGUE}
    assert list(configuration.problems(given, {}, [], known, has_stage=True)) == []
