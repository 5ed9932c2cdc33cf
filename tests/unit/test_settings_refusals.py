"""What a stage may not say about size, service and database, each by its message."""

from typing import Any

import pytest

from tests.support.stages import problems_of

TAGGED = "r.example.com/web:latest"
NIGHT = {"name": "night", "cron": "0 22 * * ? *", "min": 1, "max": 4}

# (changes to the production stage, the setting's path, parts of the message)
REFUSED: list[tuple[dict[str, Any], str, tuple[str, ...]]] = [
    # Types and ranges.
    ({"capacity.max": "8"}, "evenkeel:capacity.max", ('"8"', "1 to 5000", "without quotes")),
    ({"capacity.max": 8.5}, "evenkeel:capacity.max", ("8.5", "whole number")),
    ({"capacity.max": 0}, "evenkeel:capacity.max", ("is 0", "1 to 5000", "raise max")),
    ({"capacity.min": -1}, "evenkeel:capacity.min", ("is -1", "0 to 5000", "raise min")),
    ({"capacity.min": True}, "evenkeel:capacity.min", ("true", "whole number")),
    ({"capacity.schedules": "none"}, "evenkeel:capacity.schedules", ("a list",)),
    ({"capacity": 3}, "evenkeel:capacity", ("is 3", "a mapping with min, max")),
    ({"capacity.isScaledUp": "yes"}, "evenkeel:capacity.isScaledUp", ("true or false",)),
    ({"service.port": 70000}, "evenkeel:service.port", ("1 to 65535", "lower port")),
    ({"service.environment.DEBUG": False}, "evenkeel:service.environment.DEBUG", ("in quotes",)),
    ({"service.environment.N": 8}, "evenkeel:service.environment.N", ("put it in quotes",)),
    ({"service.environment.1A": "x"}, "evenkeel:service.environment.1A", ("no digit first",)),
    ({"observability.logRetentionDays": 31}, "evenkeel:observability.logRetentionDays",
     ("30, 60",)),
    ({"observability.notify": "ops"}, "evenkeel:observability.notify", ("e-mail address",)),
    ({"region": "Ireland"}, "aws:region", ("eu-west-1",)),
    ({"tier": "prod"}, "evenkeel:tier", ("production, staging, test",)),
    # Unknown keys.
    ({"capacity.maximum": 8}, "evenkeel:capacity.maximum", ("unknown key", "keys min, max")),
    ({"capacity.is_scaled_up": True}, "evenkeel:capacity.is_scaled_up", ("mean isScaledUp?",)),
    ({"sevice": {}}, "evenkeel:sevice", ("unknown key", "did you mean service?")),
    ({"service.secure": "x"}, "evenkeel:service.secure", ("service.secrets, by ARN",)),
    ({"routing.http.slowStart": 60}, "evenkeel:routing.http.slowStart",
     ("least outstanding requests", "routing.websocket.slowStart")),
    # Capacity.
    ({"capacity.max": 1}, "evenkeel:capacity.max", ("2 or more, because min is 2",)),
    ({"capacity.schedules[1].max": 1}, "evenkeel:capacity.schedules[1].max", ("2 or more",)),
    ({"capacity.schedules[1].cron": "0 22 * * MON"}, "evenkeel:capacity.schedules[1].cron",
     ("six fields", "it has 5 fields")),
    ({"capacity.schedules[0].timezone": "Mars"}, "evenkeel:capacity.schedules[0].timezone",
     ("Mars", "Europe/Berlin")),
    ({"capacity.schedules[0].timezone": "../UTC"}, "evenkeel:capacity.schedules[0].timezone",
     ("IANA",)),
    ({"capacity.schedules[1].name": "weekday-morning"}, "evenkeel:capacity.schedules[1].name",
     ("no other schedule", "rename")),
    ({"capacity.schedules[1].name": "event-end"}, "evenkeel:capacity.schedules[1].name", ()),
    ({"capacity.schedules[1].name": "a-after-event"}, "evenkeel:capacity.schedules[1].name", ()),
    ({"capacity.schedules[1].name": "a/b"}, "evenkeel:capacity.schedules[1].name", ("hyphens",)),
    ({"capacity.schedules": [{**NIGHT, "name": f"n{n}"} for n in range(100)]},
     "evenkeel:capacity.schedules", ("a list of 100", "up to 99")),
    ({"capacity.scaledUp": None, "capacity.schedules": [{**NIGHT, "name": f"n{n}"} for n in
      range(201)]}, "evenkeel:capacity.schedules", ("up to 200",)),
    ({"capacity.isScaledUp": True, "capacity.scaledUp": None}, "evenkeel:capacity.scaledUp",
     ("min and until, because isScaledUp is true",)),
    ({"capacity.isScaledUp": True, "capacity.scaledUp.until": None},
     "evenkeel:capacity.scaledUp.until", ("give the end",)),
    ({"capacity.isScaledUp": True, "capacity.scaledUp.min": 9}, "evenkeel:capacity.scaledUp.min",
     ("8 or less while isScaledUp is true",)),
    ({"capacity.isScaledUp": True, "capacity.schedules[1].max": 5},
     "evenkeel:capacity.schedules[1].max", ("6 or more", "isScaledUp raises every minimum")),
    ({"capacity.scaledUp.until": "2026-12-01T23:00:00"}, "evenkeel:capacity.scaledUp.until",
     ('end it with "Z"',)),
    ({"capacity.scaledUp.until": "soon"}, "evenkeel:capacity.scaledUp.until", ("date, time",)),
    # Service.
    ({"service.cpu": 300}, "evenkeel:service.cpu", ("256, 512",)),
    ({"service.memory": 1024}, "evenkeel:service.memory",
     ("for cpu 1024, Fargate has 2048 to 8192 in steps of 1024",)),
    ({"service.cpu": 256, "service.memory": 4096}, "evenkeel:service.memory",
     ("512, 1024, 2048",)),
    ({"service.healthCheck.timeoutSeconds": 30}, "evenkeel:service.healthCheck.timeoutSeconds",
     ("less than intervalSeconds, which is 30",)),
    ({"service.healthCheck.intervalSeconds": 4}, "evenkeel:service.healthCheck.intervalSeconds",
     ("5 to 300",)),
    ({"service.healthCheck.healthyThreshold": 11}, "evenkeel:service.healthCheck.healthyThreshold",
     ("2 to 10",)),
    ({"service.healthCheck.successCodes": "200-599"}, "evenkeel:service.healthCheck.successCodes",
     ("200-499",)),
    ({"service.healthCheck.path": "health"}, "evenkeel:service.healthCheck.path",
     ("starts with /",)),
    ({"service.stopTimeoutSeconds": 121}, "evenkeel:service.stopTimeoutSeconds", ("2 to 120",)),
    ({"service.environment.PORT": "80"}, "evenkeel:service.environment.PORT",
     ("Evenkeel sets it",)),
    ({"service.secrets.DB_POOL_SIZE": "arn:aws:ssm:eu-west-1:123456789012:parameter/p"},
     "evenkeel:service.secrets.DB_POOL_SIZE", ("Evenkeel sets it",)),
    ({"service.environment.DATABASE_URL": "x"}, "evenkeel:service.secrets.DATABASE_URL",
     ("keep one of the two",)),
    ({"service.secrets.KEY": "hunter2"}, "evenkeel:service.secrets.KEY", ("never the secret",)),
    ({"service.image": TAGGED}, "evenkeel:service.image",
     ("by digest", "a tag may point")),
    ({"service.workers.count": 21}, "evenkeel:database.connectionsPerTask",
     ("21 or more", "service.workers.count")),
    # Database.
    ({"database.instanceClass": "db.serverless"}, "evenkeel:database.instanceClass",
     ("set maxConnections",)),
    ({"database.instanceClass": "t4g.medium"}, "evenkeel:database.instanceClass",
     ("db.t4g.medium",)),
    ({"database.engine": "oracle"}, "evenkeel:database.engine", ("aurora-mysql",)),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "path", "says"), REFUSED)
def test_refused_with_its_path_and_next_step(
    changes: dict[str, Any], path: str, says: tuple[str, ...]
) -> None:
    """Exactly one problem, at the setting's own path, saying what is allowed and what to do."""
    (problem,) = problems_of(changes)
    assert problem.path == path
    for part in (f"  {path} is ", "allowed: ", "next: ", *says):
        assert part in str(problem)
