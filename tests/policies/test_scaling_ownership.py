"""One policy a metric, one owner that removes tasks, and no role that AWS ignores."""

from functools import partial
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from infra.settings import Settings
from policies.rules import Rule
from policies.scaling import ownership
from policies.scaling.ownership import METRICS_DISTINCT, NO_ROLE, ONE_OWNER
from tests.policies.judging import schedule
from tests.policies.scaled import (
    CPU,
    MEMORY,
    REQUESTS,
    SERVICE,
    stepped,
    tracked,
    unknown,
    verdict,
)
from tests.support.stages import shipped

FOREIGN: dict[str, Any] = {"config": {}, "name": "dev"}


def _own(queue: pulumi.Input[str] = "jobs", name: str = "Visible", space: str = "AWS/SQS") -> Any:
    """A metric of the user's own: the length of a queue."""
    return {
        "namespace": space,
        "metric_name": name,
        "statistic": "Average",
        "dimensions": [{"name": "QueueName", "value": queue}],
    }


def _twice(one: dict[str, Any], other: dict[str, Any], **how: Any) -> list[str]:
    return verdict(
        METRICS_DISTINCT,
        lambda: tracked("first", **one),
        lambda: stepped(("0", None, 1)),
        lambda: tracked("second", **other),
        **how,
    )


@pytest.mark.parametrize("preview", [True, False])
def test_a_metric_is_tracked_once(preview: bool) -> None:
    """S4-05: the second policy on a metric is refused, and says which one is the first."""
    (message,) = _twice({}, {}, preview=preview)

    assert message == (
        f"second: {CPU} is tracked by first too, and AWS takes one target of a metric. "
        "Remove one of the two."
    )


def test_another_metric_between_hides_nothing() -> None:
    """A policy on memory that comes first by name does not end the search."""
    found = verdict(
        METRICS_DISTINCT,
        partial(tracked, "a", MEMORY),
        partial(tracked, "b"),
        partial(tracked, "c"),
    )

    assert [message.split(" and ")[0] for message in found] == [f"c: {CPU} is tracked by b too,"]


def test_labels_of_two_groups_are_two_metrics_at_a_preview() -> None:
    """A label that only the update knows is compared by what it is made from."""

    def label(name: str) -> pulumi.Output[str]:
        return aws.lb.TargetGroup(name, port=80, vpc_id="vpc-1").arn_suffix

    def program(*groups: str) -> list[str]:
        made = {}
        return verdict(
            METRICS_DISTINCT,
            lambda: made.update({name: label(name) for name in set(groups)}),
            *[
                lambda name=name, at=at: tracked(f"p{at}", REQUESTS, 1000, label=made[name])
                for at, name in enumerate(groups)
            ],
            preview=True,
        )

    assert program("http", "websocket") == []
    assert len(program("http", "http")) == 1


def test_every_repetition_is_told() -> None:
    """Of three policies on a metric two are too many."""
    found = verdict(METRICS_DISTINCT, *[partial(tracked, name) for name in "abc"])

    assert [message.split(" and ")[0] for message in found] == [
        f"b: {CPU} is tracked by a too,",
        f"c: {CPU} is tracked by a too,",
        f"c: {CPU} is tracked by b too,",
    ]


@pytest.mark.parametrize(
    ("one", "other", "refused"),
    [
        pytest.param({}, {"metric": MEMORY}, 0, id="another metric"),
        pytest.param({}, {"metric": CPU + "HighResolution"}, 0, id="another resolution"),
        pytest.param({}, {"service": "service/web/worker"}, 0, id="another service"),
        pytest.param({}, {"namespace": "dynamodb"}, 0, id="another AWS service"),
        pytest.param({"namespace": "dynamodb"}, {}, 0, id="another AWS service first"),
        pytest.param({}, {"own": _own()}, 0, id="an own metric"),
        pytest.param({"own": _own()}, {"own": _own()}, 1, id="an own metric twice"),
        pytest.param({"own": _own()}, {"own": _own("mails")}, 0, id="another queue"),
        pytest.param({"own": _own()}, {"own": _own(name="Delayed")}, 0, id="another name"),
        pytest.param({"own": _own()}, {"own": _own(space="Own")}, 0, id="another namespace"),
        pytest.param(
            {"metric": REQUESTS, "label": "app/a/1/targetgroup/http/1"},
            {"metric": REQUESTS, "label": "app/a/1/targetgroup/http/1"},
            1,
            id="the same group",
        ),
        pytest.param(
            {"metric": REQUESTS, "label": "app/a/1/targetgroup/http/1"},
            {"metric": REQUESTS, "label": "app/a/1/targetgroup/sockets/2"},
            0,
            id="another group",
        ),
    ],
)
def test_what_counts_as_one_metric(
    one: dict[str, Any], other: dict[str, Any], refused: int
) -> None:
    """S4-05: the same metric of the same thing, for the same service."""
    assert len(_twice(one, other)) == refused


