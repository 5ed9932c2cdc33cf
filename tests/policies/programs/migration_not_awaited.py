"""A service that does not wait for the migration."""

from typing import Any

from infra.migrations import MigrationRun
from tests.policies.programs import mutated


def without_the_migration(options: Any) -> Any:
    options.depends_on = [each for each in options.depends_on if not isinstance(each, MigrationRun)]
    return options


mutated("aws:ecs/service:Service", options=without_the_migration)
