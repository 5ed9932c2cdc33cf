"""What Envoy counts is what CloudWatch says: load balancers, target groups and web ACLs."""

import http.client
import http.server
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support import dataplane, emulator
from tests.support.emulated_service import Balancer, Network
from tests.support.emulator import REGION, Account, until

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(240)]
SPEED = 120.0
SEEN = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True}


class Target(http.server.BaseHTTPRequestHandler):
    """Answers with the code that the path ends with, 200 otherwise."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        last = self.path.rpartition("/")[2]
        self.send_response(int(last) if last.isdecimal() else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


class Scene:
    """A load balancer with a web ACL before one target, and what CloudWatch says of them."""

    def __init__(self, account: Account, plane: dataplane.DataPlane, port: int) -> None:
        self.account = account
        self.balancer = Balancer(account, Network(account))
        group = self.balancer.groups[0]
        account.elbv2.modify_target_group(TargetGroupArn=group, HealthCheckIntervalSeconds=6)
        target = [{"Id": "127.0.0.1", "Port": port}]
        account.elbv2.register_targets(TargetGroupArn=group, Targets=target)
        dead = [{"Id": "127.0.0.1", "Port": 1}]
        account.elbv2.register_targets(TargetGroupArn=self.balancer.groups[1], Targets=dead)
        self._guard()
        self.url = plane.listener(self.balancer.arn)
        self.whole = {"LoadBalancer": self.balancer.arn.partition(":loadbalancer/")[2]}
        self.group, self.dead = (
            {"TargetGroup": arn.rpartition(":")[2], **self.whole} for arn in self.balancer.groups
        )

    def _guard(self) -> None:
        """A web ACL that blocks /1/blocked and allows the rest."""
        found = {
            "SearchString": b"/1/blocked",
            "FieldToMatch": {"UriPath": {}},
            "PositionalConstraint": "EXACTLY",
            "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
        }
        rule = {
            "Name": "no-blocked",
            "Priority": 0,
            "Statement": {"ByteMatchStatement": found},
            "Action": {"Block": {}},
            "VisibilityConfig": {**SEEN, "MetricName": "noBlocked"},
        }
        acl = self.account.wafv2.create_web_acl(
            Name="web",
            Scope="REGIONAL",
            DefaultAction={"Allow": {}},
            VisibilityConfig={**SEEN, "MetricName": "webAcl"},
            Rules=[rule],
        )
        arn = acl["Summary"]["ARN"]
        self.account.wafv2.associate_web_acl(WebACLArn=arn, ResourceArn=self.balancer.arn)

    def get(self, path: str) -> int:
        """The status of a GET on a connection of its own."""
        found = urlsplit(self.url)
        connection = http.client.HTTPConnection(str(found.hostname), found.port, timeout=30)
        connection.request("GET", path)
        with connection.getresponse() as answer:
            answer.read()
        connection.close()
        return answer.status

    def statistic(
        self, name: str, dimensions: dict[str, str], of: str = "Sum", space: str = "ApplicationELB"
    ) -> float | None:
        """A statistic of a metric over all the time there is; None without data."""
        now = datetime.now(UTC)
        found = self.account.cloudwatch.get_metric_statistics(
            Namespace=f"AWS/{space}",
            MetricName=name,
            Dimensions=[{"Name": n, "Value": v} for n, v in dimensions.items()],
            StartTime=now - timedelta(days=1),
            EndTime=now + timedelta(days=30),  # the sandbox clock runs ahead
            Period=86400 * 365,
            Statistics=[of],
        )["Datapoints"]
        return sum(float(point[of]) for point in found) if found else None

    def becomes(self, wanted: float, name: str, *more: Any, **others: Any) -> None:
        """Waits until a statistic has a value; sums are exact but for their last digits."""

        def there() -> bool | None:
            found = self.statistic(name, *more, **others)
            return (found is not None and found == pytest.approx(wanted)) or None

        until(there, f"{name} {more} is {wanted}", seconds=60)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Asked for 4 good answers, a 404 and a 503 of the target; 3 refusals, 2 of no rule, 1 dead."""
    folder: Path = tmp_path_factory.mktemp("metrics")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Target)
    threading.Thread(target=server.serve_forever).start()
    with (
        emulator.running(folder, speed=SPEED) as aws,
        dataplane.running(aws.url, folder / "plane", SPEED) as plane,
    ):
        made = Scene(Account(aws.url), plane, server.server_port)
        made.becomes(1, "HealthyHostCount", made.group, of="Maximum")
        asked = [made.get(f"/1/{last}") for last in ("a", "b", "c", "d", 404, 503)]
        assert asked == [200, 200, 200, 200, 404, 503]
        assert [made.get("/1/blocked") for _ in range(3)] == [403] * 3
        assert [made.get("/nowhere") for _ in range(2)] == [404] * 2
        assert made.get("/2/a") == 502
        yield made
    server.shutdown()
    server.server_close()


