"""The loopback addresses of real tasks."""

from contextlib import closing

import pytest

from sandbox.emulator import ecs_addresses
from sandbox.emulator.ecs_addresses import Block, NoAddressError
from tests.support.emulator import free_port


@pytest.fixture(autouse=True)
def own_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases that no sandbox of this machine takes part in."""
    monkeypatch.setattr(ecs_addresses, "_LEASE_PORT", free_port())


def test_a_block_belongs_to_one_holder(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second holder gets another block; with none left the message names blocks and port."""
    monkeypatch.setattr(ecs_addresses, "BLOCKS", range(120, 122))
    with closing(Block()) as first, closing(Block()) as second:
        addresses = [first.free(set()), second.free(set())]
        assert sorted(addresses) == ["127.77.120.1", "127.77.121.1"]
        assert [address in first for address in addresses] == [True, False]
        with pytest.raises(NoAddressError, match=r"127\.77\.120\.0/24 to .* listens on port \d+ "):
            Block()


def test_a_block_is_taken_again() -> None:
    """After a restart the block of before is ours again, unless somebody else has it."""
    with closing(Block(["127.77.133.7"])) as block:
        assert block.free(set()) == "127.77.133.1"
        with closing(Block(["127.77.133.7"])) as other:
            assert "127.77.133.1" not in other


def test_an_address_rests_before_it_is_given_again() -> None:
    """Addresses go round from .1 to .250, past those that are taken."""
    with closing(Block()) as block:
        given = [block.free(set()) for _ in range(250)]
        assert [int(each.rpartition(".")[2]) for each in given] == list(range(1, 251))
        assert block.free({given[0]}) == given[1]
        with pytest.raises(NoAddressError, match="all 250 addresses"):
            block.free(set(given))
