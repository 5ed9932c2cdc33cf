"""The provider's table against the SDK's classes, the program, and its page in the docs."""

import importlib
from datetime import UTC, datetime
from importlib import metadata

import pytest

from infra.stack import build
from sandbox.provider import page
from sandbox.provider.server import VERSION
from sandbox.provider.table import TYPES
from tests.support.program import register
from tests.support.provider import sdk_class, wire_names
from tests.support.stages import changed, shipped

TOKENS = pytest.mark.parametrize("token", sorted(TYPES))
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def arguments(token: str) -> set[str]:
    """The wire names of what a program may pass to the class."""
    kind = sdk_class(token)
    module = importlib.import_module(kind.__module__)
    # "Init" where a nested type of another class has the name already.
    names = (f"{kind.__name__}InitArgs", f"{kind.__name__}Args")
    return wire_names(next(getattr(module, name) for name in names if hasattr(module, name)))


@TOKENS
def test_outputs_are_properties_of_the_class(token: str) -> None:
    """A resource carries nothing that the SDK's class does not have."""
    assert TYPES[token].outputs <= wire_names(sdk_class(token))


@TOKENS
def test_inputs_are_arguments_of_the_class(token: str) -> None:
    """Every input is one that a program can pass."""
    assert TYPES[token].inputs <= arguments(token)


@TOKENS
def test_tags_and_region_are_those_of_the_class(token: str) -> None:
    """A type bears tags and a region exactly when its class does."""
    names = wire_names(sdk_class(token))
    assert TYPES[token].taggable == ("tagsAll" in names)
    assert TYPES[token].regional == ("region" in names)


@TOKENS
def test_entry_speaks_of_its_own_inputs(token: str) -> None:
    """Required, replacing, unique, unordered and judged names are all inputs of the entry."""
    entry = TYPES[token]
    named = {*entry.required, *entry.replaces, *entry.unique, *entry.sets, *entry.unread}
    judged = {name for rule in entry.rules for name in rule.properties}
    assert named | judged | set(entry.defaults) <= entry.inputs
    assert entry.volatile <= entry.computed
    assert all(rule.what and rule.source for rule in entry.rules)


@pytest.mark.parametrize("stage", ["staging", "production"])
@pytest.mark.parametrize("egress", ["nat", "endpoints"])
def test_program_creates_only_types_and_inputs_of_the_table(stage: str, egress: str) -> None:
    """Every AWS resource of the program is covered, with every input that it is given."""
    settings = changed(shipped(stage), {"network.egress": egress})
    program = register(lambda: build(settings, NOW), stage=stage)
    for resource in program.registered:
        if resource.type.startswith("aws:"):
            assert resource.type in TYPES
            assert set(resource.inputs) <= TYPES[resource.type].inputs, resource.type


def test_page_is_current() -> None:
    """docs/sandbox-provider.md is what `python -m sandbox.provider.page` makes now."""
    assert page.PAGE.read_text() == page.render()


def test_page_has_every_type() -> None:
    """Each type of the table stands on the page."""
    assert all(f"`{token}`" in page.PAGE.read_text() for token in TYPES)


def test_version_is_the_sdks() -> None:
    """The plugin says that it is the version that the installed SDK asks for."""
    assert metadata.version("pulumi-aws") == VERSION
