"""Task state changes reach EventBridge, and from there who is told of a failed migration."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.observability import failed_migration, topic_policy
from tests.support import stepped
from tests.support.emulated_service import CLUSTER, IMAGES, define
from tests.support.emulated_tasks import Runner
from tests.support.emulator import REGION, Account
from tests.support.stepped import Stepped

pytestmark = pytest.mark.sandbox
STATES = ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEPROVISIONING", "STOPPED"]


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stepped]:
    with stepped.running(tmp_path_factory.mktemp("events"), IMAGES) as found:
        yield found


class Listening:
    """An account with a rule of this pattern, whose events a queue holds."""

    def __init__(self, aws: Stepped, pattern: str) -> None:
        self.aws = aws
        self.account = Account(aws.url)
        self.tasks = Runner(self.account)
        self.queue = self.account.sqs.create_queue(QueueName="told")["QueueUrl"]
        topic = self.account.sns.create_topic(Name="told")["TopicArn"]
        policy = topic_policy("told", REGION, self.account.name)
        self.account.sns.set_topic_attributes(
            TopicArn=topic, AttributeName="Policy", AttributeValue=policy
        )
        self.account.sns.subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=f"arn:aws:sqs:{REGION}:{self.account.name}:told",
            Attributes={"RawMessageDelivery": "true"},
        )
        self.account.events.put_rule(Name="rule", EventPattern=pattern)
        self.account.events.put_targets(Rule="rule", Targets=[{"Id": "1", "Arn": topic}])

    def ran(self, image: str, command: str = "", family: str = "migration") -> list[Any]:
        """What was told of a task that ran, in its order."""
        definition = define(self.account, image, command=command, family=family)
        self.tasks.run(definition)
        self.aws.forward(seconds=60)
        return self.told()

    def told(self) -> list[Any]:
        """What the queue holds; it is empty then."""
        found: list[Any] = []
        while messages := self.account.sqs.receive_message(
            QueueUrl=self.queue, MaxNumberOfMessages=10
        ).get("Messages"):
            for message in messages:
                handle = message["ReceiptHandle"]
                self.account.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=handle)
                found.append(json.loads(message["Body"]))
        return found


def failures(aws: Stepped) -> Listening:
    """The program's own rule for the migrations of an account."""
    listening = Listening(aws, json.dumps({"source": ["aws.nobody"]}))
    pattern = failed_migration("migration", REGION, listening.account.name)
    listening.account.events.put_rule(Name="rule", EventPattern=pattern)
    return listening


def test_every_state_of_a_task_is_told_as_aws_tells_it(aws: Stepped) -> None:
    """Each change of lastStatus is one event with the task's record, versions ascending."""
    listening = Listening(aws, json.dumps({"source": ["aws.ecs"]}))
    found = listening.ran("web", "works")
    assert [event["detail"]["lastStatus"] for event in found] == STATES
    versions = [event["detail"]["version"] for event in found]
    assert versions == sorted(set(versions))
    first, last = found[0], found[-1]
    assert (last["detail-type"], last["account"]) == (
        "ECS Task State Change",
        listening.account.name,
    )
    assert last["resources"] == [last["detail"]["taskArn"]]
    detail = last["detail"]
    assert {name: detail[name] for name in ("desiredStatus", "group", "stopCode")} == {
        "desiredStatus": "STOPPED",
        "group": "family:migration",
        "stopCode": "EssentialContainerExited",
    }
    assert detail["containers"][0]["exitCode"] == 0
    assert first["detail"]["createdAt"] == detail["createdAt"]
    assert detail["createdAt"].endswith("Z")
    assert detail["attachments"][0]["type"] == "eni"
    assert "healthStatus" not in detail
    assert not [name for name in detail if name.startswith("_")]


def test_a_stop_is_told(aws: Stepped) -> None:
    """StopTask goes over DEACTIVATING and STOPPING, and says who asked."""
    listening = Listening(aws, json.dumps({"detail": {"desiredStatus": ["STOPPED"]}}))
    arn = listening.tasks.run(define(listening.account, "web"))["tasks"][0]["taskArn"]
    aws.forward(seconds=60)
    listening.account.ecs.stop_task(cluster=CLUSTER, task=arn, reason="by hand")
    aws.forward(seconds=60)
    found = [event["detail"] for event in listening.told()]
    assert [detail["lastStatus"] for detail in found] == [
        "DEACTIVATING",
        "STOPPING",
        "DEPROVISIONING",
        "STOPPED",
    ]
    assert {(each["stopCode"], each["stoppedReason"]) for each in found} == {
        ("UserInitiated", "by hand")
    }


@pytest.mark.parametrize(
    ("image", "command", "reason"),
    [
        ("web", "fails", "Essential container in task exited"),
        ("web", "vanishes", "Essential container in task exited"),
        ("missing", "", "pull image manifest has been retried"),
    ],
)
def test_a_failed_migration_is_told(aws: Stepped, image: str, command: str, reason: str) -> None:
    """Any end without the exit code 0, and a task that never ran, reach the topic once (S3-08)."""
    (event,) = failures(aws).ran(image, command)
    assert reason in event["detail"]["stoppedReason"]
    assert event["detail"]["lastStatus"] == "STOPPED"


@pytest.mark.parametrize(
    ("command", "family"),
    [("works", "migration"), ("fails", "migration-of-another"), ("fails", "web")],
)
def test_no_other_end_is_told(aws: Stepped, command: str, family: str) -> None:
    """A migration that succeeds, and any other family's failure, tell nobody."""
    assert failures(aws).ran("web", command, family) == []


def test_a_disabled_rule_tells_nobody(aws: Stepped) -> None:
    """Events go to enabled rules of the account alone."""
    listening = failures(aws)
    listening.account.events.disable_rule(Name="rule")
    assert listening.ran("web", "fails") == []
