"""The emulator as a process: its port, its clock, its end, and what survives a kill."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.emulated_service import IMAGES, Service
from tests.support.emulator import Account, Emulator, free_port, running, until

pytestmark = pytest.mark.sandbox


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    with running(tmp_path, IMAGES) as emulator:
        yield emulator


def control(emulator: Emulator, path: str, body: bytes | None = None) -> tuple[int, Any]:
    """A call under /_evenkeel/; its status and answer."""
    try:
        with urllib.request.urlopen(f"{emulator.url}/_evenkeel/{path}", data=body) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def listening(pid: int) -> set[str]:
    """Local addresses, in the kernel's hexadecimal, on which a process listens."""
    held = {os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and f"socket:[{words[9]}]" in held:
                found.add(words[1])
    return found


def test_listens_on_one_loopback_port_alone(emulator: Emulator) -> None:
    """One TCP port, on 127.0.0.1; calls to services open no other."""
    account = Account(emulator.url)
    account.sns.create_topic(Name="t")
    account.iam.list_roles()
    assert listening(emulator.process.pid) == {f"0100007F:{emulator.port:04X}"}


def test_sigterm_ends_it_cleanly(emulator: Emulator) -> None:
    """SIGTERM is exit 0 with nothing said."""
    Account(emulator.url).sts.get_caller_identity()
    assert emulator.stop(signal.SIGTERM) == 0
    assert emulator.log() == ""


def test_ends_with_its_parent(tmp_path: Path) -> None:
    """--exit-with-parent: the emulator goes when the process that started it has gone."""
    (tmp_path / "images.yaml").write_text("")
    port = free_port()
    command = [sys.executable, "-m", "sandbox.emulator", "--port", str(port)]
    command += ["--state", str(tmp_path / "s"), "--images", str(tmp_path / "images.yaml")]
    parent = (
        "import subprocess, sys, time, urllib.request\n"
        f"child = subprocess.Popen({[*command, '--exit-with-parent']!r})\n"
        "print(child.pid, flush=True)\n"
        "while True:\n"
        "    try:\n"
        f"        urllib.request.urlopen('http://127.0.0.1:{port}/_ministack/health')\n"
        "        break\n"
        "    except OSError:\n"
        "        time.sleep(0.05)\n"
    )
    done = subprocess.run([sys.executable, "-c", parent], capture_output=True, timeout=60)
    pid = int(done.stdout.split()[0])
    until(lambda: not Path(f"/proc/{pid}").exists() or None, "the emulator has ended")


def test_date_header_is_on_the_sandbox_clock(emulator: Emulator) -> None:
    """The Date of every answer, and /_evenkeel/clock, run at the declared speed."""
    status, first = control(emulator, "clock")
    began = time.monotonic()
    assert (status, first["speed"]) == (200, 120.0)
    time.sleep(0.2)
    headers = Account(emulator.url).sts.get_caller_identity()["ResponseMetadata"]["HTTPHeaders"]
    passed = parsedate_to_datetime(headers["date"]).timestamp() - first["now"]
    assert 0.2 * 120 - 1 <= passed <= (time.monotonic() - began) * 120 + 120


def declared(service: Service) -> dict[str, Any]:
    """What calls have declared of a service and all round it."""
    account = service.account
    read = service.read()
    return {
        "service": {n: read[n] for n in ("desiredCount", "taskDefinition", "loadBalancers")},
        "completed": [d["id"] for d in read["deployments"]],
        "tasks": sorted(task["taskArn"] for task in service.tasks()),
        "subnets": account.ec2.describe_subnets()["Subnets"],
        "rules": account.elbv2.describe_rules(ListenerArn=service.balancer.listener)["Rules"],
        "roles": [r["Arn"] for r in account.iam.list_roles()["Roles"]],
        "groups": [g["arn"] for g in account.logs.describe_log_groups()["logGroups"]],
        "topics": account.sns.list_topics()["Topics"],
        "buckets": [b["Name"] for b in account.s3.list_buckets()["Buckets"]],
        "alarms": [a["AlarmName"] for a in account.cloudwatch.describe_alarms()["MetricAlarms"]],
        "targets": account.application_autoscaling.describe_scalable_targets(
            ServiceNamespace="ecs"
        )["ScalableTargets"],
    }


def test_killed_emulator_comes_back_with_what_it_had(emulator: Emulator) -> None:
    """kill -9 right after the last answer loses nothing, and the clock does not go back."""
    account = Account(emulator.url)
    service = Service(account)
    service.steady()
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    account.iam.create_role(RoleName="web", AssumeRolePolicyDocument=trust)
    account.sns.create_topic(Name="alerts")
    place = {"LocationConstraint": "eu-west-1"}
    account.s3.create_bucket(Bucket=f"logs-{account.name}", CreateBucketConfiguration=place)
    target = {"ServiceNamespace": "ecs", "ResourceId": "service/main/web"}
    target["ScalableDimension"] = "ecs:service:DesiredCount"
    scaling = account.application_autoscaling
    scaling.register_scalable_target(**target, MinCapacity=2, MaxCapacity=4)
    metric = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
    scaling.put_scaling_policy(
        **target,
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 60.0,
            "PredefinedMetricSpecification": metric,
        },
    )
    before, clock = declared(service), control(emulator, "clock")[1]["now"]
    vpc = account.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    emulator.stop(signal.SIGKILL)
    emulator.start()
    assert account.ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["CidrBlock"] == "10.9.0.0/16"
    assert declared(service) == before
    assert control(emulator, "clock")[1]["now"] >= clock
    assert service.health() == [["healthy", "healthy"]] * 2


def test_deployment_goes_on_after_a_kill(emulator: Emulator) -> None:
    """A deployment that was under way when the emulator was killed completes."""
    service = Service(Account(emulator.url))
    service.steady()
    new = service.deploy("web:2")
    emulator.stop(signal.SIGKILL)
    emulator.start()
    service.steady(new)
    assert {task["taskDefinitionArn"] for task in service.tasks()} == {new}


def test_reset_is_remembered(emulator: Emulator) -> None:
    """What a reset wipes does not come back with a restart."""
    account = Account(emulator.url)
    account.ecs.create_cluster(clusterName="main")
    request = urllib.request.Request(f"{emulator.url}/_ministack/reset", method="POST")
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200
    emulator.stop(signal.SIGKILL)
    emulator.start()
    assert account.ecs.list_clusters()["clusterArns"] == []


def test_accounts_and_regions_do_not_see_each_other(emulator: Emulator) -> None:
    """The access key is the account: same names in two accounts are two services."""
    first, second = Account(emulator.url), Account(emulator.url)
    assert second.sts.get_caller_identity()["Account"] == second.name
    Service(first, desired=1)
    assert second.ecs.list_clusters()["clusterArns"] == []
    assert second.elbv2.describe_load_balancers()["LoadBalancers"] == []
    service = Service(second, desired=2)
    service.steady()
    addresses = {
        task["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
        for account in (first, second)
        for task in account.ecs.describe_tasks(
            cluster="main", tasks=account.ecs.list_tasks(cluster="main")["taskArns"]
        )["tasks"]
    }
    assert len(addresses) == 3


def test_unknown_control_call_is_refused(emulator: Emulator) -> None:
    """Control calls that do not exist are named."""
    said = {"error": "no such control call: GET /_evenkeel/nothing"}
    assert control(emulator, "nothing") == (404, said)
