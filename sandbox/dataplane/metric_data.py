"""From Envoy's statistics to CloudWatch data: what has been added, and what stands, as AWS has it.

Names, dimensions, and what counts where: ELB user guide, "CloudWatch metrics for your Application
Load Balancer"; WAF developer guide, "Monitoring with Amazon CloudWatch". Metrics by availability
zone are left out, because targets of this machine have no zone.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sandbox.dataplane.snapshot import LoadBalancer, TargetGroup

PREFIX = "evenkeel"  # of the counters that access loggers write
_BY_TARGET = re.compile(rf"{PREFIX}\.([^.]*)\.target\.group\.([^.]*)\.code\.(\d+)")
_BY_BALANCER = re.compile(rf"{PREFIX}\.([^.]*)\.elb\.code\.(\d+)")
_FAILED = re.compile(rf"{PREFIX}\.([^.]*)\.failed\.group\.([^.]*)")  # on a target, after all
_TIMES = re.compile(rf"{PREFIX}\.([^.]*)\.microseconds\.group\.([^.]*)")
_JUDGED = re.compile(rf"{PREFIX}\.([^.]*)\.waf\.rule\.([^.]*)\.result\.(\w+)")
_LEFT = 460  # how an ALB notes a client that left before its response; Envoy notes 0
_GAUGES = ("_active", "_healthy")
Dimensions = Mapping[str, str]
Values = Mapping[float, float]  # value -> how often


@dataclass(frozen=True)
class Reading:
    """Statistics by name, and the times of requests: name of a histogram -> seconds -> requests."""

    values: Mapping[str, float] = field(default_factory=dict)
    times: Mapping[str, Values] = field(default_factory=dict)

    def added(self, before: "Reading") -> "Reading":
        """What came since `before`; gauges stay. A counter that has shrunk began anew."""
        return Reading(
            {
                name: value if name.endswith(_GAUGES) else _more(value, before.values.get(name, 0))
                for name, value in self.values.items()
            },
            {
                name: {
                    at: _more(n, before.times.get(name, {}).get(at, 0)) for at, n in bins.items()
                }
                for name, bins in self.times.items()
            },
        )


@dataclass(frozen=True)
class Datum:
    """One metric for a while: each value, and how often it was seen."""

    name: str
    dimensions: Dimensions
    values: Values
    namespace: str = "AWS/ApplicationELB"
    unit: str = "Count"
    kind: Literal["count", "sum", "level"] = "count"

    def share(self, parts: int) -> Values:
        """What falls to each of so many equal parts of the while."""
        if self.kind == "level":
            return self.values
        if self.kind == "sum":
            return {value / parts: often for value, often in self.values.items()}
        return {value: often / parts for value, often in self.values.items()}


def parsed(answer: Mapping[str, Any]) -> Reading:
    """The answer of Envoy's /stats?format=json&histogram_buckets=detailed."""
    values, times = {}, {}
    for stat in answer["stats"]:
        if "name" in stat:
            values[stat["name"]] = stat["value"]
        for found in stat.get("histograms", {}).get("details", []):
            times[found["name"]] = {
                (each["lower_bound"] + each["width"] / 2) / 1e6: each["count"]
                for each in found["totals"]
            }
    return Reading(values, times)


def of_balancer(balancer: LoadBalancer, added: Reading) -> Iterator[Datum]:
    """The metrics of a load balancer, its target groups and its web ACL.

    As on AWS a count of nothing is no data point, but for requests where there are targets.
    """
    whole = {"LoadBalancer": balancer.arn.partition(":loadbalancer/")[2]}
    seen = _Seen(balancer, added)
    for digit in "345":
        yield from _counted(f"HTTPCode_ELB_{digit}XX_Count", whole, seen.own[digit])
    for group in balancer.groups:
        yield from _of_group(group, whole, seen)
    yield from _of_targets(whole, seen, list(seen.groups))
    active = seen.sum("downstream_cx_active", "upstream_cx_active")
    if active:
        yield Datum("ActiveConnectionCount", whole, {active: 1}, kind="level")
    new = seen.sum("downstream_cx_total", "upstream_cx_total")
    yield from _counted("NewConnectionCount", whole, new)
    if balancer.web_acl is not None:
        yield from _judged(balancer.web_acl, balancer.scope.region, seen)


