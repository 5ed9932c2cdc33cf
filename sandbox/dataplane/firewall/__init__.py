"""A web ACL enforced inside Envoy, on the request path as the client sent it."""

from sandbox.dataplane.firewall.configuration import (
    access_logs,
    connection_manager,
    http_filters,
    per_route,
)
from sandbox.dataplane.firewall.errors import UnsupportedRuleError
from sandbox.dataplane.firewall.replies import local_replies

__all__ = [
    "UnsupportedRuleError",
    "access_logs",
    "connection_manager",
    "http_filters",
    "local_replies",
    "per_route",
]
