"""Alarms on errors: when they ring, and what only looks like one."""

from typing import Any

import pulumi_aws as aws
import pytest

from tests.policies.judging import STAGE, fired
from tests.policies.observing import alarm, judged

ERRORS = {("alarm-errors", "web")}


class Balanced:
    """A load balancer with a listener, a rule and a service behind it."""

    def __init__(self, rule: bool = False, served: bool = True, kind: str | None = None) -> None:
        self.balancer = aws.lb.LoadBalancer("web", load_balancer_type=kind)
        group = aws.lb.TargetGroup("web", port=80, protocol="HTTP", vpc_id="vpc-1")
        forward: Any = [{"type": "forward", "target_group_arn": group.arn}]
        refuse: Any = [{"type": "fixed-response"}]
        listener = aws.lb.Listener(
            "web",
            load_balancer_arn=self.balancer.arn,
            default_actions=refuse if rule else forward,
        )
        if rule:
            paths: Any = [{"path_pattern": {"values": ["/*"]}}]
            aws.lb.ListenerRule("web", listener_arn=listener.arn, conditions=paths, actions=forward)
        if served:
            to: Any = [{"target_group_arn": group.arn, "container_name": "a", "container_port": 80}]
            aws.ecs.Service("web", load_balancers=to)

    def alarms(self, **changed: Any) -> None:
        """Both alarms on errors; *changed* properties of the second aside."""
        for origin, change in (("Target", {}), ("ELB", changed)):
            given: Any = {
                "metric_name": f"HTTPCode_{origin}_5XX_Count",
                "namespace": "AWS/ApplicationELB",
                "dimensions": {"LoadBalancer": self.balancer.arn_suffix},
                "statistic": "Sum",
                "threshold": 10,
                **change,
            }
            alarm(origin.lower(), **given)


@pytest.mark.parametrize("config", [STAGE, {}], ids=["stage", "foreign"])
@pytest.mark.parametrize("rule", [False, True])
@pytest.mark.parametrize("preview", [True, False], ids=["preview", "update"])
def test_both_kinds_of_errors_are_watched(config: Any, rule: bool, preview: bool) -> None:
    """S3-19: an alarm on the tasks' errors and one on the balancer's own; neither: two faults."""
    watched = judged(lambda: Balanced(rule).alarms(), config=config, preview=preview)
    unwatched = judged(lambda: Balanced(rule), config=config, preview=preview)

    assert watched == []
    assert fired(unwatched) == ERRORS
    assert [finding.message.split(". ")[0] for finding in unwatched] == [
        "web: no alarm watches its HTTPCode_Target_5XX_Count",
        "web: no alarm watches its HTTPCode_ELB_5XX_Count",
    ]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"metric_name": "HTTPCode_ELB_4XX_Count"}, "no alarm watches its HTTPCode_ELB_5XX_Count"),
        ({"namespace": "AWS/NetworkELB"}, "no alarm watches its HTTPCode_ELB_5XX_Count"),
        ({"dimensions": {"LoadBalancer": "app/other/1"}}, "no alarm watches its"),
        ({"statistic": "Average"}, "elb has statistic Average, which is not the count"),
        ({"comparison_operator": "LessThanThreshold"}, "which is no alarm on many errors"),
        ({"alarm_actions": []}, "elb has no alarmActions"),
        ({"actions_enabled": False}, "elb has actionsEnabled false"),
    ],
)
def test_an_alarm_on_errors_that_never_rings_is_refused(changed: Any, says: str) -> None:
    """S3-19: what never rings, or tells nobody, is no alarm on errors."""
    (found,) = judged(lambda: Balanced().alarms(**changed))

    assert fired([found]) == ERRORS
    assert says in found.message


def test_a_greater_than_alarm_passes() -> None:
    """S3-19: above a threshold is as good as at it."""
    assert judged(lambda: Balanced().alarms(comparison_operator="GreaterThanThreshold")) == []


@pytest.mark.parametrize(
    ("dimensions", "says"),
    [
        (lambda web: {"LoadBalancer": web.arn_suffix, "TargetGroup": "x"}, "dimension TargetGroup"),
        (lambda web: {"LoadBalancer": web.arn_suffix, "AvailabilityZone": "a"}, "AvailabilityZone"),
        (lambda web: {"LoadBalancer": web.arn}, "elb has LoadBalancer arn:aws:"),
        (lambda web: {"LoadBalancer": web.name}, "elb has LoadBalancer web, which no metric"),
    ],
)
def test_an_alarm_on_a_part_or_on_nothing_is_refused(dimensions: Any, says: str) -> None:
    """S3-19: one group's errors are a part of them; a name or an ARN is no dimension's value."""

    def program() -> None:
        balanced = Balanced()
        balanced.alarms(dimensions=dimensions(balanced.balancer))

    (found,) = judged(program, preview=False)
    assert fired([found]) == ERRORS
    assert says in found.message


@pytest.mark.parametrize("kind", ["network", "gateway"])
def test_load_balancers_without_http_have_no_such_errors(kind: str) -> None:
    """A network load balancer knows no status codes; an application one is judged."""
    assert judged(lambda: Balanced(kind=kind)) == []
    assert fired(judged(lambda: Balanced(kind="application"))) == ERRORS


def test_a_foreign_load_balancer_before_something_else_is_left_alone() -> None:
    """Without a stage, a load balancer is judged where it serves an ECS service."""
    assert judged(lambda: Balanced(served=False), config={}) == []
    assert fired(judged(lambda: Balanced(served=False))) == ERRORS
