"""The arithmetic of the traffic benchmark, and its client."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchmarks.arithmetic import percentile, ratio
from benchmarks.traffic import Sample, report
from benchmarks.wire import BODY, load
from sandbox.errors import SandboxError


class _Answers(socketserver.StreamRequestHandler):
    """Answers in two pieces, as a slow network delivers them."""

    server: "Server"

    def handle(self) -> None:
        while line := self.rfile.readline():
            while self.rfile.readline() != b"\r\n":
                pass
            self.server.lines.append(line)
            length = f"content-length: {len(BODY)}\r\n\r\n".encode()
            self.wfile.write(b"HTTP/1.1 " + self.server.status)
            self.wfile.write(b"\r\n" + length + BODY)


class Server(socketserver.ThreadingTCPServer):
    """Keeps the first line of every request."""

    daemon_threads = True

    def __init__(self, status: bytes) -> None:
        self.status = status
        self.lines: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Answers)


@contextmanager
def answering(status: bytes) -> Iterator[Server]:
    with Server(status) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def test_a_percentile_is_one_of_the_values() -> None:
    """Of 1 to 200, 99 % are at most 198; of 120 values it is the 119th, of one that one."""
    assert percentile([float(n) for n in range(200, 0, -1)], 99) == 198
    assert percentile([float(n) for n in range(1, 121)], 99) == 119
    assert percentile([5.0, 1.0, 3.0], 50) == 3
    assert percentile([7.0], 99) == percentile([7.0], 1) == 7


def test_an_aim_may_be_the_least() -> None:
    """0.9 meets an aim of at least 0.9, and 0.89 does not; the other way round it is met."""
    assert ratio([9.0], [10.0], aim=0.9, upwards=True).as_data() == {
        "ratio": 0.9,
        "lowest": 0.9,
        "highest": 0.9,
        "aim": 0.9,
        "met": True,
    }
    assert ratio([8.9], [10.0], aim=0.9, upwards=True).as_data()["met"] is False
    assert ratio([8.9], [10.0], aim=0.9).as_data()["met"] is True


def test_ratios_are_taken_run_by_run() -> None:
    """Half, then four fifths of plain's rate are 0.65 of it, although the medians' ratio is 0.6."""

    def samples(*pairs: tuple[float, float]) -> list[Sample]:
        return [Sample(rate=r, worker=w, p50=0.001, p99=0.002) for r, w in pairs]

    found = report(
        {
            "target": samples((9000, 1e-5), (9000, 1e-5)),
            "plain": samples((2000, 1e-4), (1000, 1e-4)),
            "balancer": samples((1000, 1e-4), (800, 1e-4)),
            "webAcl": samples((1000, 2e-4), (800, 2e-4)),
        },
        [0.3, 0.1, 0.2],
    )
    asked, worked = (found["ratios"][f"requestsPer{x}Second"] for x in ("", "Worker"))
    assert asked["balancerToPlain"]["ratio"] == 0.65
    assert (worked["balancerToPlain"]["ratio"], worked["balancerToPlain"]["met"]) == (1.0, True)
    assert (worked["webAclToPlain"]["ratio"], worked["webAclToPlain"]["met"]) == (0.5, False)
    assert found["sides"]["plain"] == {
        "requestsPerSecond": 1500,
        "requestsPerWorkerSecond": 10000,
        "p50Milliseconds": 1.0,
        "p99Milliseconds": 2.0,
        "workerBusy": 0.15,
    }
    assert found["changeToLiveSeconds"] == {"median": 0.2, "highest": 0.3}


def test_a_load_is_as_many_requests_as_asked() -> None:
    """Ten requests on three connections arrive ten times, each with its own latency."""
    with answering(b"200 OK") as server:
        found = load(server.server_address[1], "/api/x", 10, 3)
        assert server.lines == [b"GET /api/x HTTP/1.1\r\n"] * 10
    assert len(found.latencies) == 10
    assert found.rate == 10 / found.seconds


def test_a_load_takes_no_refusal_for_an_answer() -> None:
    """A blocked request ends the load, with the status line; so does a closed connection."""
    with answering(b"403 Forbidden") as server, pytest.raises(SandboxError) as refused:
        load(server.server_address[1], "/", 10, 3)
    assert str(refused.value) == "the load was answered 'HTTP/1.1 403 Forbidden'"
    with answering(b"") as server:
        server.RequestHandlerClass = socketserver.BaseRequestHandler
        with pytest.raises(SandboxError, match="the load was "):
            load(server.server_address[1], "/", 10, 3)
