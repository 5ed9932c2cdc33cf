"""Routing: how requests reach tasks, and how they leave them."""

from policies.routing.health import HEALTH_CHECK
from policies.routing.spreading import (
    HTTP_LEAST_OUTSTANDING,
    LOR_XOR_SLOW_START,
    POLLING_STICKY,
    WEBSOCKET_SLOW_START,
)
from policies.routing.timing import DRAIN_FITS, GRACE_COVERS_WARM_UP, IDLE_ABOVE_PING
from policies.routing.tls import TLS
from policies.rules import Rule

RULES: list[Rule] = [
    LOR_XOR_SLOW_START,
    HTTP_LEAST_OUTSTANDING,
    WEBSOCKET_SLOW_START,
    POLLING_STICKY,
    DRAIN_FITS,
    IDLE_ABOVE_PING,
    TLS,
    HEALTH_CHECK,
    GRACE_COVERS_WARM_UP,
]
