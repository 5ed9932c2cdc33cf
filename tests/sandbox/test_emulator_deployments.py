"""Service deployments of the emulated ECS: rolling, failing, rolled back, scaled."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.emulated_service import CLUSTER, IMAGES, NAME, Service, define
from tests.support.emulator import Account, Emulator, refused, running, until

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(tmp_path_factory.mktemp("emulator"), IMAGES) as emulator:
        yield emulator


@pytest.fixture
def account(emulator: Emulator) -> Account:
    return Account(emulator.url)


def test_first_deployment_completes_when_every_target_is_healthy(account: Account) -> None:
    """COMPLETED means: the desired tasks run and are healthy in both target groups."""
    service = Service(account)
    assert service.created["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    found = service.steady()
    assert (found["runningCount"], found["pendingCount"]) == (2, 0)
    assert service.health() == [["healthy", "healthy"]] * 2
    interfaces = [task["containers"][0]["networkInterfaces"][0] for task in service.tasks()]
    addresses = {interface["privateIpv4Address"] for interface in interfaces}
    assert len(addresses) == 2
    assert all(address.startswith("127.77.") for address in addresses)


def test_rolling_update_keeps_the_minimum_and_the_maximum(account: Account) -> None:
    """At 100/200 never fewer than desired run healthy and never more than twice are live."""
    service = Service(account)
    service.steady()
    new = service.deploy("web:2")
    seen: list[tuple[int, int]] = []

    def look() -> bool | None:
        found = service.read()
        seen.append((found["runningCount"], found["runningCount"] + found["pendingCount"]))
        return found["deployments"][0]["rolloutState"] == "COMPLETED" or None

    until(look, "the update is COMPLETED")
    assert min(running for running, _ in seen) >= 2 < max(live for _, live in seen) <= 4
    assert service.steady(new)["deployments"][0]["failedTasks"] == 0
    assert {task["taskDefinitionArn"] for task in service.tasks()} == {new}


def test_percentages_round_as_on_aws(account: Account) -> None:
    """minimumHealthyPercent rounds up, maximumPercent down: 50/150 of 3 is 2 to 4 tasks."""
    configuration = {"minimumHealthyPercent": 50, "maximumPercent": 150}
    service = Service(account, desired=3, deploymentConfiguration=configuration)
    service.steady()
    service.deploy("web:2")
    live: list[int] = []

    def look() -> bool | None:
        found = service.read()
        live.append(len([t for t in service.tasks() if t["desiredStatus"] == "RUNNING"]))
        return found["deployments"][0]["rolloutState"] == "COMPLETED" or None

    until(look, "the update is COMPLETED")
    assert min(live) >= 2
    assert max(live) <= 4


def test_circuit_breaker_rolls_back_to_the_last_completed_revision(account: Account) -> None:
    """Three failed starts of two wanted tasks trip the breaker, in AWS's words."""
    service = Service(account)
    good = service.steady()["taskDefinition"]
    bad = service.deploy("missing:2")

    def rolled_back() -> dict[str, Any] | None:
        found = service.read()
        return found if found["taskDefinition"] == good else None

    until(rolled_back, "the service is back on its good revision")
    service.steady(good)
    events = service.events()
    assert "deployment failed: tasks failed to start." in events
    assert "rolling back to deployment ecs-svc/" in events
    stopped = [t for t in service.tasks("STOPPED") if t["taskDefinitionArn"] == bad]
    failed = [t for t in stopped if t["stopCode"] == "TaskFailedToStart"]
    assert len(failed) >= 3
    assert failed[0]["stoppedReason"].startswith("CannotPullContainerError: pull image manifest")
    assert "exitCode" not in failed[0]["containers"][0]


def test_failed_first_deployment_has_nothing_to_go_back_to(account: Account) -> None:
    """Without a COMPLETED deployment the failed one stays PRIMARY and FAILED."""
    service = Service(account, image="crash:1")

    def failed() -> dict[str, Any] | None:
        primary = service.read()["deployments"][0]
        return dict(primary) if primary["rolloutState"] == "FAILED" else None

    primary = until(failed, "the deployment is FAILED")
    assert primary["status"] == "PRIMARY"
    assert primary["failedTasks"] >= 3
    reason = "ECS deployment circuit breaker: tasks failed to start."
    assert primary["rolloutStateReason"] == reason


