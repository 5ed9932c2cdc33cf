"""The load balancer's own errors: Envoy's, said as an ALB says them."""

from sandbox.dataplane.resources import Resource

SERVER = "awselb/2.0"
# Envoy's reason (response flags, Envoy's access log documentation) -> an ALB's status and title.
# An ALB says 502 where a target refuses or breaks the connection; Envoy says 503.
_BAD_GATEWAY = ["UF", "UC", "UR", "UPE"]  # refused, closed, reset, not HTTP
_UNAVAILABLE = ["UH", "UO", "NC"]  # no target
_TIMED_OUT = ["SI", "UT"]  # silent for the idle timeout


def mappers() -> list[Resource]:
    """Entries of the connection manager's `local_reply_config`."""
    silent = {"and_filter": {"filters": [_flags(_TIMED_OUT), _status(504)]}}
    return [
        _mapper(_flags(_BAD_GATEWAY), 502, "Bad Gateway"),
        _mapper(_flags(_UNAVAILABLE), 503, "Service Temporarily Unavailable"),
        _mapper(silent, 504, "Gateway Time-out"),
    ]


def _mapper(condition: Resource, status: int, title: str) -> Resource:
    page = (
        f"<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{status} {title}</h1></center>\r\n</body>\r\n</html>\r\n"
    )
    text = {"text_format_source": {"inline_string": page}, "content_type": "text/html"}
    return {"filter": condition, "status_code": status, "body_format_override": text}


def _flags(flags: list[str]) -> Resource:
    return {"response_flag_filter": {"flags": flags}}


def _status(status: int) -> Resource:
    value = {"default_value": status, "runtime_key": "evenkeel.no_such_key"}
    return {"status_code_filter": {"comparison": {"op": "EQ", "value": value}}}