class _Seen:
    """What has been added, by target group and class of status code."""

    def __init__(self, balancer: LoadBalancer, added: Reading) -> None:
        self.added = added
        self.listeners = {listener.key for listener in balancer.listeners}
        self.groups = {group.key: group for group in balancer.groups}
        self.requests: Counter[str] = Counter()  # by group
        self.codes: Counter[tuple[str, str]] = Counter()  # of targets, by group and first digit
        self.own: Counter[str] = Counter()  # of the load balancer itself, by first digit
        for count, key, code in self.matching(_BY_TARGET):
            self.requests[key] += count
            self.codes[key, code[0]] += count
        for count, key in self.matching(_FAILED):
            self.requests[key] += count
        for count, code in self.matching(_BY_BALANCER):
            self.own[str(int(code) or _LEFT)[0]] += count

    def matching(self, pattern: re.Pattern[str]) -> Iterator[tuple[Any, ...]]:
        """Count and groups of each counter that fits and is of a listener of ours."""
        for name, count in self.added.values.items():
            if (found := pattern.fullmatch(name)) and found[1] in self.listeners:
                yield count, *found.groups()[1:]

    def sum(self, *names: str) -> float:
        """The sum of statistics of these names over our listeners and groups."""
        owners = [f"http.{key}" for key in self.listeners]
        owners += [f"cluster.{key}" for key in self.groups]
        found = self.added.values
        return sum(found.get(f"{owner}.{name}", 0) for owner in owners for name in names)

    def times(self, keys: list[str]) -> Values:
        """How long targets of these groups took: seconds -> requests."""
        found: Counter[float] = Counter()
        for name, bins in self.added.times.items():
            m = _TIMES.fullmatch(name)
            if m and m[1] in self.listeners and m[2] in keys:
                found.update(bins)
        return {at: n for at, n in found.items() if n}


def _of_group(group: TargetGroup, whole: Dimensions, seen: _Seen) -> Iterator[Datum]:
    suffix = {"TargetGroup": group.arn.rpartition(":")[2]}
    serving = sum(not target.draining for target in group.targets)
    healthy = min(serving, seen.added.values.get(f"cluster.{group.key}.membership_healthy", 0))
    yield from _of_targets({**suffix, **whole}, seen, [group.key])
    if serving:
        yield Datum("HealthyHostCount", {**suffix, **whole}, {healthy: 1}, kind="level")
        unhealthy = serving - healthy
        yield Datum("UnHealthyHostCount", {**suffix, **whole}, {unhealthy: 1}, kind="level")
    each = seen.requests[group.key] / (healthy or serving or 1)
    for dimensions in (suffix, {**suffix, **whole}):
        yield Datum("RequestCountPerTarget", dimensions, {each: 1}, kind="sum")


def _of_targets(dimensions: Dimensions, seen: _Seen, keys: list[str]) -> Iterator[Datum]:
    """What targets of these groups were asked and have answered."""
    requests = sum(seen.requests[key] for key in keys)
    if requests or any(seen.groups[key].serving for key in keys):
        yield Datum("RequestCount", dimensions, {1: requests} if requests else {0: 1})
    for digit in "2345":
        count = sum(seen.codes[key, digit] for key in keys)
        yield from _counted(f"HTTPCode_Target_{digit}XX_Count", dimensions, count)
    failed = sum(
        seen.added.values.get(f"cluster.{key}.upstream_cx_connect_fail", 0) for key in keys
    )
    yield from _counted("TargetConnectionErrorCount", dimensions, failed)
    if times := seen.times(keys):
        yield Datum("TargetResponseTime", dimensions, times, unit="Seconds")


def _judged(web_acl: Mapping[str, Any], region: str, seen: _Seen) -> Iterator[Datum]:
    """AllowedRequests and BlockedRequests, by the rule that decided and for all of them."""
    metric = {rule["Name"]: rule["VisibilityConfig"]["MetricName"] for rule in web_acl["Rules"]}
    found: Counter[tuple[str, str]] = Counter()
    for count, rule, result in seen.matching(_JUDGED):
        name = "BlockedRequests" if result == "denied" else "AllowedRequests"
        found[name, "ALL"] += count
        found[name, metric.get(rule, rule)] += count
    common = {"WebACL": web_acl["VisibilityConfig"]["MetricName"], "Region": region}
    for (name, rule), count in found.items():
        for datum in _counted(name, {**common, "Rule": rule}, count):
            yield replace(datum, namespace="AWS/WAFV2")


def _counted(name: str, dimensions: Dimensions, count: float) -> Iterator[Datum]:
    """`count` times one, if there is any: minimum, average and maximum are 1, as on AWS."""
    if count:
        yield Datum(name, dimensions, {1: count})


def _more(now: float, before: float) -> float:
    return now - before if now >= before else now
