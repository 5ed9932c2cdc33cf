"""What a stage may not say about scaling, routing and the rest, each by its message."""

from typing import Any

import pytest

from tests.support.stages import changed, problems_of, shipped

ARN = "arn:aws:acm:us-east-1:123456789012:certificate/1"
TARGET = {"metric": "cpu", "target": 60}
STEP = {"metric": "cpu", "threshold": 70}
ENTRY = {"policy": "cooldown-asymmetric", "resource": "r", "reason": "r", "owner": "o"}


def steps(*adjustments: dict[str, Any]) -> dict[str, Any]:
    return {"scaling.steps": [{**STEP, "adjustments": list(adjustments)}]}


# (changes to the production stage, the setting's path, parts of the message)
REFUSED: list[tuple[dict[str, Any], str, tuple[str, ...]]] = [
    # Scaling.
    ({"scaling.scaleIn": "sessionAware"}, "evenkeel:scaling.scaleIn", ("not available yet",)),
    ({"scaling.targets": [TARGET, TARGET]}, "evenkeel:scaling.targets[1].metric", ("remove one",)),
    ({"scaling.targets": [{**TARGET, "target": 0}]}, "evenkeel:scaling.targets[0].target",
     ("above 0",)),
    ({"scaling.targets": [{**TARGET, "metric": "disk"}]}, "evenkeel:scaling.targets[0].metric",
     ("cpu, memory, requestsPerTarget",)),
    ({"scaling.predictive": {"metric": "disk", "target": 5}}, "evenkeel:scaling.predictive.metric",
     ("cpu, memory, requestsPerTarget",)),
    (steps({"from": 5, "add": 1}), "evenkeel:scaling.steps[0].adjustments[0].from",
     ("0 for the first step",)),
    (steps({"from": 0, "to": 15, "add": 1}, {"from": 20, "add": 3}),
     "evenkeel:scaling.steps[0].adjustments[1].from", ("15, where the step before ends",)),
    (steps({"from": 0, "to": 15, "add": 1}), "evenkeel:scaling.steps[0].adjustments[0].to",
     ("null in the last step",)),
    (steps({"from": 0, "to": 15, "add": 1}, {"from": 15, "to": 10, "add": 2},
           {"from": 10, "add": 3}), "evenkeel:scaling.steps[0].adjustments[1].to",
     ("above from, which is 15",)),
    (steps({"from": 0, "add": 1}, {"from": 15, "add": 2}),
     "evenkeel:scaling.steps[0].adjustments[0].to", ("every step but the last",)),
    (steps({"from": 0, "add": 0}), "evenkeel:scaling.steps[0].adjustments[0].add", ("raise add",)),
    (steps(*({"from": n, "to": n + 1, "add": 1} for n in range(20)), {"from": 20, "add": 1}),
     "evenkeel:scaling.steps[0].adjustments", ("1 to 20",)),
    # Routing.
    ({"routing.certificateArn": None}, "evenkeel:routing.certificateArn", ("production is HTTPS",)),
    ({"routing.certificateArn": ARN}, "evenkeel:routing.certificateArn", ("its own region",)),
    ({"routing.certificateArn": "x"}, "evenkeel:routing.certificateArn", ("ACM certificate",)),
    ({"routing.websocket.slowStart": 29}, "evenkeel:routing.websocket.slowStart", ("30 to 900",)),
    ({"routing.websocket.deregistrationDelay": 3601},
     "evenkeel:routing.websocket.deregistrationDelay", ("0 to 3600",)),
    ({"routing.websocket.path": "/socket.io/"}, "evenkeel:routing.websocket.path", ("no / at",)),
    ({"routing.websocket.path": "socket"}, "evenkeel:routing.websocket.path", ("starts with /",)),
    ({"routing.websocket.path": "/a..b"}, "evenkeel:routing.websocket.path", ("leave out ..",)),
    ({"routing.websocket.transport": "sse"}, "evenkeel:routing.websocket.transport", ("polling",)),
    # Firewall.
    ({"firewall.allow": []}, "evenkeel:firewall.allow", ("a list of 1 to 198",)),
    ({"firewall.allow": ["api"]}, "evenkeel:firewall.allow[0]", ("start it with /",)),
    ({"firewall.allow": ["=api"]}, "evenkeel:firewall.allow[0]", ("start it with =/",)),
    ({"firewall.allow": ["/api?x=1"]}, "evenkeel:firewall.allow[0]", ("query string",)),
    ({"firewall.allow": ["/api/*"]}, "evenkeel:firewall.allow[0]", ("leave out *",)),
    ({"firewall.allow": ["/api/"]}, "evenkeel:firewall.allow[0]", ("write /api",)),
    ({"firewall.allow": ["/a(b)+"]}, "evenkeel:firewall.allow[0]", ("other characters",)),
    ({"firewall.allow": ["/a/../b"]}, "evenkeel:firewall.allow[0]", ("..",)),
    ({"firewall.allow": ["/" + "a" * 126]}, "evenkeel:firewall.allow[0]", ("126 characters",)),
    ({"firewall.allow": ["/a", "/a"]}, "evenkeel:firewall.allow[1]", ("remove it",)),
    ({"firewall.requestsPerFiveMinutes": 9}, "evenkeel:firewall.requestsPerFiveMinutes",
     ("10 to 2000000000",)),
    # Migrations, deployment, network, suppressions, stack.
    ({"migrations": {"order": "first", "command": ["a"]}}, "evenkeel:migrations.order",
     ("or expandContract",)),
    ({"migrations": {"order": "before", "command": []}}, "evenkeel:migrations.command",
     ("1 or more",)),
    ({"migrations": {"order": "expandContract", "expand": ["a"]}}, "evenkeel:migrations.contract",
     ("not set",)),
    ({"deployment.maximumPercent": 100}, "evenkeel:deployment.maximumPercent", ("101 to 200",)),
    ({"deployment.minimumHealthyPercent": 101}, "evenkeel:deployment.minimumHealthyPercent",
     ("0 to 100",)),
    ({"network.cidr": "10.20.0.1/16"}, "evenkeel:network.cidr", ("host bits set",)),
    ({"network.cidr": "10.0.0.0/8"}, "evenkeel:network.cidr", ("between /16 and /22",)),
    ({"network.zones": 1}, "evenkeel:network.zones", ("2 to 6",)),
    ({"network": {"vpcId": "vpc-1", "publicSubnetIds": ["subnet-1"],
                  "privateSubnetIds": ["subnet-2", "subnet-3"]}},
     "evenkeel:network.publicSubnetIds", ("2 or more",)),
    ({"suppressions": [{**ENTRY, "until": "2026-02-30"}]}, "evenkeel:suppressions[0].until",
     ("no such day",)),
    ({"suppressions": [{**ENTRY, "reason": " ", "until": "2026-12-01"}]},
     "evenkeel:suppressions[0].reason", ("not empty",)),
    ({"tier": "staging"}, "evenkeel:tier", ("because the stack is named production",)),
    ({"stage": "Blue"}, "stack name", ("small letters",)),
    ({"stage": "internal"}, "stack name", ("which ELB refuses",)),
    ({"stage": "a-rather-long-name-1"}, "stack name", ("up to 19 characters in eu-west-1",)),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "path", "says"), REFUSED)
