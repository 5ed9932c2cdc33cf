"""A role that may read every secret of the account."""

import re

from tests.policies.programs import mutated

mutated(
    "aws:iam/rolePolicy:RolePolicy",
    name="evenkeel-production-migration-execution",
    policy=lambda text: re.sub(r"(:secret:)[^\"]+", r"\1*", text),
)
