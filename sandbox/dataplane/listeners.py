"""A listener of a load balancer as an Envoy listener on a port of 127.0.0.1.

Only what cannot travel with the routes is here. When it changes, Envoy opens the new listener
beside the old one on the same socket, and old connections live on (see `envoy.DRAIN`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.dataplane import access_log, counters, firewall, headers, replies, stickiness
from sandbox.dataplane.certificates import certificate
from sandbox.dataplane.resources import (
    FILTERS,
    LISTENER,
    Resource,
    address,
    extension,
    seconds,
    typed,
)
from sandbox.dataplane.snapshot import Listener, LoadBalancer

_MANAGER = f"{FILTERS}.network.http_connection_manager.v3.HttpConnectionManager"
_ROUTER = extension(
    "envoy.filters.http.router", f"{FILTERS}.http.router.v3.Router", suppress_envoy_headers=True
)
_TLS = "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext"
_HEADERS_KIB = 64  # all request headers; ELB quota
_HEADERS = _HEADERS_KIB * 1024 // 4  # as many as fit: an ALB has no limit of their number


@dataclass(frozen=True)
class Place:
    """Where listeners write and read."""

    folder: Path
    source: Callable[[str], Resource]
    """Where Envoy finds a resource file, by name."""


def listener(balancer: LoadBalancer, listener: Listener, port: int, place: Place) -> Resource:
    """The Envoy listener on 127.0.0.1:`port`."""
    manager = extension(
        "envoy.filters.network.http_connection_manager",
        _MANAGER,
        **_manager(balancer, listener, place),
    )
    chain: Resource = {"filters": [manager]}
    if listener.secure:
        chain["transport_socket"] = _tls(balancer, listener, place.folder / "certificates")
    return typed(
        LISTENER,
        name=listener.key,
        address=address("127.0.0.1", port),
        # A port that another process serves must be refused, not shared.
        enable_reuse_port=False,
        filter_chains=[chain],
    )


def _manager(balancer: LoadBalancer, listener: Listener, place: Place) -> Resource:
    own_replies = [*firewall.local_replies(balancer.web_acl), *replies.mappers()]
    logs = access_log.entries(place.folder / "access.log", balancer, listener)
    logs += counters.access_logs(listener)
    filters = [*firewall.http_filters(), headers.http_filter(), stickiness.http_filter(), _ROUTER]
    return {
        "stat_prefix": listener.key,
        # Without TLS an ALB speaks HTTP/1.1 alone.
        "codec_type": "AUTO" if listener.secure else "HTTP1",
        "rds": {
            "route_config_name": listener.key,
            "config_source": place.source(f"routes-{listener.key}"),
        },
        "http_filters": filters,
        "upgrade_configs": [{"upgrade_type": "websocket"}],
        "local_reply_config": {"mappers": own_replies},
        "access_log": [
            *logs,
            *firewall.access_logs(
                place.folder / "firewall.log", balancer.web_acl, balancer.waf_source
            ),
        ],
        **_about_clients(),
        **_limits(balancer),
        **firewall.connection_manager(),
    }


def _about_clients() -> Resource:
    return {
        "use_remote_address": True,  # X-Forwarded-Proto from the connection
        "skip_xff_append": True,  # see headers.added
        # A caller's x-envoy-… headers are its own affair: nobody is inside but this address.
        "internal_address_config": {
            "cidr_ranges": [{"address_prefix": "255.255.255.255", "prefix_len": 32}]
        },
        "server_name": replies.SERVER,
        "server_header_transformation": "APPEND_IF_ABSENT",
        "generate_request_id": False,
    }


def _limits(balancer: LoadBalancer) -> Resource:
    idle = seconds(balancer.idle_timeout)
    return {
        "common_http_protocol_options": {"idle_timeout": idle, "max_headers_count": _HEADERS},
        "stream_idle_timeout": idle,
        "request_headers_timeout": idle,
        "max_request_headers_kb": _HEADERS_KIB,
    }


def _tls(balancer: LoadBalancer, listener: Listener, folder: Path) -> Resource:
    files = [certificate(folder, arn) for arn in listener.certificates]
    http2 = balancer.attributes["routing.http2.enabled"] == "true"
    context = {
        "tls_params": {"tls_minimum_protocol_version": tls_version(listener.record["SslPolicy"])},
        "alpn_protocols": [*(["h2"] if http2 else []), "http/1.1"],
        "tls_certificates": [
            {
                "certificate_chain": {"filename": str(pair.certificate)},
                "private_key": {"filename": str(pair.key)},
            }
            for pair in files
        ],
    }
    return extension("envoy.transport_sockets.tls", _TLS, common_tls_context=context)


def tls_version(policy: str) -> str:
    """The oldest TLS that a security policy takes; its name says so, by AWS's naming."""
    found = re.search(r"-1-([0123])-", policy.replace("TLS13", ""))
    return f"TLSv1_{found[1] if found else '0'}"