def test_unhealthy_tasks_are_stopped_and_fail_the_deployment(account: Account) -> None:
    """A task that answers no health check after the grace period is stopped, and counts."""
    service = Service(account, healthCheckGracePeriodSeconds=30)
    good = service.steady()["taskDefinition"]
    service.deploy("ill:1")
    until(lambda: service.read()["taskDefinition"] == good or None, "the service rolled back")
    reasons = {task["stoppedReason"] for task in service.tasks("STOPPED")}
    assert any(r.startswith("Task failed ELB health checks in (target-group") for r in reasons)
    assert "is unhealthy in (target-group" in service.events()


def test_desired_count_starts_no_deployment_and_force_does(account: Account) -> None:
    """desiredCount leaves the deployment's id alone; forceNewDeployment replaces every task."""
    service = Service(account)
    first = service.steady()["deployments"][0]["id"]
    service.update(desiredCount=3)
    until(lambda: service.read()["runningCount"] == 3 or None, "three tasks run")
    assert [d["id"] for d in service.read()["deployments"]] == [first]
    service.update(forceNewDeployment=True)
    assert service.read()["deployments"][0]["id"] != first
    second = service.steady()["deployments"][0]["id"]
    assert {task["startedBy"] for task in service.tasks()} == {second}


def test_scale_in_spares_protected_tasks(account: Account) -> None:
    """Of three tasks the two protected ones stay when one is wanted, until they are free."""
    service = Service(account, desired=3)
    service.steady()
    kept = sorted(task["taskArn"] for task in service.tasks())[:2]
    answer = account.ecs.update_task_protection(
        cluster=CLUSTER, tasks=kept, protectionEnabled=True, expiresInMinutes=60
    )
    assert [p["protectionEnabled"] for p in answer["protectedTasks"]] == [True, True]
    service.update(desiredCount=1)
    until(lambda: service.read()["runningCount"] == 2 or None, "one task was stopped")
    assert sorted(task["taskArn"] for task in service.tasks()) == kept
    account.ecs.update_task_protection(cluster=CLUSTER, tasks=kept, protectionEnabled=False)
    until(lambda: service.read()["runningCount"] == 1 or None, "another task was stopped")


def test_stopped_service_task_is_replaced(account: Account) -> None:
    """StopTask lowers no count: the scheduler starts another task."""
    service = Service(account)
    service.steady()
    before = {task["taskArn"] for task in service.tasks()}
    account.ecs.stop_task(cluster=CLUSTER, task=min(before), reason="test")
    until(lambda: len({t["taskArn"] for t in service.tasks()} - before) or None, "a replacement")
    stopped = next(t for t in service.tasks("STOPPED") if t["taskArn"] == min(before))
    assert (stopped["stopCode"], stopped["stoppedReason"]) == ("UserInitiated", "test")
    assert service.read()["desiredCount"] == 2


def test_no_capacity_is_an_event(account: Account) -> None:
    """A service whose task finds no capacity says so and starts nothing."""
    service = Service(account, image="crowded:1")
    until(lambda: "unable to place a task" in service.events() or None, "the event")
    assert service.tasks() == []


def test_deleted_service_drains_and_goes(account: Account) -> None:
    """DeleteService wants force above 0, drains its tasks, and leaves no target behind."""
    service = Service(account)
    service.steady()
    code, _ = refused(account.ecs.delete_service, cluster=CLUSTER, service=NAME)
    assert code == "InvalidParameterException"
    busy = refused(account.ecs.delete_cluster, cluster=CLUSTER)[0]
    assert busy == "ClusterContainsServicesException"
    account.ecs.delete_service(cluster=CLUSTER, service=NAME, force=True)
    until(lambda: service.read()["status"] == "INACTIVE" or None, "the service is INACTIVE")
    assert service.health() == [[], []]
    account.ecs.delete_cluster(cluster=CLUSTER)


def test_service_needs_what_it_names(account: Account) -> None:
    """A service on an unknown revision, group, container or subnet is refused."""
    service = Service(account)
    balancer = service.read()["loadBalancers"][0]
    wrong: list[dict[str, Any]] = [
        {"taskDefinition": "web:99"},
        {"loadBalancers": [{**balancer, "containerName": "other"}]},
        {"loadBalancers": [{**balancer, "targetGroupArn": balancer["targetGroupArn"] + "0"}]},
        {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-0"]}}},
        {"deploymentConfiguration": {"minimumHealthyPercent": 100, "maximumPercent": 100}},
    ]
    for parameters in wrong:
        code, _ = refused(service.update, **parameters)
        assert code in ("InvalidParameterException", "ClientException"), parameters
    inactive = define(account, "web:2", family="other")
    account.ecs.deregister_task_definition(taskDefinition=inactive)
    assert refused(service.update, taskDefinition=inactive)[1] == "TaskDefinition is inactive"
