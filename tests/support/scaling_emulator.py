"""A stepped emulator of a module's own, empty again after each test.

A module gets the fixtures by importing them.
"""

from collections.abc import Iterator

import pytest

from tests.support import stepped
from tests.support.emulated_service import IMAGES
from tests.support.scaling_scene import forget
from tests.support.stepped import Stepped


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stepped]:
    """The module's."""
    with stepped.running(tmp_path_factory.mktemp("emulator"), IMAGES) as aws:
        yield aws


@pytest.fixture
def aws(emulator: Stepped) -> Iterator[Stepped]:
    """The test's."""
    yield emulator
    forget(emulator)
