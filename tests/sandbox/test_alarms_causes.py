"""Each alarm of the program goes off for its own cause and for no other, and comes back."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from tests.support import alarmed
from tests.support.alarmed import MIGRATION, MOST, Watched

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(600)]
ALARMS = {"at-max", "pending", "target-5xx", "elb-5xx", "hottest-task", "memory-slope"}
ALARMS |= {"refused-allowed-paths", "cpu-steps"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with alarmed.watched(tmp_path_factory.mktemp("alarms")) as found:
        yield found


@pytest.fixture(autouse=True)
def _calm(stage: Watched) -> Iterator[None]:
    """Nothing is in ALARM before a test, and nothing of it is left afterwards."""
    assert set(stage.states()) == ALARMS
    assert set(stage.states().values()) == {"OK"}
    assert stage.told() == []
    yield
    stage.suspend()
    stage.use()
    stage.scale(2)
    stage.aws.forward(minutes=20)
    stage.told()


@dataclass(frozen=True)
class Cause:
    """What raises one alarm, what ends it, and the minutes that either takes."""

    alarm: str
    begin: Callable[[Watched], object]
    after: int
    end: Callable[[Watched], object] = lambda stage: stage.use()
    over: int = 2
    each_minute: Callable[[Watched], object] = field(default=lambda _: None)


def errors(origin: str) -> Callable[[Watched], object]:
    """Ten 5xx in the minute that has just begun."""

    def put(stage: Watched) -> None:
        stage.account.cloudwatch.put_metric_data(
            Namespace="AWS/ApplicationELB",
            MetricData=[
                {
                    "MetricName": f"HTTPCode_{origin}_5XX_Count",
                    "Dimensions": [{"Name": "LoadBalancer", "Value": stage.balancer}],
                    "Timestamp": stage.aws.now(),
                    "Values": [1.0],
                    "Counts": [10.0],
                }
            ],
        )

    return put


def refusals(stage: Watched) -> None:
    """Ten refusals of a path that looks allowed, and of others, in the web ACL's log."""
    names = {"logGroupName": f"aws-waf-logs-{stage.name}", "logStreamName": "eu-west-1_web_0"}
    stage.account.logs.create_log_stream(**names)
    lines = [("Default_Action", "/apix")] * 10 + [("rate-limit", "/api"), ("bad-paths", "/api/..")]
    moment = int(stage.aws.now().timestamp() * 1000)
    events = [
        {"action": "BLOCK", "terminatingRuleId": rule, "httpRequest": {"uri": uri}}
        for rule, uri in lines
    ]
    stage.account.logs.put_log_events(
        **names, logEvents=[{"timestamp": moment, "message": json.dumps(e)} for e in events]
    )


def one_hot_of_ten(stage: Watched) -> None:
    """40 % on average over ten tasks, of which one is at 95 %."""
    stage.scale(10)
    stage.aws.forward(minutes=2)
    stage.use(cpu_total=305, tasks={stage.tasks()[0]: {"cpu": 95}})


def no_place(stage: Watched) -> None:
    """A third task that ECS finds no place for: it is not even pending."""
    stage.scale(3, taskDefinition=stage.revision(image="crowded"))


def place_again(stage: Watched) -> None:
    """Back to two tasks, of an image that runs."""
    image = alarmed.stage().service.image
    stage.scale(2, taskDefinition=stage.revision(image=image))


