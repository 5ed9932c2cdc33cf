"""From Envoy's statistics to CloudWatch data, by hand."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.dataplane.metric_data import Datum, Reading, of_balancer, parsed
from sandbox.dataplane.metrics import members
from sandbox.dataplane.snapshot import LoadBalancer, Target, TargetGroup
from tests.support.balancers import balancer, group

LISTENER = "111122223333_eu-west-1_app_web_1_2"
GROUP = "111122223333_eu-west-1_web_0123456789abcdef"
COUNTED = f"evenkeel.{LISTENER}"
WHOLE = {"LoadBalancer": "app/web/1"}
SUFFIX = {"TargetGroup": "targetgroup/web/0123456789abcdef"}
ACL = {
    "VisibilityConfig": {"MetricName": "acl"},
    "Rules": [{"Name": "bad-paths", "VisibilityConfig": {"MetricName": "badPaths"}}],
}


def target(code: int) -> str:
    """The counter of responses with a code that the group's targets gave."""
    return f"{COUNTED}.target.group.{GROUP}.code.{code}"


def elb(code: int) -> str:
    """The counter of responses with a code that the load balancer made itself."""
    return f"{COUNTED}.elb.code.{code}"


FAILED = f"{COUNTED}.failed.group.{GROUP}"  # the counter of requests that failed on a target


def two_targets() -> TargetGroup:
    """The group with two targets that serve, and one that drains."""
    kept = {"port": 3000, "draining": False}
    serving = [Target(address=f"127.77.1.{n}", **kept) for n in (1, 2)]  # type: ignore[arg-type]
    draining = Target(address="127.77.1.3", port=3000, draining=True)
    return replace(group(), targets=(*serving, draining))


def found(
    values: Mapping[str, float], times: Any = None, of: LoadBalancer | None = None
) -> dict[str, Any]:
    """Metrics of the load balancer alone, by name."""
    data = of_balancer(of or balancer([], two_targets()), Reading(values, times or {}))
    return {d.name: dict(d.values) for d in data if d.dimensions == WHOLE}


def of_group(values: Mapping[str, float]) -> dict[str, Any]:
    """Metrics of the target group within its load balancer, by name."""
    data = of_balancer(balancer([], two_targets()), Reading(values))
    return {d.name: dict(d.values) for d in data if d.dimensions == {**SUFFIX, **WHOLE}}


def test_codes_are_counted_by_who_made_them() -> None:
    """Targets' 2xx and 5xx, and the load balancer's own 4xx and 5xx, each under its own name."""
    values = {target(200): 5, target(204): 1, target(500): 2, elb(403): 3, elb(502): 4, FAILED: 4}
    assert found(values) == {
        "RequestCount": {1: 12},  # 8 answered, 4 failed on their target; 3 reached no group
        "HTTPCode_Target_2XX_Count": {1: 6},
        "HTTPCode_Target_5XX_Count": {1: 2},
        "HTTPCode_ELB_4XX_Count": {1: 3},
        "HTTPCode_ELB_5XX_Count": {1: 4},
    }


def test_a_request_without_a_target_is_none() -> None:
    """503 because no target is healthy is the load balancer's, and no request of the group."""
    counted = found({elb(503): 3})
    assert counted == {"RequestCount": {0: 1}, "HTTPCode_ELB_5XX_Count": {1: 3}}


def test_a_client_that_left_is_a_460() -> None:
    """Without a response Envoy notes code 0; an ALB has 460 for it, a 4xx."""
    assert found({elb(0): 1})["HTTPCode_ELB_4XX_Count"] == {1: 1}


def test_hosts_are_told_by_group() -> None:
    """One of two serving targets is healthy; the draining one counts as neither."""
    told = of_group({f"cluster.{GROUP}.membership_healthy": 1})
    assert (told["HealthyHostCount"], told["UnHealthyHostCount"]) == ({1: 1}, {1: 1})


def test_requests_per_target_are_over_healthy_ones() -> None:
    """10 requests over 2 healthy targets are 5 each, for the group with and without balancer."""
    values = {target(200): 10, f"cluster.{GROUP}.membership_healthy": 2}
    data = list(of_balancer(balancer([], two_targets()), Reading(values)))
    per_target = [d for d in data if d.name == "RequestCountPerTarget"]
    assert [d.dimensions for d in per_target] == [SUFFIX, {**SUFFIX, **WHOLE}]
    assert [d.values for d in per_target] == [{5: 1}, {5: 1}]