def test_requests_and_codes_add_up(scene: Scene) -> None:
    """Each request counts once, as its target's or as the load balancer's own."""
    scene.becomes(7, "RequestCount", scene.whole)
    scene.becomes(6, "RequestCount", scene.group)
    for dimensions in (scene.whole, scene.group):
        scene.becomes(4, "HTTPCode_Target_2XX_Count", dimensions)
        scene.becomes(1, "HTTPCode_Target_4XX_Count", dimensions)
        scene.becomes(1, "HTTPCode_Target_5XX_Count", dimensions)
        scene.becomes(6, "TargetResponseTime", dimensions, of="SampleCount")
    scene.becomes(5, "HTTPCode_ELB_4XX_Count", scene.whole)
    scene.becomes(1, "HTTPCode_ELB_5XX_Count", scene.whole)


def test_a_dead_target_s_request_counts_as_its_own(scene: Scene) -> None:
    """A request for which no connection could be made: a request, and a connection error."""
    for dimensions in (scene.whole, scene.dead):
        scene.becomes(1, "TargetConnectionErrorCount", dimensions)
    scene.becomes(1, "RequestCount", scene.dead)
    scene.becomes(1, "UnHealthyHostCount", scene.dead, of="Maximum")
    assert scene.statistic("HTTPCode_Target_5XX_Count", scene.dead) is None


def test_requests_per_target_scale_a_service(scene: Scene) -> None:
    """The group's requests over its one healthy target: what ALBRequestCountPerTarget reads."""
    scene.becomes(6, "RequestCountPerTarget", scene.group)
    scene.becomes(6, "RequestCountPerTarget", {"TargetGroup": scene.group["TargetGroup"]})


def test_decisions_are_counted_by_rule(scene: Scene) -> None:
    """Three requests blocked by the rule, the others allowed by default."""
    common = {"WebACL": "webAcl", "Region": REGION}
    for name, rule, count in (
        ("BlockedRequests", "ALL", 3),
        ("BlockedRequests", "noBlocked", 3),
        ("AllowedRequests", "ALL", 9),
        ("AllowedRequests", "Default_Action", 9),
    ):
        scene.becomes(count, name, {**common, "Rule": rule}, space="WAFV2")


def test_a_minute_has_one_point(scene: Scene) -> None:
    """No minute of the sandbox clock is told twice, so a sum over a minute is its own."""
    scene.becomes(6, "RequestCount", scene.group)
    metric = {
        "Namespace": "AWS/ApplicationELB",
        "MetricName": "HealthyHostCount",
        "Dimensions": [{"Name": n, "Value": v} for n, v in scene.group.items()],
    }
    stat = {"Metric": metric, "Period": 60, "Stat": "SampleCount"}
    (found,) = scene.account.cloudwatch.get_metric_data(
        MetricDataQueries=[{"Id": "hosts", "MetricStat": stat}],
        StartTime=datetime.now(UTC) - timedelta(days=1),
        EndTime=datetime.now(UTC) + timedelta(days=30),  # the sandbox clock runs ahead
    )["MetricDataResults"]
    assert len(found["Values"]) > 1
    assert set(found["Values"]) == {1}