def test_an_own_metric_without_dimensions_is_one_metric() -> None:
    """Dimensions may be left out of both, and that is the same metric."""
    bare = {"namespace": "Own", "metric_name": "Jobs", "statistic": "Sum"}

    assert len(_twice({"own": bare}, {"own": bare})) == 1
    assert (
        _twice({"own": bare}, {"own": {**bare, "dimensions": [{"name": "a", "value": "b"}]}}) == []
    )


def test_an_expression_is_no_metric() -> None:
    """Two metric-maths expressions have no name to compare; AWS judges them."""
    maths = {"metrics": [{"id": "a", "expression": "b / c"}]}

    assert _twice({"own": maths}, {"own": maths}) == []


def test_services_that_no_preview_knows_are_told_apart_by_their_source() -> None:
    """At preview a name is unknown: what it is made from decides, and at update the name."""

    def service(name: str) -> aws.sns.Topic:
        return aws.sns.Topic(name)

    def two(first: str, second: str) -> None:
        made = {name: service(name) for name in {first, second}}
        tracked("one", service=made[first].arn)
        tracked("two", service=made[second].arn)

    for preview in (True, False):
        assert len(verdict(METRICS_DISTINCT, lambda: two("a", "a"), preview=preview)) == 1
        assert verdict(METRICS_DISTINCT, lambda: two("a", "b"), preview=preview) == []


@pytest.mark.parametrize(("add", "refused"), [(-2, True), (-1, True), (0, False), (1, False)])
@pytest.mark.parametrize("kind", ["ChangeInCapacity", "PercentChangeInCapacity"])
def test_steps_never_remove(kind: str, add: int, refused: bool) -> None:
    """S2-10: a negative step, in tasks or in percent, removes beside target tracking."""
    found = verdict(ONE_OWNER, lambda: stepped(("0", "15", 1), ("15", None, add), kind=kind))

    assert bool(found) is refused
    for message in found:
        assert f"burst: scalingAdjustment {add} removes tasks beside target tracking" in message
        assert message.endswith("Remove the step; a scalingAdjustment of 1 passes.")


def test_the_worst_step_is_told() -> None:
    """Of several negative steps the lowest is named, once."""
    (message,) = verdict(ONE_OWNER, lambda: stepped(("0", "15", -1), ("15", None, -3)))

    assert "scalingAdjustment -3 removes" in message


def test_a_policy_without_steps_removes_nothing() -> None:
    """A configuration whose steps are left out is another policy's to refuse."""

    def without() -> None:
        aws.appautoscaling.Policy(
            "burst",
            policy_type="StepScaling",
            resource_id=SERVICE,
            scalable_dimension="ecs:service:DesiredCount",
            service_namespace="ecs",
            step_scaling_policy_configuration={"adjustment_type": "ChangeInCapacity"},
        )

    assert verdict(ONE_OWNER, without) == []


def test_steps_never_set_the_count() -> None:
    """ExactCapacity overrides target tracking in both directions."""
    (message,) = verdict(ONE_OWNER, lambda: stepped(("0", None, 5), kind="ExactCapacity"))

    assert "adjustmentType ExactCapacity sets the count" in message
    assert message.endswith("ChangeInCapacity with a scalingAdjustment of 1 passes.")


def test_target_tracking_and_schedules_own_scale_in_by_default() -> None:
    """Without the session-aware autoscaler, target tracking removes and schedules may lower."""
    for how in ({}, FOREIGN):
        assert verdict(ONE_OWNER, tracked, lambda: schedule(2, 3), **how) == []


def test_without_a_stage_steps_are_judged() -> None:
    """A step policy says by itself that it removes tasks."""
    assert len(verdict(ONE_OWNER, lambda: stepped(("0", None, -1)), **FOREIGN)) == 1


def _session_aware() -> Settings:
    """The shipped production stage, whose highest planned max is 8, with the other owner."""
    settings = shipped("production")
    scaling = settings.scaling.model_copy(update={"scale_in": "sessionAware"})
    return settings.model_copy(update={"scaling": scaling})


