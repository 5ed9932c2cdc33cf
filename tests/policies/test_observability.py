"""The alarm at the maximum: when it rings, and what only looks like one."""

from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.judging import Finding, fired, stage, target
from tests.policies.observing import SERVICE, TOPIC, alarm, judged

AT_MAX = {("alarm-at-max", "web")}


def cluster(value: str | None = "enhanced", name: str = "web") -> None:
    """The cluster; with insights unless told otherwise."""
    settings: Any = [] if value is None else [{"name": "containerInsights", "value": value}]
    aws.ecs.Cluster("web", name=name, settings=settings)


def _at_max(**changed: Any) -> list[Finding]:
    return judged(target, cluster, lambda: alarm(**changed))


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "update"])
@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"metric_name": "RunningTaskCount", "statistic": "Average"},
        {"statistic": "Minimum", "actions_enabled": True},
    ],
)
def test_an_alarm_at_the_maximum_passes(changed: Any, preview: bool) -> None:
    """S0-23: at or above the planned maximum, with somebody to tell."""
    assert judged(target, cluster, lambda: alarm(**changed), preview=preview) == []


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"threshold": 7}, "has threshold 7, not 8"),
        ({"threshold": 9}, "has threshold 9, not 8"),
        ({"threshold": 8.5}, "has threshold 8.5, not 8"),
        ({"threshold": None}, "has threshold None, not 8"),
        (
            {"comparison_operator": "GreaterThanThreshold"},
            "comparisonOperator GreaterThanThreshold",
        ),
        ({"comparison_operator": "LessThanThreshold"}, "comparisonOperator LessThan"),
        ({"statistic": "Sum"}, "has statistic Sum, which is not the count"),
        ({"statistic": "SampleCount"}, "has statistic SampleCount"),
        ({"alarm_actions": []}, "has no alarmActions and tells nobody"),
        ({"alarm_actions": None, "ok_actions": [TOPIC]}, "has no alarmActions"),
        ({"actions_enabled": False}, "has actionsEnabled false and tells nobody"),
    ],
)
def test_an_alarm_that_never_rings_is_refused(changed: Any, says: str) -> None:
    """S0-23: a threshold that is not the maximum, or nobody to tell, is no alarm."""
    (found,) = _at_max(**changed)

    assert fired([found]) == AT_MAX
    assert "web: at-max has " in found.message
    assert says in found.message


@pytest.mark.parametrize(
    "changed",
    [
        {"metric_name": "PendingTaskCount"},
        {"namespace": "AWS/ECS"},
        {"dimensions": {"ClusterName": "web"}},
        {"dimensions": {"ClusterName": "web", "ServiceName": "other"}},
        {"dimensions": {"ClusterName": "other", "ServiceName": "web"}},
        {"dimensions": {**SERVICE, "TaskDefinitionFamily": "web"}},
        {"dimensions": None},
    ],
)
def test_an_alarm_on_something_else_is_none(changed: Any) -> None:
    """S0-23: another metric, another service or a part of this one is not the service's count."""
    (found,) = _at_max(**changed)

    assert fired([found]) == AT_MAX
    assert "no alarm watches DesiredTaskCount of web, whose highest max is 8" in found.message
    assert "ClusterName web, ServiceName web, GreaterThanOrEqualToThreshold" in found.message


def test_the_highest_max_of_any_schedule_counts() -> None:
    """S0-23: a schedule's higher maximum is the planned one, whatever is in force now."""
    schedules = [{"name": "sale", "cron": "0 8 ? * MON *", "min": 4, "max": 9}]
    config = stage(capacity={"schedules": schedules})

    (found,) = judged(target, cluster, alarm, config=config)
    assert "has threshold 8, not 9, the highest max of the stage" in found.message
    assert judged(target, cluster, lambda: alarm(threshold=9), config=config) == []


def test_one_alarm_that_rings_is_enough() -> None:
    """A second alarm at another number, for a chart or a rehearsal, is nobody's fault."""

    def quiet() -> None:
        alarm("rehearsal", threshold=3, alarm_actions=[])

    assert judged(target, cluster, alarm, quiet) == []
    assert len(judged(target, cluster, quiet)) == 2


@pytest.mark.parametrize(("value", "said"), [("disabled", "disabled"), (None, "disabled")])
def test_without_insights_there_is_no_metric(value: str | None, said: str) -> None:
    """S3-18: the metric is of Container Insights; enabled is enough, off or not given is not."""
    (found,) = judged(target, alarm, lambda: cluster(value))

    assert fired([found]) == AT_MAX
    assert f"cluster web has containerInsights {said}" in found.message
    assert judged(target, alarm, lambda: cluster("enabled")) == []


def test_a_cluster_that_is_not_seen_is_refused() -> None:
    """S3-18: the settings of a cluster of another program could not be verified."""
    for seen in ((), (lambda: cluster(name="other"),)):
        (found,) = judged(target, alarm, *seen)

        assert "cluster web is not made by this program" in found.message


def test_targets_of_other_services_need_no_such_alarm() -> None:
    """A scalable target of another namespace is left alone, and so is one without a stage."""
    assert judged(lambda: target(namespace="dynamodb")) == []
    assert judged(target, config={}) == []


def test_an_unknown_threshold_is_refused() -> None:
    """A threshold that hangs on another resource could not be verified."""

    def unknown() -> None:
        alarm(threshold=aws.sns.Topic("later").arn.apply(len))

    (found,) = judged(target, cluster, unknown)
    assert found.message.startswith("web could not be verified: threshold is not known")
