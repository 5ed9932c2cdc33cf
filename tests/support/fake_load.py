"""The drill's load without any request, and its clients without a connection."""

from collections import Counter

from ops.drill_rooms import Guest


class FakeLoad:
    """Stands for `ops.drill_load.Load`."""

    def __init__(self) -> None:
        self.cpu = 0.0
        self.answers = Counter({"200": 100})
        self.guests: list[Guest] = []
        self.stopped = 0

    @property
    def failed(self) -> dict[str, int]:
        return {what: count for what, count in self.answers.items() if what != "200"}

    def invite(self, count: int, path: str) -> None:
        self.guests += [
            Guest("", path, f"room {n}", place=address(n // 2 + 1), joins=1, heard=1)
            for n in range(len(self.guests), len(self.guests) + count)
        ]

    def check(self) -> None:
        """Nothing has ended."""

    def hush(self) -> None:
        """Nothing is under way."""

    def stop(self) -> None:
        self.cpu, self.stopped = 0.0, self.stopped + 1
        self.guests.clear()


def address(number: int) -> str:
    """The address of the task of that number."""
    return f"10.0.0.{number}"
