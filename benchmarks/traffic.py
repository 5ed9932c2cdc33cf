"""What the sandbox's load balancer costs, beside Envoy alone with a static file.

`python -m benchmarks.traffic [--runs N] [--requests N]` prints JSON; progress goes to stderr.

Every run sends the same GETs to each side in turn: to the `target` itself, to a `plain` Envoy
before it, and to two load balancers of the sandbox before it, one without a web ACL (`balancer`)
and one behind the shipped web ACL of production (`webAcl`, its limit of requests raised). Each
side is an Envoy with one worker; the target answers by itself. Ratios are taken run by run, their
median is told with the lowest and the highest.

The client has CONNECTIONS connections and one request at a time on each. `target` is its own limit.
`workerBusy` is the worker's processor seconds in a second: where it is far below 1 the client, or
whoever else uses the machine, was the limit, and `requestsPerSecond` says little about Envoy. What
the worker alone could do is in `requestsPerWorkerSecond`, requests in a second of its processor
time. Both have the same aims.

`changeToLiveSeconds`: from a target that is registered or deregistered until the data plane says
that Envoy has taken it over.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.arithmetic import percentile, ratio
from benchmarks.balancers import changes, standing
from benchmarks.envoys import Side
from benchmarks.wire import load
from sandbox.errors import SandboxError

CONNECTIONS = 8
PATH = "/api/whoami"
CHANGES = 10  # of a target
AIMS = {"balancer": 0.9, "webAcl": 0.7}  # of `plain`, at least


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One run of one side; times are in seconds."""

    rate: float
    p50: float
    p99: float
    worker: float

    @property
    def worker_rate(self) -> float:
        """Requests in a second of the worker's processor time."""
        return 1 / self.worker


Samples = dict[str, list[Sample]]  # by side, one a run


def sample(side: Side, requests: int) -> Sample:
    """One load."""
    before = side.worker_seconds()
    found = load(side.port, PATH, requests, CONNECTIONS)
    return Sample(
        rate=found.rate,
        p50=percentile(found.latencies, 50),
        p99=percentile(found.latencies, 99),
        worker=(side.worker_seconds() - before) / requests,
    )


def report(samples: Samples, waits: list[float]) -> dict[str, Any]:
    """The figures: medians of each side, ratios and aims."""
    return {
        "sides": {name: _medians(found) for name, found in samples.items()},
        "ratios": {
            "requestsPerSecond": _ratios({n: [s.rate for s in f] for n, f in samples.items()}),
            "requestsPerWorkerSecond": _ratios(
                {n: [s.worker_rate for s in f] for n, f in samples.items()}
            ),
        },
        "changeToLiveSeconds": {"median": round(median(waits), 3), "highest": round(max(waits), 3)},
    }


def _medians(found: list[Sample]) -> dict[str, float]:
    return {
        "requestsPerSecond": round(median(s.rate for s in found)),
        "requestsPerWorkerSecond": round(median(s.worker_rate for s in found)),
        "p50Milliseconds": round(median(s.p50 for s in found) * 1e3, 2),
        "p99Milliseconds": round(median(s.p99 for s in found) * 1e3, 2),
        "workerBusy": round(median(s.worker * s.rate for s in found), 2),
    }


def _ratios(rates: dict[str, list[float]]) -> dict[str, Any]:
    return {
        f"{name}ToPlain": ratio(rates[name], rates["plain"], aim, upwards=True).as_data()
        for name, aim in AIMS.items()
    }


def measured(runs: int, requests: int) -> dict[str, Any]:
    """Every figure. Raises SandboxError."""
    with (
        tempfile.TemporaryDirectory(prefix="evenkeel-bench-") as folder,
        standing(Path(folder)) as (sides, idle),
    ):
        samples: Samples = {name: [] for name in sides}
        for side in sides.values():
            sample(side, requests)  # opens connections to the target; not counted
        for run in range(runs):
            for name, side in sides.items():
                samples[name].append(found := sample(side, requests))
                _tell(f"{run + 1}/{runs} {name}: {found.rate:.0f} requests a second")
        waits = changes(idle, CHANGES)
    facts = {"runs": runs, "requests": requests, "connections": CONNECTIONS, "cpus": os.cpu_count()}
    return {**facts, **report(samples, waits)}


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    """Exit status: 0 measured, whatever the figures; 1 a request failed; 2 wrong use."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.traffic")
    parser.add_argument("--runs", type=int, default=15, help="of each side, from 1 (default 15)")
    parser.add_argument("--requests", type=int, default=2000, help="a run, from 100 (default 2000)")
    given = parser.parse_args()
    for name, least in (("runs", 1), ("requests", 100)):
        if (value := getattr(given, name)) < least:
            parser.error(f"--{name} is {value}; allowed is {least} or more")
    # As Ctrl-C does: every process and the temporary folder are cleared away.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        found = measured(given.runs, given.requests)
    except SandboxError as error:
        _tell(str(error))
        return 1
    print(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
