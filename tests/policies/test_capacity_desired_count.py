"""The desired count is left to Application Auto Scaling."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from tests.policies.capacity_programs import judged, messages, service, unknown
from tests.policies.judging import fired, target

COUNT = "capacity-desired-count-left-alone"
FOREIGN: dict[str, Any] = {}


def _scaling(resource_id: pulumi.Input[str], namespace: str = "ecs") -> None:
    aws.appautoscaling.Target(
        "web",
        resource_id=resource_id,
        scalable_dimension="ecs:service:DesiredCount",
        service_namespace=namespace,
        min_capacity=2,
        max_capacity=8,
    )


def test_a_scaled_service_ignores_its_desired_count() -> None:
    """S0-04: without desiredCount in ignoreChanges every update resets the count."""
    found = judged(target, lambda: service(ignore=()), config=FOREIGN)

    assert messages(COUNT, found) == [
        "web: web, the service that it scales, has no desiredCount in ignoreChanges, so an update "
        "puts the desired count back to what it was made with, whatever the load. An "
        "ignoreChanges of [desiredCount] passes."
    ]
    for ignored in (("desiredCount",), ("*",), ("taskDefinition", "desiredCount")):
        assert judged(target, lambda: service(ignore=ignored), config=FOREIGN) == []  # noqa: B023
    assert fired(judged(target, lambda: service(ignore=("taskDefinition",)), config=FOREIGN)) == {
        (COUNT, "web")
    }


@pytest.mark.parametrize(
    ("name", "cluster", "refused"),
    [
        ("web", "web", True),
        ("web", "arn:aws:ecs:eu-west-1:123456789012:cluster/web", True),
        ("web", "other", False),
        ("other", "web", False),
        ("web", None, False),
    ],
)
def test_the_service_is_found_by_its_name(name: str, cluster: str | None, refused: bool) -> None:
    """S0-04: service/<cluster>/<service> names both, whichever way the service gives its own."""
    found = judged(target, lambda: service(name, cluster, ignore=()), config=FOREIGN)

    assert (fired(found) == {(COUNT, "web")}) is refused


def test_a_service_without_a_cluster_is_in_the_default_one() -> None:
    """S0-04: ECS puts a service that names no cluster into the cluster "default"."""
    found = judged(
        lambda: _scaling("service/default/web"),
        lambda: service(cluster=None, ignore=()),
        config=FOREIGN,
    )

    assert fired(found) == {(COUNT, "web")}


def test_the_service_is_found_by_what_the_target_is_made_from() -> None:
    """S0-04: names that no preview knows are no way out: property dependencies tell."""

    def program(ignore: tuple[str, ...]) -> None:
        cluster = aws.ecs.Cluster("web", name="web")
        other = service("other", cluster=cluster.arn, ignore=())
        scaled = service("web", cluster=cluster.arn, ignore=ignore)
        _scaling(scaled.id.apply(lambda arn: f"service/web/{arn}"))
        assert other

    assert fired(judged(lambda: program(()), config=FOREIGN)) == {(COUNT, "web")}
    assert judged(lambda: program(("desiredCount",)), config=FOREIGN) == []


def test_the_cluster_is_found_by_what_the_service_is_made_from() -> None:
    """S0-04: a service that gives its cluster's ARN is matched by the cluster's name."""

    def program(cluster_name: str) -> None:
        cluster = aws.ecs.Cluster("web", name=cluster_name)
        service(cluster=cluster.arn, ignore=())
        target()

    assert fired(judged(lambda: program("web"), config=FOREIGN)) == {(COUNT, "web")}
    assert judged(lambda: program("other"), config=FOREIGN) == []


def test_an_unknown_resource_id_is_a_violation_where_it_matters() -> None:
    """S0-04: with every service ignoring its count there is nothing to verify."""

    def judge(ignore: tuple[str, ...]) -> Any:
        return judged(lambda: _scaling(unknown()), lambda: service(ignore=ignore), config=FOREIGN)

    assert [each.message for each in judge(()) if each.policy == COUNT] == [
        "web could not be verified: resourceId is not known before the update. Give it as a plain "
        "value instead of another resource's output."
    ]
    assert judge(("desiredCount",)) == []


def test_targets_without_their_service_pass() -> None:
    """S0-04: a service of another stack, and another AWS service's target, are not judged."""
    assert judged(target, config=FOREIGN) == []
    assert judged(
        lambda: _scaling("service/web/web", "rds"), lambda: service(ignore=()), config=FOREIGN
    ) == []  # fmt: skip
