"""A stage file as edits of a small base, so that it can be cut down to the edits that matter."""

from collections.abc import Mapping
from typing import Any

Edits = dict[str, Any]

GIVEN = {
    "vpcId": "vpc-0a",
    "publicSubnetIds": ["subnet-0d", "subnet-0e"],
    "privateSubnetIds": ["subnet-0a", "subnet-0b"],
}
BASE: Mapping[str, Any] = {
    "aws:region": "eu-west-1",
    "evenkeel:tier": "staging",
    # A network that is there already: a third of the resources to record fewer.
    "evenkeel:network": GIVEN,
    "evenkeel:service": {"image": "registry.example.com/web@sha256:" + "0" * 64, "port": 3000},
    "evenkeel:database": {
        "engine": "postgres",
        "instanceClass": "db.t4g.medium",
        "connectionsPerTask": 20,
    },
    "evenkeel:routing": {
        "certificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d"
    },
}


def config_of(edits: Edits) -> dict[str, Any]:
    """The `config:` section of the base with *edits*, by path: `{"capacity.max": 5}`."""
    config: dict[str, Any] = {
        key: dict(value) if isinstance(value, dict) else value for key, value in BASE.items()
    }
    for path, value in edits.items():
        *above, last = f"evenkeel:{path}".split(".")
        at = config
        for key in above:
            at = at.setdefault(key, {})
        at[last] = value
    return config
