"""A role that may read a secret, and change and delete it too."""

from tests.policies.programs import mutated

mutated(
    "aws:iam/rolePolicy:RolePolicy",
    name="evenkeel-production-migration-execution",
    policy=lambda text: text.replace("secretsmanager:GetSecretValue", "secretsmanager:*"),
)
