"""Container definitions as ECS reads them."""

import json
from dataclasses import replace

from infra.containers import Container, definitions

SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:evenkeel/database-AbCdEf"
CONTAINER = Container(
    name="service",
    image="web:1",
    command=(),
    environment={"STAGE": "x", "PORT": "3000"},
    secrets={"DATABASE_URL": SECRET},
    stop_timeout_seconds=30,
    log_group="/evenkeel/x/service",
    region="eu-west-1",
    port=3000,
)


def test_definition_holds_everything_that_was_declared() -> None:
    """Variables, secrets by ARN, log, stop time-out and port all stand in the one definition."""
    assert json.loads(definitions(CONTAINER)) == [
        {
            "name": "service",
            "image": "web:1",
            "essential": True,
            "environment": [{"name": "PORT", "value": "3000"}, {"name": "STAGE", "value": "x"}],
            "secrets": [{"name": "DATABASE_URL", "valueFrom": SECRET}],
            "linuxParameters": {"initProcessEnabled": True},
            "stopTimeout": 30,
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": "/evenkeel/x/service",
                    "awslogs-region": "eu-west-1",
                    "awslogs-stream-prefix": "service",
                },
            },
            "portMappings": [{"containerPort": 3000, "hostPort": 3000, "protocol": "tcp"}],
        }
    ]


def test_command_and_port_are_there_only_when_given() -> None:
    """Without a command the image's own runs; a migration listens on no port."""
    bare = json.loads(definitions(replace(CONTAINER, port=None)))[0]
    assert not {"command", "portMappings"} & set(bare)
    given = json.loads(definitions(replace(CONTAINER, command=("serve", "--all"))))[0]
    assert given["command"] == ["serve", "--all"]


def test_reordered_stage_file_is_no_new_revision() -> None:
    """The order in which variables are written does not reach the task definition."""
    turned = replace(CONTAINER, environment={"PORT": "3000", "STAGE": "x"})
    assert definitions(turned) == definitions(CONTAINER)
