"""The hash of the service's inputs, on which the rollout is keyed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pulumi_aws as aws

from infra.service import Service, ServiceArgs, fingerprint
from tests.support.program import register
from tests.unit.test_service import ARGS, CONTAINER

CHANGES: list[Mapping[str, Any]] = [
    {"service_name": "other"},
    {"cluster_arn": "arn:other"},
    {"container": replace(CONTAINER, name="other")},
    {"port": 3001},
    {"capacity_provider": "FARGATE_SPOT"},
    {"deployment": replace(ARGS.deployment, minimum_healthy_percent=50)},
    {"deployment": replace(ARGS.deployment, maximum_percent=150)},
    {"deployment": replace(ARGS.deployment, health_check_grace_seconds=60)},
    {"subnet_ids": ["subnet-3"]},
    {"security_group_id": "sg-other"},
    {"target_group_arns": {"http": "arn:http"}},
]


def hash_of(args: ServiceArgs) -> str:
    """The hash that a rollout is keyed on."""

    def program() -> dict[str, Any]:
        return {"hash": Service("x", args).inputs_hash}

    return str(register(program).outputs["hash"])


def test_rollout_is_due_when_any_input_of_the_service_changes() -> None:
    """Every input of the service is in the hash, but the count that scaling owns."""
    hashes = [hash_of(replace(ARGS, **change)) for change in ({}, *CHANGES)]
    assert len(set(hashes)) == len(hashes)
    assert hash_of(replace(ARGS, initial_tasks=7)) == hashes[0]


def test_new_revision_changes_the_hash() -> None:
    """Another task definition is another rollout."""

    def program() -> dict[str, Any]:
        return {
            arn: fingerprint(aws.ecs.ServiceArgs(task_definition=arn)) for arn in ("a:1", "a:2")
        }

    outputs = register(program).outputs
    assert outputs["a:1"] != outputs["a:2"]
