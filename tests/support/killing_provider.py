"""The sandbox's provider, which kills the engine as soon as AWS has made what KILL_AFTER names.

The engine never hears of any of it: what AWS has is then in no state.
"""

import os
import signal
import threading

from sandbox.provider.engine import type_of
from sandbox.provider.invokes import INVOKES
from sandbox.provider.provider import AwsProvider
from sandbox.provider.server import serve
from sandbox.provider.table import TYPES
from sandbox.provider.values import Properties


class Killing(AwsProvider):
    """Never answers a create of a type in KILL_AFTER; kills when there is one of each."""

    awaited = set(filter(None, os.environ.get("KILL_AFTER", "").split(",")))
    made: set[str] = set()

    def create(self, urn: str, inputs: Properties, preview: bool) -> tuple[str, Properties]:
        created = super().create(urn, inputs, preview)
        if type_of(urn) in self.awaited:
            self.made.add(type_of(urn))
            if self.made == self.awaited:
                os.kill(os.getppid(), signal.SIGKILL)
            threading.Event().wait()  # until the kernel ends us with the engine
        return created


if __name__ == "__main__":
    serve(Killing(TYPES, INVOKES))
