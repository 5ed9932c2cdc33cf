"""A stage of the program in a stepped emulator, for what its alarms say.

    with alarmed.watched(folder) as stage:
        stage.aws.use(stage.account, stage.name, stage.name, cpu_total=300)
        stage.aws.forward(minutes=6)
        stage.in_alarm()               # {"hottest-task"}
        stage.told()                   # what the topic's subscriber got: ["hottest-task"]

The tasks are simulated, and scaling is suspended: what moves the service is the test.
"""

import contextlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from infra.settings import Settings
from sandbox import needs
from tests.support import built, stepped
from tests.support.emulator import REGION, Account
from tests.support.program import Program
from tests.support.stages import changed, shipped
from tests.support.stepped import Stepped

IMAGES = """
- match: crowded
  noCapacity: true
- match: ^registry
  warmUpSeconds: 5
  command:
    "^alembic": {exit: 3, after: 2, log: [no such table]}
"""
MOST = 12  # tasks
MIGRATION = "evenkeel-staging-migration"


def stage(changes: Mapping[str, Any] | None = None) -> Settings:
    """The shipped staging stage with 2 to MOST tasks, and a step policy at 70 % CPU."""
    step = {
        "metric": "cpu",
        "threshold": 70,
        "adjustments": [{"from": 0, "to": 15, "add": 1}, {"from": 15, "add": 3}],
    }
    return changed(
        shipped("staging"),
        {
            "capacity.min": 2,
            "capacity.max": MOST,
            "capacity.purchase": "onDemand",
            "database.maxConnections": 500,
            "scaling.steps": [step],
            **(changes or {}),
        },
    )


class Watched:
    """The stage; its alarms by what stands behind `evenkeel-staging-` in their names."""

    name = "evenkeel-staging"

    def __init__(self, aws: Stepped, account: Account, program: Program) -> None:
        self.aws = aws
        self.account = account
        self.program = program
        self.queue = account.sqs.create_queue(QueueName="told")["QueueUrl"]
        account.sns.subscribe(
            TopicArn=program.one("aws:sns/topic:Topic").outputs["arn"],
            Protocol="sqs",
            Endpoint=f"arn:aws:sqs:{REGION}:{account.name}:told",
            Attributes={"RawMessageDelivery": "true"},
        )

    @property
    def balancer(self) -> str:
        """The load balancer, as a metric's dimension has it."""
        return str(self.program.one("aws:lb/loadBalancer:LoadBalancer").outputs["arnSuffix"])

    def scale(self, count: int, **parameters: Any) -> None:
        """Set the desired count; `parameters` are UpdateService's."""
        self.account.ecs.update_service(
            cluster=self.name, service=self.name, desiredCount=count, **parameters
        )

    def suspend(self, *, out: bool = True) -> None:
        """Suspend scaling; with `out` false it may still add tasks."""
        self.account.application_autoscaling.register_scalable_target(
            ServiceNamespace="ecs",
            ResourceId=f"service/{self.name}/{self.name}",
            ScalableDimension="ecs:service:DesiredCount",
            SuspendedState={
                "DynamicScalingInSuspended": True,
                "DynamicScalingOutSuspended": out,
                "ScheduledScalingSuspended": True,
            },
        )

    def revision(self, **changes: Any) -> str:
        """A new revision of the service's task definition, with another container; its ARN."""
        known = self.account.ecs.describe_task_definition(taskDefinition=f"{self.name}-service")
        now = known["taskDefinition"]
        kept = ("family", "networkMode", "cpu", "memory", "executionRoleArn", "taskRoleArn")
        container = {**now["containerDefinitions"][0], **changes}
        found = self.account.ecs.register_task_definition(
            **{name: now[name] for name in kept},
            requiresCompatibilities=["FARGATE"],
            containerDefinitions=[container],
        )
        return str(found["taskDefinition"]["taskDefinitionArn"])

    def tasks(self) -> list[str]:
        """The ids of the running tasks."""
        found = self.account.ecs.list_tasks(cluster=self.name, serviceName=self.name)["taskArns"]
        return [arn.rpartition("/")[2] for arn in found]

    def use(
        self,
        cpu_total: float = 0,
        memory_each: float = 20,
        tasks: Mapping[str, Mapping[str, float]] | None = None,
    ) -> None:
        """What the service uses from now on, as `Stepped.use` takes it."""
        self.aws.use(
            self.account,
            self.name,
            self.name,
            cpu_total=cpu_total,
            memory_each=memory_each,
            tasks=tasks,
        )

    def states(self) -> dict[str, str]:
        """The state of each of the program's alarms."""
        pages = self.account.cloudwatch.get_paginator("describe_alarms").paginate()
        found = {a["AlarmName"]: a["StateValue"] for page in pages for a in page["MetricAlarms"]}
        mine = f"{self.name}-"
        return {name[len(mine) :]: found[name] for name in found if name.startswith(mine)}

    def in_alarm(self) -> set[str]:
        """The program's alarms that are in ALARM."""
        return {name for name, state in self.states().items() if state == "ALARM"}

    def told(self) -> list[str]:
        """Alarms that went off, and other messages, in the topic's order; once each."""
        found = []
        while messages := self.account.sqs.receive_message(
            QueueUrl=self.queue, MaxNumberOfMessages=10
        ).get("Messages"):
            for message in messages:
                handle = message["ReceiptHandle"]
                self.account.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=handle)
                found.append(self._subject(json.loads(message["Body"])))
        return found

    def _subject(self, body: Any) -> str:
        if isinstance(body, str):
            return body
        assert body["NewStateValue"] == "ALARM", "an alarm's end tells nobody"
        return str(body["AlarmName"]).removeprefix(f"{self.name}-")


@contextlib.contextmanager
def watched(folder: Path, settings: Settings | None = None) -> Iterator[Watched]:
    """The stage with 2 healthy tasks for 3 hours, whose alarms so have data."""
    with stepped.running(folder, IMAGES) as aws:
        account = Account(aws.url)
        found = Watched(aws, account, made(account, settings or stage(), aws.now()))
        found.suspend()
        found.use()
        aws.forward(hours=3)
        yield found


def made(account: Account, settings: Settings, now: datetime | None = None) -> Program:
    """What the program makes of these settings in the account."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", account.url)
        patch.setenv("AWS_ACCESS_KEY_ID", account.name)
        patch.setenv("AWS_SECRET_ACCESS_KEY", "sandbox")
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "PULUMI_CONFIG"):
            patch.delenv(name, raising=False)
        needs.seed(settings, account.url)
        return built.built(settings, now)
