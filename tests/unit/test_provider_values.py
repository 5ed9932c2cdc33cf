"""Values between the engine and the provider; generated names."""

from typing import Any

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from sandbox.provider.resource_type import Name
from sandbox.provider.values import UNKNOWN, document, from_struct, is_known, to_struct

VALUES = st.recursive(
    st.booleans() | st.integers(-(2**50), 2**50) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=3), VALUES, max_size=4))
def test_values_survive_the_wire(properties: dict[str, Any]) -> None:
    """What goes out comes back, whole numbers as whole numbers."""
    assert from_struct(to_struct(properties)) == properties


def test_nulls_are_left_out() -> None:
    """A null of the engine's is no property."""
    struct = struct_pb2.Struct()
    struct.update({"a": None, "b": 1.5})
    assert from_struct(struct) == {"b": 1.5}


def test_unknowns_of_every_kind_are_one() -> None:
    """The engine's marks for unknown texts, numbers, lists … all read as UNKNOWN."""
    struct = struct_pb2.Struct()
    struct.update({"list": "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", "text": UNKNOWN})
    assert from_struct(struct) == {"list": UNKNOWN, "text": UNKNOWN}


def test_known_means_all_of_it() -> None:
    """One unknown part makes a value unknown."""
    assert is_known({"a": [1, {"b": 2}]})
    assert not is_known({"a": [1, {"b": UNKNOWN}]})


@pytest.mark.parametrize("text", ["text", "{nope", 5, None])
def test_no_document(text: Any) -> None:
    """Only a JSON object or array is a document."""
    assert document(text) is None


def test_generated_names() -> None:
    """Logical name and seven hexadecimal digits, the same for the same seed."""
    name = Name(32)
    made = name.generate("evenkeel-http", b"seed")
    assert (
        made == name.generate("evenkeel-http", b"seed") != name.generate("evenkeel-http", b"other")
    )
    assert name.is_generated("evenkeel-http", made)
    assert len(made) == len("evenkeel-http") + 8
    assert not name.is_generated("evenkeel-http", "evenkeel-http-mine")


def test_too_long_a_name_is_refused() -> None:
    """A logical name that leaves no room says so in the words of AWS's provider."""
    assert len(Name(32).generate("a" * 24, b"")) == 32
    with pytest.raises(ValueError, match="plus 7 random chars is longer than maximum length 32"):
        Name(32).generate("a" * 25, b"")
