"""The loopback addresses of real tasks: no two live tasks of this machine share one.

Each emulator has one block 127.77.n.0/24 for its life, leased from the kernel: it holds a socket
on 127.77.n.254, which the kernel closes when the emulator ends, however it ends.
"""

import random
import socket
from collections.abc import Collection, Container

BLOCKS = range(100, 250)  # below are the addresses of simulated tasks, where nobody listens
_HOSTS = 250
_LEASE_PORT = 7077  # below the ports that the kernel gives to whoever asks for any


class NoAddressError(OSError):
    """No block or no address of it is free; the message says which."""


class Block:
    """One block; its addresses are given in turn, so that one rests before it is given again.

    It is that of `before`, the addresses of an earlier life, if nobody else has it by now.
    """

    def __init__(self, before: Collection[str] = ()) -> None:
        known = {int(address.split(".")[2]) for address in before}
        self._number, self._lease = _lease([*known, *random.sample(BLOCKS, len(BLOCKS))])
        self._next = 0

    def __contains__(self, address: str) -> bool:
        return address.startswith(f"127.77.{self._number}.")

    def close(self) -> None:
        """Give the block back, as the kernel does when the emulator ends."""
        self._lease.close()

    def free(self, taken: Container[str]) -> str:
        """An address that is not in `taken`. Raises NoAddressError."""
        for _ in range(_HOSTS):
            address = f"127.77.{self._number}.{self._next + 1}"
            self._next = (self._next + 1) % _HOSTS
            if address not in taken:
                return address
        raise NoAddressError(f"all {_HOSTS} addresses of 127.77.{self._number}.0/24 are taken")


def _lease(numbers: list[int]) -> tuple[int, socket.socket]:
    for number in numbers:
        lease = socket.socket()
        try:
            lease.bind((f"127.77.{number}.254", _LEASE_PORT))
        except OSError:
            lease.close()
        else:
            return number, lease
    raise NoAddressError(
        f"no block of 127.77.{BLOCKS[0]}.0/24 to 127.77.{BLOCKS[-1]}.0/24 is free: something"
        f" listens on port {_LEASE_PORT} of every address, or {len(BLOCKS)} sandboxes run"
    )
