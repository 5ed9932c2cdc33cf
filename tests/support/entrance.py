"""A load balancer of a test's own, made with boto3 and served by a data plane."""

import http.client
import json
import ssl
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.support.dataplane import DataPlane
from tests.support.emulated_service import Network
from tests.support.emulator import REGION, Account, until
from tests.support.targets import Target

NOT_FOUND = {
    "Type": "fixed-response",
    "FixedResponseConfig": {
        "StatusCode": "404",
        "ContentType": "text/plain",
        "MessageBody": "no route",
    },
}


@dataclass(frozen=True)
class Answer:
    """What a load balancer answered."""

    status: int
    headers: dict[str, str]
    body: str


class Entrance:
    """A load balancer in an account of its own, with an HTTP listener whose default is 404."""

    def __init__(self, plane: DataPlane) -> None:
        self.plane = plane
        self.account = Account(plane.emulator_url)
        self.elbv2 = self.account.elbv2
        self._network = Network(self.account)
        self.arn = self.elbv2.create_load_balancer(Name="web", Subnets=self._network.subnets)[
            "LoadBalancers"
        ][0]["LoadBalancerArn"]
        self.listener_arn = self.listener(80, [NOT_FOUND])
        self._priority = 0
        self.set(idle_timeout__timeout_seconds="1000")  # what a slow machine holds is not idle

    def listener(self, port: int, actions: list[dict[str, Any]], **more: Any) -> str:
        """CreateListener; its ARN."""
        parameters = {"Protocol": "HTTP", "Port": port, "DefaultActions": actions, **more}
        made = self.elbv2.create_listener(LoadBalancerArn=self.arn, **parameters)
        return str(made["Listeners"][0]["ListenerArn"])

    def group(self, *targets: Target, attributes: dict[str, str] | None = None, **more: Any) -> str:
        """A target group with quick health checks; its ARN."""
        parameters = {
            "Name": f"g{len(self.elbv2.describe_target_groups()['TargetGroups'])}",
            "Protocol": "HTTP",
            "Port": 80,
            "VpcId": self._network.vpc,
            "TargetType": "ip",
            "HealthCheckPath": "/health",
            "HealthCheckIntervalSeconds": 10,
            "HealthCheckTimeoutSeconds": 5,
            "HealthyThresholdCount": 2,
            "UnhealthyThresholdCount": 2,
            **more,
        }
        arn = self.elbv2.create_target_group(**parameters)["TargetGroups"][0]["TargetGroupArn"]
        self.elbv2.modify_target_group_attributes(
            TargetGroupArn=arn, Attributes=_attributes(attributes or {})
        )
        self.register(arn, *targets)
        return str(arn)

    def register(self, group: str, *targets: Target) -> None:
        """RegisterTargets."""
        if targets:
            self.elbv2.register_targets(TargetGroupArn=group, Targets=[t.id for t in targets])

    def deregister(self, group: str, *targets: Target) -> None:
        """DeregisterTargets."""
        self.elbv2.deregister_targets(TargetGroupArn=group, Targets=[t.id for t in targets])

    def rule(self, action: dict[str, Any] | str, *paths: str, **more: Any) -> str:
        """The next rule, for path patterns or `Conditions`; a target group is forwarded to."""
        self._priority += 1
        if isinstance(action, str):
            action = {"Type": "forward", "TargetGroupArn": action}
        conditions = [{"Field": "path-pattern", "Values": list(paths)}] if paths else []
        made = self.elbv2.create_rule(
            ListenerArn=self.listener_arn,
            Priority=self._priority,
            Conditions=more.pop("Conditions", conditions),
            Actions=[action],
            **more,
        )
        return str(made["Rules"][0]["RuleArn"])

    def set(self, **attributes: str) -> None:
        """ModifyLoadBalancerAttributes; `__` stands for a dot."""
        self.elbv2.modify_load_balancer_attributes(
            LoadBalancerArn=self.arn, Attributes=_attributes(attributes)
        )

    def url(self, port: int = 80) -> str:
        """The local URL of a listener, once everything is live."""
        return self.plane.listener(self.arn, port)

    def get(self, path: str, *, port: int = 80, **headers: str) -> Answer:
        """A GET of a raw path, on a connection of its own, once everything is live."""
        return get(self.url(port), path, **headers)

    def health(self, group: str) -> dict[str, Any]:
        """TargetHealth by address."""
        found = self.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        return {t["Target"]["Id"]: t["TargetHealth"] for t in found}

    def until_state(self, group: str, state: str, *targets: Target) -> None:
        """Wait until these targets are in a state; None of them is there for `gone`."""

        def look() -> bool | None:
            found = self.health(group)
            states = [found.get(t.address, {"State": "gone"})["State"] for t in targets]
            return True if set(states) == {state} else None

        until(look, f"the targets are {state}", seconds=90)

    def certificate(self, number: int = 1) -> str:
        """An ARN that ACM knows."""
        ident = f"{number:08d}-0000-0000-0000-000000000000"
        arn = f"arn:aws:acm:{REGION}:{self.account.name}:certificate/{ident}"
        body = json.dumps({"certificates": [arn]}).encode()
        with urllib.request.urlopen(f"{self.account.url}/_evenkeel/seed", data=body):
            return arn


def get(url: str, path: str, method: str = "GET", **headers: str) -> Answer:
    """One request for a raw path on a connection of its own; redirects are not followed."""
    place = urlsplit(url)
    assert place.hostname
    connection: http.client.HTTPConnection
    if place.scheme == "https":
        connection = http.client.HTTPSConnection(
            place.hostname, place.port, timeout=60, context=trusting()
        )
    else:
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, answer.read().decode())
    finally:
        connection.close()


def trusting() -> ssl.SSLContext:
    """TLS that takes any certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _attributes(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": k.replace("__", "."), "Value": v} for k, v in values.items()]