@pytest.fixture
def session_aware(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every policy sees a stage whose tasks the session-aware autoscaler removes."""
    monkeypatch.setattr(ownership, "stage", _session_aware)


@pytest.mark.parametrize(("disabled", "refused"), [(None, 1), (False, 1), (True, 0)])
@pytest.mark.usefixtures("session_aware")
def test_session_aware_target_tracking_only_adds(disabled: bool | None, refused: int) -> None:
    """S1-01: target tracking knows no sessions, so that it must not remove a task."""
    found = verdict(ONE_OWNER, lambda: tracked(disable_scale_in=disabled))

    assert len(found) == refused
    for message in found:
        assert "disableScaleIn is not true, and the session-aware autoscaler alone" in message
        assert message.endswith("true passes.")


@pytest.mark.parametrize(("most", "refused"), [(7, 1), (8, 0), (9, 0), (None, 0)])
@pytest.mark.usefixtures("session_aware")
def test_session_aware_schedules_never_lower(most: int | None, refused: int) -> None:
    """S1-01: a lower maximum stops tasks, sessions or not; a lower minimum stops none."""
    found = verdict(ONE_OWNER, lambda: schedule(1, most))

    assert len(found) == refused
    for message in found:
        assert "morning: maxCapacity 7 < 8, the highest planned" in message
        assert message.endswith("A maxCapacity of 8 passes.")


@pytest.mark.usefixtures("session_aware")
def test_session_aware_is_about_ecs() -> None:
    """Tables keep their own ways, and steps are judged as ever."""
    assert verdict(ONE_OWNER, lambda: tracked(namespace="dynamodb")) == []
    assert verdict(ONE_OWNER, lambda: schedule(1, 2, namespace="dynamodb")) == []
    assert verdict(ONE_OWNER, lambda: stepped(("0", None, -1), namespace="dynamodb")) == []
    assert len(verdict(ONE_OWNER, lambda: stepped(("0", None, -1)))) == 1
    assert verdict(ONE_OWNER, lambda: stepped(("0", None, 1))) == []


def _target(role: pulumi.Input[str] | None, namespace: str = "ecs") -> None:
    aws.appautoscaling.Target(
        "web",
        resource_id=SERVICE,
        scalable_dimension="ecs:service:DesiredCount",
        service_namespace=namespace,
        min_capacity=2,
        max_capacity=8,
        role_arn=role,
    )


@pytest.mark.parametrize(
    ("role", "refused"), [(None, 0), ("", 0), ("arn:aws:iam::123456789012:role/scaling", 1)]
)
@pytest.mark.parametrize("how", [{}, FOREIGN], ids=["production", "foreign"])
def test_a_role_is_refused(role: str | None, refused: int, how: dict[str, Any]) -> None:
    """S4-03: AWS ignores a role for ECS, and the difference never goes away."""
    found = verdict(NO_ROLE, lambda: _target(role), **how)

    assert len(found) == refused
    for message in found:
        assert message.startswith("web: roleArn is set. For ECS, AWS ignores it")
        assert message.endswith("Remove roleArn.")


def test_a_role_that_no_preview_knows_is_a_role() -> None:
    """Which role it is does not matter, so that it need not be known."""
    (message,) = verdict(NO_ROLE, lambda: _target(unknown(str)))

    assert message.endswith("Remove roleArn.")


def test_other_services_may_have_a_role() -> None:
    """EMR needs a role; the policy is about ECS."""
    role = "arn:aws:iam::123456789012:role/scaling"

    assert verdict(NO_ROLE, lambda: _target(role, "elasticmapreduce")) == []


@pytest.mark.parametrize(
    ("rule", "build"),
    [
        (METRICS_DISTINCT, lambda: (tracked("a"), tracked("b", metric=unknown(str)))),
        (ONE_OWNER, lambda: stepped(("0", None, unknown()))),
        (ONE_OWNER, lambda: stepped(("0", None, 1), kind=unknown(str))),
        (NO_ROLE, lambda: tracked_target(unknown(str))),
    ],
)
def test_an_unknown_value_is_refused(rule: Rule, build: Any) -> None:
    """At preview a value that only the update will know is a violation that names it."""
    (message,) = verdict(rule, build)

    assert "is not known before the update" in message


def tracked_target(namespace: pulumi.Input[str]) -> None:
    """A scalable target of who knows which AWS service."""
    _target(None, namespace)  # type: ignore[arg-type]
