"""gunicorn's worker for aiohttp, which stops at once when told, and may give up by itself."""

from types import FrameType

from aiohttp.worker import GunicornWebWorker

BOOT_ERROR = 3  # the exit code of a worker at which gunicorn ends the others and itself, with 3


class Worker(GunicornWebWorker):
    """The worker of this process is `Worker.current`."""

    current: "Worker"

    def init_process(self) -> None:
        Worker.current = self
        super().init_process()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self._notify_waiter_done()  # aiohttp's own looks up to a second later: long on a fast clock

    def give_up(self) -> None:
        """Ends this worker, once its requests are finished, and with it the task."""
        self.exit_code = BOOT_ERROR
        self.alive = False
        self._notify_waiter_done()
