"""Migrations in the service, on the wrong side of it, or where they may be cut short."""

from tests.policies.cases import Case

SERVICE = "evenkeel-production"
RUN = "evenkeel-production-migration-migrate"
IMAGE_DIGEST = "8f2b6c1d4e5a79308b1c2d3e4f5061728394a5b6c7d8e9f00112233445566778"

CASES: list[Case] = [
    Case(
        policy="migration-separate",
        shows="the service's command is the migration's",
        edits={"service.command": ["alembic", "upgrade", "head"]},
        fires=frozenset({("migration-separate", RUN), ("migration-not-in-service", SERVICE)}),
        says=(
            'command "alembic upgrade head" is the service\'s too',
            "A command that no container of the service has passes",
        ),
        fix={"service.command": []},
    ),
    Case(
        policy="migration-separate",
        shows="a migration in the service's family",
        program="migration_in_the_service_family.py",
        fires=frozenset({("migration-separate", RUN)}),
        says=(
            "family evenkeel-production-service is the service's too",
            "evenkeel-production-service-migration passes",
        ),
        fix_program=(('"evenkeel-production-service"', '"evenkeel-production-service-migration"'),),
    ),
    Case(
        policy="migration-separate",
        shows="a migration of another image",
        program="migration_of_another_build.py",
        fires=frozenset({("migration-separate", RUN)}),
        says=(
            f"image registry.example.com/web@sha256:{'0' * 64} is not the service's",
            f"registry.example.com/web@sha256:{IMAGE_DIGEST} passes",
        ),
        fix_program=(("0" * 64, IMAGE_DIGEST),),
    ),
    Case(
        policy="migration-order",
        shows="a service that does not wait for a migration before it",
        program="migration_not_awaited.py",
        fires=frozenset({("migration-order", SERVICE)}),
        says=(
            f"order before, and the service does not depend on {RUN}",
            f"depends_on with {RUN} passes",
        ),
        fix_program=((" if not isinstance(each, MigrationRun)", ""),),
    ),
    Case(
        policy="migration-order",
        shows="a migration that does not wait for the rollout before it",
        edits={"migrations.order": "after"},
        program="migration_beside_rollout.py",
        fires=frozenset({("migration-order", SERVICE), ("migration-old-code-ready", RUN)}),
        says=(
            f"order after, and {RUN} does not depend on a Rollout of this service",
            "depends_on with the Rollout, which depends on the service, passes",
        ),
        fix_program=(("depends_on = []", "depends_on = [*options.depends_on]"),),
        leaves=frozenset({("migration-old-code-ready", RUN)}),
    ),
    Case(
        policy="migration-order",
        shows="a stage with migrations that nothing runs",
        program="migration_never_run.py",
        fires=frozenset({("migration-order", SERVICE)}),
        says=(
            "order before has a migration of phase migrate, and the program runs none",
            "a stage without evenkeel:migrations",
        ),
        fix={"migrations": None},
    ),
    Case(
        policy="migration-old-code-ready",
        shows="a migration after the rollout",
        edits={"migrations.order": "after"},
        fires=frozenset({("migration-old-code-ready", RUN)}),
        says=(
            "900 s of rollout + 900 s of migration = 1800 s",
            "order: before passes",
        ),
        fix={"migrations.order": "before"},
    ),
    Case(
        policy="migration-not-in-service",
        shows="a known migration tool in a shell before the server",
        edits={"service.command": ["sh", "-c", "alembic upgrade head && exec gunicorn app:app"]},
        fires=frozenset({("migration-not-in-service", SERVICE)}),
        says=(
            'command of container service runs "alembic upgrade head", a migration',
            "an empty command, which leaves the image its own, passes",
        ),
        fix={"service.command": []},
    ),
    Case(
        policy="migration-not-in-service",
        shows="the stage's own migration before the server",
        edits={
            "migrations.command": ["bin/schema"],
            "service.command": ["sh", "-c", "bin/schema && exec bin/serve"],
        },
        fires=frozenset({("migration-not-in-service", SERVICE)}),
        says=('command of container service runs "bin/schema", a migration',),
        fix={"service.command": []},
    ),
    Case(
        policy="migration-on-demand",
        shows="a migration on Spot, where the service is on Spot too",
        stage="staging",
        program="migration_on_spot.py",
        fires=frozenset({("migration-on-demand", "evenkeel-staging-migration-migrate")}),
        says=("capacityProvider is FARGATE_SPOT", "two minutes' notice", "FARGATE passes"),
        fix_program=(('"FARGATE_SPOT"', '"FARGATE"'),),
    ),
]
