"""A role that every AWS account may take."""

import json

from tests.policies.programs import mutated

mutated(
    "aws:iam/role:Role",
    name="evenkeel-production-task",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"AWS": "*"},
            },
        }
    ),
)
