"""On which side of the service's change a migration runs, as the stage has declared it."""

from collections.abc import Iterable, Iterator

from pulumi_policy import Severity

from infra.settings import ExpandContract, SingleMigration
from policies.facts import stage
from policies.plan import Plan, Resource
from policies.resource_types import ECS_SERVICE, MIGRATION_RUN, ROLLOUT
from policies.rules import PlanRule, ResourceRule


def _order(service: Resource, plan: Plan) -> Iterator[str]:
    given = stage().migrations
    if given is None:
        return
    rollouts = [r for r in plan.of_type({ROLLOUT}) if plan.comes_after(r, service)]
    for phase, is_first in _phases(given):
        runs = [run for run in plan.of_type({MIGRATION_RUN}) if run.props["phase"] == phase]
        if not runs:
            yield (
                f"order {given.order} has a migration of phase {phase}, and the program runs none: "
                f'the service meets a schema that nobody changed. MigrationTask.run("{phase}", …) '
                "passes, and so does a stage without evenkeel:migrations."
            )
        elif is_first:
            yield from _before(service, runs, plan, given.order)
        else:
            yield from _after(rollouts, runs, plan, given.order)


def _before(service: Resource, runs: Iterable[Resource], plan: Plan, order: str) -> Iterator[str]:
    for run in runs:
        if not plan.comes_after(service, run):
            yield (
                f"order {order}, and the service does not depend on {run.name}: new code starts on "
                "the old schema, also after the migration has failed. "
                f"depends_on with {run.name} passes."
            )


def _after(
    rollouts: list[Resource], runs: Iterable[Resource], plan: Plan, order: str
) -> Iterator[str]:
    for run in runs:
        if not any(plan.comes_after(run, rollout) for rollout in rollouts):
            yield (
                f"order {order}, and {run.name} does not depend on a Rollout of this service: the "
                "schema changes under the old code. depends_on with the Rollout, which depends on "
                "the service, passes."
            )


def _phases(given: SingleMigration | ExpandContract) -> list[tuple[str, bool]]:
    """Each phase that a stage declares, and whether it comes before the service."""
    if isinstance(given, ExpandContract):
        return [("expand", True), ("contract", False)]
    return [("migrate", given.order == "before")]


def _old_code_ready(_run: Resource) -> Iterator[str]:
    settings = stage()
    given = settings.migrations
    if given is None or given.order != "after":
        return
    rollout, migration = settings.deployment.timeout_seconds, given.timeout_seconds
    yield (
        "order after: new code runs on the old schema until the migration has run, for up to "
        f"{rollout} s of rollout + {migration} s of migration = {rollout + migration} s. "
        "Where it cannot, order: before passes."
    )


ORDER = PlanRule(
    name="migration-order",
    description="A migration runs on the side of the service's change that the stage declares.",
    protects_from=(
        "New code starts on a schema that lacks what it needs, or the schema changes under the "
        "old code; a migration that has failed no longer stops the deployment."
    ),
    source="Practices S0-04 and S0-05 (before) and S3-08 (after).",
    types={ECS_SERVICE},
    judge=_order,
    severity=Severity.CRITICAL,
    remediation=(
        "Evenkeel's program follows evenkeel:migrations.order. Elsewhere, let the ecs.Service "
        "depend on the MigrationRun (before, expand), or the MigrationRun on the Rollout (after, "
        "contract), with depends_on."
    ),
)

OLD_CODE_READY = ResourceRule(
    name="migration-old-code-ready",
    description="No new code has to run on the old schema until a late migration has run.",
    protects_from=(
        "The new revision fails on columns that are not there yet, its tasks are never healthy, "
        "and the migration that would help waits for them."
    ),
    source="Practices S0-04 and S3-08, which disagree about the order.",
    types={MIGRATION_RUN},
    judge=_old_code_ready,
    advisory=True,
    severity=Severity.MEDIUM,
    remediation=(
        "Make sure that the new code runs on the old schema. Otherwise set "
        "evenkeel:migrations.order to before, or to expandContract with what the code needs in "
        "expand and what nobody needs any more in contract."
    ),
)