def test_connections_of_both_sides_are_added() -> None:
    """Active and new connections: clients' and targets'; failed ones are targets'."""
    values = {
        f"http.{LISTENER}.downstream_cx_active": 3,
        f"cluster.{GROUP}.upstream_cx_active": 2,
        f"http.{LISTENER}.downstream_cx_total": 30,
        f"cluster.{GROUP}.upstream_cx_total": 20,
        f"cluster.{GROUP}.upstream_cx_connect_fail": 4,
    }
    told = found(values)
    assert (told["ActiveConnectionCount"], told["NewConnectionCount"]) == ({5: 1}, {1: 50})
    assert told["TargetConnectionErrorCount"] == {1: 4}


def test_another_load_balancer_s_statistics_are_not_ours() -> None:
    """A listener or cluster of another name adds nothing."""
    other = {name.replace("_web_", "_api_"): 7 for name in (target(200), elb(502))}
    other["http.other.downstream_cx_total"] = 7
    assert found(other) == {"RequestCount": {0: 1}}


def test_response_times_keep_their_distribution() -> None:
    """Seconds with how many requests took them, so that percentiles are right."""
    times = {f"{COUNTED}.microseconds.group.{GROUP}": {0.00105: 9, 0.305: 1, 2.0: 0}}
    assert found({}, times)["TargetResponseTime"] == {0.00105: 9, 0.305: 1}


def test_decisions_are_told_by_rule_and_in_all() -> None:
    """The rule's metric name, ALL for the web ACL, and Default_Action for what none decided."""
    judged = f"{COUNTED}.waf.rule"
    values = {
        f"{judged}.bad-paths.result.denied": 2.0,
        f"{judged}.Default_Action.result.denied": 3.0,
        f"{judged}.allow.result.allowed": 5.0,
    }
    guarded = replace(balancer([]), web_acl=ACL)
    data = [d for d in of_balancer(guarded, Reading(values)) if d.namespace == "AWS/WAFV2"]
    common = {"WebACL": "acl", "Region": "eu-west-1"}
    assert all({**d.dimensions, **common} == d.dimensions for d in data)
    assert {(d.name, d.dimensions["Rule"]): d.values for d in data} == {
        ("BlockedRequests", "ALL"): {1: 5},
        ("BlockedRequests", "badPaths"): {1: 2},
        ("BlockedRequests", "Default_Action"): {1: 3},
        ("AllowedRequests", "ALL"): {1: 5},
        ("AllowedRequests", "allow"): {1: 5},
    }


def test_only_what_was_added_counts() -> None:
    """Counters by their difference, or whole where they began anew; gauges as they stand."""
    before = Reading({"a": 5, "b": 9, "c_active": 4}, {"t": {0.1: 2, 0.2: 1}})
    now = Reading({"a": 7, "b": 3, "c_active": 6}, {"t": {0.1: 5}})
    assert now.added(before) == Reading({"a": 2, "b": 3, "c_active": 6}, {"t": {0.1: 3}})


def test_envoy_s_answer_is_read() -> None:
    """Counters by name; a histogram's bins as the middle of each, in seconds."""
    bins = [{"lower_bound": 1000, "width": 100, "count": 3}]
    details = {"details": [{"name": "h", "totals": bins}]}
    answer = {"stats": [{"name": "a", "value": 1}, {"histograms": details}]}
    assert parsed(answer) == Reading({"a": 1}, {"h": {0.00105: 3}})


def test_minutes_share_what_was_added() -> None:
    """Over two minutes counts are halved, sums too, and levels stand in both."""
    counted = Datum("n", {}, {1: 6})
    assert [m["Counts"] for m in members(counted, range(10, 12))] == [[3], [3]]
    assert [m["Timestamp"].timestamp() for m in members(counted, range(10, 12))] == [600, 660]
    summed = Datum("s", {}, {6: 1}, kind="sum")
    assert [m["Values"] for m in members(summed, range(2))] == [[3], [3]]
    level = Datum("l", {}, {6: 1}, kind="level")
    assert [(m["Values"], m["Counts"]) for m in members(level, range(2))] == [([6], [1])] * 2


def test_many_values_are_parted() -> None:
    """PutMetricData takes 150 values at once."""
    datum = Datum("t", {}, {float(n): 1 for n in range(301)})
    assert [len(m["Values"]) for m in members(datum, range(1))] == [150, 150, 1]