CAUSES = [
    Cause("at-max", lambda stage: stage.scale(MOST), 6, lambda stage: stage.scale(2)),
    Cause("pending", no_place, 11, place_again),
    Cause("target-5xx", lambda _: None, 4, over=10, each_minute=errors("Target")),
    Cause("elb-5xx", lambda _: None, 4, over=10, each_minute=errors("ELB")),
    Cause("hottest-task", one_hot_of_ten, 6),
    Cause("refused-allowed-paths", refusals, 6, over=20),
    Cause("cpu-steps", lambda stage: stage.use(cpu_total=2 * 85), 2),
]


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.alarm)
def test_an_alarm_goes_off_for_its_cause_alone(stage: Watched, cause: Cause) -> None:
    """It tells the topic once, no other does, and it is OK when the cause is gone.

    S0-23 (at the maximum), S2-02 (tasks that are missing), S3-18 (40 % on average and one task at
    95 %), S3-19 (5xx of both kinds), S0-19 (refused though allowed), S4-02 (a step's own alarm).
    """
    cause.begin(stage)
    for _ in range(cause.after):
        cause.each_minute(stage)
        stage.aws.forward(minutes=1)
    assert stage.in_alarm() == {cause.alarm}
    assert stage.told() == ([] if cause.alarm == "cpu-steps" else [cause.alarm])
    cause.end(stage)
    stage.aws.forward(minutes=cause.over)
    assert set(stage.states().values()) == {"OK"}
    assert stage.told() == []


def test_a_leaking_task_is_told_of_its_memory(stage: Watched) -> None:
    """S3-06: one of ten that leaks 3 points an hour, 0.3 on average; the fleet does not grow."""
    stage.scale(10)
    stage.aws.forward(minutes=2)
    stage.suspend(out=False)
    leaking = stage.tasks()[0]
    for hour in range(8):
        stage.use(tasks={leaking: {"memory": 25 + 3 * hour}})
        stage.aws.forward(hours=1)
        assert stage.in_alarm() <= {"memory-slope"}
    assert stage.told() == ["memory-slope"]
    assert len(stage.tasks()) == 10
    stage.use()  # as a deployment does
    stage.aws.forward(hours=2)
    assert set(stage.states().values()) == {"OK"}


def test_a_fleet_that_shrinks_and_is_renewed_leaks_nothing(stage: Watched) -> None:
    """S3-06: scale-in takes the emptiest tasks away and the average grows, which is no leak."""
    old = stage.tasks()
    stage.scale(8)
    stage.aws.forward(minutes=2)
    stage.use(memory_each=10, tasks={task: {"memory": 60} for task in old})
    for count in (7, 6, 5, 4, 3, 2, 2):
        stage.aws.forward(hours=1)
        stage.scale(count)
    stage.scale(2, taskDefinition=stage.revision())
    stage.aws.forward(hours=2)
    assert set(stage.tasks()).isdisjoint(old)
    assert stage.told() == []


def test_a_deployment_and_a_scale_in_raise_nothing(stage: Watched) -> None:
    """New tasks beside old ones, more of them than wanted, and then fewer, are no alarm's cause."""
    stage.scale(8, taskDefinition=stage.revision())
    for count in (8, 5, 2):
        stage.use(cpu_total=count * 50)
        stage.scale(count)
        stage.aws.forward(minutes=12)
    assert stage.told() == []
    assert stage.in_alarm() == set()


def test_a_service_that_is_hot_as_a_whole_has_no_hottest_task(stage: Watched) -> None:
    """S3-18: where every task is at 95 %, scaling is asked, not a task blamed."""
    stage.use(cpu_total=2 * 95)
    stage.aws.forward(minutes=10)
    assert stage.in_alarm() == {"cpu-steps"}


def test_a_failed_migration_is_told(stage: Watched) -> None:
    """S3-08: the run that ends with another code than 0 reaches the topic, and no alarm does."""
    service = stage.account.ecs.describe_services(cluster=stage.name, services=[stage.name])
    stage.account.ecs.run_task(
        cluster=stage.name,
        taskDefinition=MIGRATION,
        launchType="FARGATE",
        networkConfiguration=service["services"][0]["networkConfiguration"],
    )
    stage.aws.forward(minutes=5)
    (said,) = stage.told()
    assert said.startswith("Migration of evenkeel-staging failed: Essential container in task")
    assert stage.in_alarm() == set()
