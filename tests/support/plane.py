"""A data plane of a module's own, and a load balancer and targets of a test's own before it.

A module gets the fixtures by importing them.
"""

from collections.abc import Iterator

import pytest

from tests.support import dataplane, emulator
from tests.support.dataplane import DataPlane
from tests.support.entrance import Entrance
from tests.support.targets import Target, targets

SPEED = 20.0  # sandbox seconds in a second


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataPlane]:
    """The module's data plane, over an emulator of its own."""
    folder = tmp_path_factory.mktemp("plane")
    with (
        emulator.running(folder, speed=SPEED) as aws,
        dataplane.running(aws.url, folder / "plane", SPEED) as plane,
    ):
        yield plane


@pytest.fixture
def entrance(plane: DataPlane) -> Entrance:
    """The test's load balancer."""
    return Entrance(plane)


@pytest.fixture
def pair() -> Iterator[list[Target]]:
    """Two targets."""
    with targets(2) as found:
        yield found


@pytest.fixture
def three() -> Iterator[list[Target]]:
    """Three targets."""
    with targets(3) as found:
        yield found
