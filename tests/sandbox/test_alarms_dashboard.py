"""The dashboard's body, as CloudWatch keeps it: each of its metrics exists in the sandbox."""

import contextlib
import http.client
import http.server
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from sandbox import database, needs
from tests.support import alarmed, dataplane, emulator
from tests.support.emulator import Account, until

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(300)]
SPEED = 60.0
NAME = "evenkeel-staging"
RATE = 40  # requests of an address in five minutes
CONNECTIONS = 3  # that somebody holds in the stage's database
PATHS = ["/api/ok"] * 3 + ["/api/404", "/api/503", "/api/drop", "/apix", "/api/../x"]


class Target(http.server.BaseHTTPRequestHandler):
    """Answers with the code that the path ends with, 200 otherwise; hangs up on /api/drop."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        last = self.path.rpartition("/")[2]
        if last == "drop":
            self.close_connection = True
            return
        self.send_response(int(last) if last.isdecimal() else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """A stage with simulated tasks and one target that answers, asked for one of each kind.

    Its database is real, and somebody holds connections to it.
    """
    folder = tmp_path_factory.mktemp("dashboard")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Target)
    threading.Thread(target=server.serve_forever).start()
    settings = alarmed.stage({"firewall.requestsPerFiveMinutes": RATE})
    with (
        emulator.running(folder, alarmed.IMAGES, speed=SPEED) as aws,
        dataplane.running(aws.url, folder / "plane", SPEED) as plane,
        contextlib.ExitStack() as held,
    ):
        made = Account(aws.url)
        program = alarmed.made(made, settings)
        limit = settings.database.limit.connections
        part = database.start(folder / "database", max_connections=limit, dies_with_us=True)
        held.callback(database.stop, part)
        needs.seed(settings, aws.url, part, account=made.name)
        for _ in range(CONNECTIONS):
            held.enter_context(psycopg.connect(database.url(part)))
        target = [{"Id": "127.0.0.1", "Port": server.server_port}]
        for group in program.outputs["targetGroups"].values():
            made.elbv2.register_targets(TargetGroupArn=group, Targets=target)
        balancer = str(program.one("aws:lb/loadBalancer:LoadBalancer").outputs["arn"])
        place = str(urlsplit(plane.listener(balancer)).netloc)
        until(lambda: ask(place, "/api/ok") == 200 or None, "the target is healthy", seconds=60)
        kept = http.client.HTTPConnection(place, timeout=30)  # open for as long as metrics are read
        kept.request("GET", "/api/ok")
        kept.getresponse().read()
        for path in [*PATHS, *["/api/ok"] * RATE]:
            ask(place, path)
        yield made
        kept.close()
    server.shutdown()
    server.server_close()


def ask(place: str, path: str) -> int:
    """The status of a GET on a connection of its own."""
    connection = http.client.HTTPConnection(place, timeout=30)
    connection.request("GET", path)
    with connection.getresponse() as answer:
        answer.read()
    connection.close()
    return answer.status


def rows(account: Account) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each row of each graph, as a name and a query of GetMetricData."""
    body = account.cloudwatch.get_dashboard(DashboardName=NAME)["DashboardBody"]
    for widget in json.loads(body)["widgets"]:
        properties = widget["properties"]
        for row in properties["metrics"]:
            *parts, options = row if isinstance(row[-1], dict) else [*row, {}]
            if "expression" in options:
                yield options["expression"], {"Expression": options["expression"]}
                continue
            space, name, *dimensions = parts
            pairs = zip(dimensions[::2], dimensions[1::2], strict=True)
            metric = {
                "Namespace": space,
                "MetricName": name,
                "Dimensions": [{"Name": n, "Value": v} for n, v in pairs],
            }
            stat = {"Metric": metric, "Period": properties["period"], "Stat": options["stat"]}
            yield (
                f"{properties['title']}: {' '.join(parts)} {options['stat']}",
                {"MetricStat": stat},
            )


def without_data(account: Account) -> set[str]:
    """The rows for which GetMetricData finds no value."""
    end = datetime.now(UTC) + timedelta(days=1)  # the sandbox's clock runs ahead
    found = dict(rows(account))
    queries = [{"Id": f"q{number}", **query} for number, query in enumerate(found.values())]
    results = account.cloudwatch.get_metric_data(
        MetricDataQueries=queries, StartTime=end - timedelta(days=2), EndTime=end
    )["MetricDataResults"]
    valued = {result["Id"] for result in results if result["Values"]}
    return {name for number, name in enumerate(found) if f"q{number}" not in valued}


def test_every_metric_of_the_dashboard_exists(account: Account) -> None:
    """S3-21: after a while of traffic each row has values, and each search finds some."""
    assert len(dict(rows(account))) == 31

    def all_there() -> bool | None:
        return without_data(account) == set() or None

    try:
        until(all_there, "every row has data", seconds=120)
    finally:
        assert without_data(account) == set()


def test_the_database_s_connections_are_those_that_somebody_holds(account: Account) -> None:
    """S3-21: AWS/RDS DatabaseConnections, by an instance that has the stage's name."""
    instance = [{"Name": "DBInstanceIdentifier", "Value": NAME}]
    end = datetime.now(UTC) + timedelta(days=1)

    def counted() -> set[float] | None:
        found = account.cloudwatch.get_metric_statistics(
            Namespace="AWS/RDS",
            MetricName="DatabaseConnections",
            Dimensions=instance,
            StartTime=end - timedelta(days=2),
            EndTime=end,
            Period=3600,
            Statistics=["Maximum"],
        )["Datapoints"]
        return {each["Maximum"] for each in found} or None

    assert until(counted, "a minute of it", seconds=60) == {CONNECTIONS}
