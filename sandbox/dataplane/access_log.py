"""The access log: one line of JSON a request, under an ALB's field names.

Fields: ELB user guide, "Access logs for your Application Load Balancer". Times of processing are in
milliseconds, and their names say so; an ALB writes seconds. A websocket's line is written when it
closes.
"""

from pathlib import Path

from sandbox.dataplane.resources import Resource, extension
from sandbox.dataplane.snapshot import Listener, LoadBalancer

_FIELDS = {
    "time": "%START_TIME(%Y-%m-%dT%H:%M:%E6SZ)%",
    "client:port": "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%",
    "target:port": "%UPSTREAM_HOST%",
    "request_processing_time_ms": "%COMMON_DURATION(DS_RX_BEG:US_TX_BEG:ms)%",
    "target_processing_time_ms": "%COMMON_DURATION(US_TX_BEG:US_RX_BEG:ms)%",
    "response_processing_time_ms": "%COMMON_DURATION(US_RX_BEG:DS_TX_BEG:ms)%",
    "duration_ms": "%DURATION%",
    "elb_status_code": "%RESPONSE_CODE%",
    "target_status_code": "%RESP(:status)%",
    "received_bytes": "%BYTES_RECEIVED%",
    "sent_bytes": "%BYTES_SENT%",
    "request": "%REQ(:method)% %REQ(:path)% %PROTOCOL%",
    "user_agent": "%REQ(user-agent)%",
    "ssl_cipher": "%DOWNSTREAM_TLS_CIPHER%",
    "ssl_protocol": "%DOWNSTREAM_TLS_VERSION%",
    "target_group_arn": "%METADATA(CLUSTER:evenkeel:target_group_arn)%",
    "trace_id": "%REQ(x-amzn-trace-id)%",
    "domain_name": "%REQ(:authority)%",
    "matched_rule_priority": "%METADATA(ROUTE:evenkeel:matched_rule_priority)%",
    "actions_executed": "%METADATA(ROUTE:evenkeel:actions_executed)%",
    "redirect_url": "%RESP(location)%",
    "envoy_details": "%RESPONSE_CODE_DETAILS%",
}
_UPGRADE = {
    "name": "upgrade",
    "string_match": {"exact": "websocket", "ignore_case": True},
    "treat_missing_header_as_empty": True,
}


def entries(path: Path, balancer: LoadBalancer, listener: Listener) -> list[Resource]:
    """The definitions for one listener; `type` is http, https, ws or wss as on AWS."""
    websocket = {"header_filter": {"header": _UPGRADE}}
    other = {"header_filter": {"header": {**_UPGRADE, "invert_match": True}}}
    secure = "s" if listener.secure else ""
    return [
        _entry(path, balancer, listener, f"http{secure}", other),
        _entry(path, balancer, listener, f"ws{secure}", websocket),
    ]


def _entry(
    path: Path, balancer: LoadBalancer, listener: Listener, kind: str, condition: Resource
) -> Resource:
    own = {
        "type": kind,
        "elb": balancer.arn.partition(":loadbalancer/")[2],
        "listener_port": str(listener.port),
    }
    log = extension(
        "envoy.access_loggers.file",
        "envoy.extensions.access_loggers.file.v3.FileAccessLog",
        path=str(path),
        log_format={"json_format": {**own, **_FIELDS}},
    )
    return {**log, "filter": condition}