def test_refused_with_its_path_and_next_step(
    changes: dict[str, Any], path: str, says: tuple[str, ...]
) -> None:
    """Exactly one problem, at the setting's own path, saying what is allowed and what to do."""
    (problem,) = problems_of(changes)
    assert problem.path == path
    for part in (f"  {path} is ", "allowed: ", "next: ", *says):
        assert part in str(problem)


# (changes to the production stage)
ACCEPTED: list[dict[str, Any]] = [
    {"capacity.min": 1},
    {"capacity.max": 500, "capacity.fargateVcpuQuota": 1},
    {"scaling.targets": [{**TARGET, "scaleOutCooldown": 600, "scaleInCooldown": 60}]},
    {"scaling.targets": []},
    {"capacity.purchase": "spot"},
    {"deployment.minimumHealthyPercent": 50, "deployment.maximumPercent": 100},
    {"database.instanceClass": "db.serverless", "database.maxConnections": 300},
    {"migrations": None, "routing.websocket": None},
    {"network": {"vpcId": "vpc-1", "publicSubnetIds": ["subnet-1", "subnet-2"],
                 "privateSubnetIds": ["subnet-3", "subnet-4"]}},
    {"firewall.allow": ["/", "=/api/", "=/" + "a" * 127, "/" + "a" * 125]},
    {"scaling.predictive": {"metric": "requestsPerTarget", "target": 1000.5}},
    {"stage": "blue", "tier": "test", "service.image": "web:latest"},
    {"stage": "blue", "tier": "production"},
]  # fmt: skip


@pytest.mark.parametrize("changes", ACCEPTED)
def test_accepted_for_the_policy_pack_to_judge(changes: dict[str, Any]) -> None:
    """What AWS takes and does not contradict itself loads, be it safe or not."""
    assert changed(shipped("production"), changes)
