"""Deployments: a broken revision goes back by itself, and the update says so."""

from collections.abc import Iterator

from pulumi_policy import Severity

from infra.capacity import TASK_START
from infra.settings import Settings
from policies.facts import stage
from policies.plan import Plan, Resource
from policies.resource_types import ECS_SERVICE, ROLLOUT
from policies.rules import PlanRule, ResourceRule, Rule

ROLLING = "ECS"
ROLL = "ROLLING"
# The most that evenkeel:deployment.timeoutSeconds takes: a day.
LONGEST_TIMEOUT = 86400


def _circuit_breaker(service: Resource) -> Iterator[str]:
    controller = (service.props.get("deploymentController") or {}).get("type") or ROLLING
    if controller != ROLLING:
        yield (
            f"deploymentController.type {controller}: the circuit breaker is for rolling "
            f"deployments alone. {ROLLING} passes."
        )
    strategy = (service.props.get("deploymentConfiguration") or {}).get("strategy") or ROLL
    if strategy != ROLL:
        yield (
            f"deploymentConfiguration.strategy {strategy}: two whole sets of tasks run at a time, "
            f"and no sum of this pack knows them. {ROLL} passes."
        )
    breaker = service.props.get("deploymentCircuitBreaker") or {}
    off = [key for key in ("enable", "rollback") if breaker.get(key) is not True]
    if off:
        told = " and ".join(f"{key} is {_told(breaker.get(key))}" for key in off)
        yield (
            f"deploymentCircuitBreaker: {told}, so ECS starts tasks of a broken revision again "
            "and again, and nothing goes back. {enable: true, rollback: true} passes."
        )


def _told(value: object) -> str:
    return "not given" if value is None else str(value).lower()


def _rollout_checked(service: Resource, plan: Plan) -> Iterator[str]:
    if any(plan.comes_after(rollout, service) for rollout in plan.of_type({ROLLOUT})):
        return
    stage()  # Without a stage, a service of another program has no Rollout to be judged by.
    yield (
        "no Rollout depends on it: ECS takes a change at once, so the update ends well even when "
        "the revision never starts or is rolled back. A Rollout with depends_on of this service "
        "passes."
    )


def _timeout_fits(rollout: Resource) -> Iterator[str]:
    given = int(rollout.props["timeoutSeconds"])
    settings = stage()
    tasks, seconds = _slowest(settings)
    if given >= seconds:
        return
    healthy = TASK_START + settings.service.time_to_healthy
    advice = (
        f"A timeoutSeconds of {seconds} passes"
        if seconds <= LONGEST_TIMEOUT
        else f"None up to {LONGEST_TIMEOUT}, the longest, covers it; raise maximumPercent"
    )
    yield (
        f"timeoutSeconds {given} s < {seconds} s, which a deploy of {tasks} tasks takes: "
        f"{healthy} s until a new one is healthy, up to {settings.longest_leave} s until an old "
        f"one has drained and stopped, in the steps that {settings.deployment.maximum_percent} % "
        f"allow. {advice}."
    )


def _slowest(settings: Settings) -> tuple[int, int]:
    """Tasks and seconds of the stage's slowest deploy; of none where no count can move.

    Not always that of the most tasks: percentages round, and 19 tasks at 110 % go one by one where
    20 go in pairs.
    """
    bounds = settings.capacity
    counts = range(bounds.lowest_min, bounds.highest_max + 1)
    timed = ((settings.deployment_of(tasks).seconds or 0, tasks) for tasks in counts)
    seconds, tasks = max(timed)
    return tasks, seconds


def _no_sigint_rollback(service: Resource) -> Iterator[str]:
    if service.props.get("sigintRollback"):
        yield (
            "sigintRollback true: a version of the provider takes the end of its own polls for an "
            "interrupt and rolls a healthy deployment back. false passes."
        )


CIRCUIT_BREAKER = ResourceRule(
    name="deployment-circuit-breaker",
    description="A rolling deployment that fails stops and goes back by itself.",
    protects_from=(
        "A revision whose tasks die is started again and again, for hours, while the service "
        "runs on what is left of the old one."
    ),
    source="Practice S2-17; AWS: ECS API, DeploymentCircuitBreaker and DeploymentController.",
    types={ECS_SERVICE},
    judge=_circuit_breaker,
    severity=Severity.HIGH,
    remediation=(
        "Evenkeel's program always sets it. Elsewhere, set deploymentCircuitBreaker of the service "
        "to {enable: true, rollback: true}, and deploymentController.type to ECS or leave it out."
    ),
)

ROLLOUT_CHECKED = PlanRule(
    name="deployment-rollout-checked",
    description="A Rollout judges every change of a service.",
    protects_from=(
        "An update that is reported as done while the service still runs, or is back on, the old "
        "revision."
    ),
    source="Practice S3-15; AWS: ECS developer guide, deployment circuit breaker (rollback).",
    types={ECS_SERVICE},
    judge=_rollout_checked,
    severity=Severity.HIGH,
    remediation=(
        "Evenkeel's program always has one. Elsewhere, add a Rollout (infra.rollout) whose "
        "depends_on names the ecs.Service."
    ),
)

TIMEOUT_FITS = ResourceRule(
    name="deployment-timeout-fits",
    description="The rollout waits as long as the slowest deployment of the stage takes.",
    protects_from=(
        "Updates fail while ECS is still deploying well, at the busiest hour above all, and what "
        "depends on the rollout never runs."
    ),
    source="Practices S3-15 and S3-14; AWS: ECS API, DeploymentConfiguration (rounding).",
    types={ROLLOUT},
    judge=_timeout_fits,
    severity=Severity.MEDIUM,
    remediation=(
        "Raise timeoutSeconds in evenkeel:deployment. A higher maximumPercent, or a shorter "
        "drain, makes the deployment itself faster."
    ),
)

NO_SIGINT_ROLLBACK = ResourceRule(
    name="deployment-no-sigint-rollback",
    description="No deployment is rolled back because the provider was interrupted.",
    protects_from="Healthy deployments are rolled back within seconds, as if by a user.",
    source="hashicorp/terraform-provider-aws, issue 49031 and pull request 49077.",
    types={ECS_SERVICE},
    judge=_no_sigint_rollback,
    severity=Severity.HIGH,
    remediation=(
        "Evenkeel's program never sets it. Elsewhere, remove sigintRollback from the service; the "
        "circuit breaker rolls back what is broken."
    ),
)

RULES: list[Rule] = [CIRCUIT_BREAKER, ROLLOUT_CHECKED, TIMEOUT_FITS, NO_SIGINT_ROLLBACK]
