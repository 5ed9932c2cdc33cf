"""What migrations run as: a task of their own, in the service's image, on demand."""

import pulumi_aws as aws
import pytest

from policies.migrations.task import ON_DEMAND, SEPARATE
from tests.policies.judging import IMAGE
from tests.policies.migrating import container, run, service, told

OTHER = "registry.example.com/web@sha256:" + "1" * 64


@pytest.mark.parametrize("preview", [True, False])
def test_a_migration_of_its_own_passes(preview: bool) -> None:
    """S0-01: same image, other family, other command; before and after the ARNs are known."""
    assert told(SEPARATE, service, run, preview=preview) == []


def test_the_services_family_is_refused() -> None:
    """S0-01: a family of both would have either as its newest revision."""
    (message,) = told(SEPARATE, service, lambda: run(family="web"))

    assert message.startswith("migrate: family web is the service's too")
    assert "web-migration passes" in message


def test_another_image_is_refused() -> None:
    """S0-01: the schema is that of the build that is deployed."""
    (message,) = told(
        SEPARATE, service, lambda: run(container("migration", OTHER, command=["bin/schema"]))
    )

    assert f"image {OTHER} is not the service's" in message
    assert f"{IMAGE} passes" in message


def test_the_image_of_one_of_several_services_passes() -> None:
    """S0-01: a program with a second service of another image migrates with the first one's."""

    def worker() -> None:
        service(container(image=OTHER), family="worker")

    assert told(SEPARATE, service, worker, run) == []
    assert told(SEPARATE, worker, service, run) == []


def test_no_command_is_refused() -> None:
    """S0-01: without a command the image starts what it starts in the service."""
    (message,) = told(SEPARATE, service, lambda: run(container("migration")))

    assert "command is not given" in message


def test_the_services_command_is_refused() -> None:
    """S0-01: the same command in both is no migration, or a service that migrates."""
    both = container(command=["bin/schema"])
    (message,) = told(SEPARATE, lambda: service(both), run)

    assert 'command "bin/schema" is the service\'s too' in message


def test_one_command_of_its_own_among_containers_passes() -> None:
    """S0-01: a sidecar that both have may start alike in both."""
    proxy = container("proxy", OTHER, command=["proxy"])
    own = container("migration", command=["bin/schema"])
    assert told(SEPARATE, lambda: service(container(), proxy), lambda: run(own, proxy)) == []


def test_a_migration_without_a_service_is_judged_alone() -> None:
    """Where the program has no service there is no image to compare, but still a command."""
    assert told(SEPARATE, run) == []
    assert len(told(SEPARATE, lambda: run(container("migration")))) == 1


def test_on_demand_passes_and_spot_is_refused() -> None:
    """In every tier, so no stage is asked: Spot takes a task away at two minutes' notice."""
    assert told(ON_DEMAND, lambda: run(capacityProvider="FARGATE"), config={}) == []

    (message,) = told(ON_DEMAND, lambda: run(capacityProvider="FARGATE_SPOT"), config={})
    assert "capacityProvider is FARGATE_SPOT" in message
    assert "FARGATE passes" in message


def test_a_migration_that_names_no_capacity_is_refused() -> None:
    """The cluster's default strategy, maybe Spot, would decide."""
    (message,) = told(ON_DEMAND, run, config={})

    assert "capacityProvider is not given, so the cluster's default decides" in message


def test_unknown_capacity_is_a_violation() -> None:
    """A provider that only the update knows is not verified."""
    (message,) = told(ON_DEMAND, lambda: run(capacityProvider=aws.sns.Topic("later").arn))

    assert "capacityProvider is not known before the update" in message
