"""What a blocked client is answered: the web ACL's own response, by the rule that blocked."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.dataplane.firewall.rules import DEFAULT, MALFORMED, WebAcl, ordered
from sandbox.dataplane.resources import Resource, extension

_MEDIA_TYPES = {
    "TEXT_PLAIN": "text/plain",
    "TEXT_HTML": "text/html",
    "APPLICATION_JSON": "application/json",
}
# What a load balancer answers when a block has no response of its own.
_PLAIN = (
    "<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body>\r\n"
    "<center><h1>403 Forbidden</h1></center>\r\n</body>\r\n</html>\r\n"
)
_MARK = {"Name": "x-refused-by", "Value": "firewall"}
NOT_A_PATH = (
    "Refused by the firewall: the request target is not a path. "
    "The service has not seen the request."
)
MALFORMED_TARGET = (
    "Refused by the firewall: the request target is malformed. "
    "The service has not seen the request."
)
# A bare line feed ends a request line before its version: HTTP/0.9.
OLD_VERSION = (
    "Refused by the firewall: the request line names no HTTP version from 1.1 on. "
    "The service has not seen the request."
)


def local_replies(web_acl: WebAcl | None) -> list[Resource]:
    """Mappers for the connection manager's `local_reply_config`; none without a web ACL."""
    return [] if web_acl is None else list(_mappers(web_acl))


def _mappers(web_acl: WebAcl) -> Iterator[Resource]:
    blocks = [(rule["Name"], rule.get("Action") or {}) for rule in ordered(web_acl)]
    for name, action in [*blocks, (DEFAULT, web_acl["DefaultAction"])]:
        if "Block" in action:
            custom = (action["Block"] or {}).get("CustomResponse")
            yield _own(name, custom, web_acl.get("CustomResponseBodies") or {})
    # Envoy answers these before any filter is asked, the first two with 404.
    unjudged = _details("absolute_path_rejected", "route_not_found")
    yield _mapper(unjudged, 403, NOT_A_PATH, "text/plain", [_MARK])
    malformed = _details(_denied(MALFORMED), "path_normalization_failed")
    yield _mapper(malformed, 400, MALFORMED_TARGET, "text/plain", [_MARK])
    yield _mapper(_details("low_version"), 400, OLD_VERSION, "text/plain", [_MARK])


def _own(
    rule: str, response: Mapping[str, Any] | None, bodies: Mapping[str, Mapping[str, str]]
) -> Resource:
    if response is None:
        return _mapper(_details(_denied(rule)), 403, _PLAIN, "text/html", [])
    body = bodies.get(response.get("CustomResponseBodyKey", ""))
    text, media = (body["Content"], _MEDIA_TYPES[body["ContentType"]]) if body else ("", "")
    headers = response.get("ResponseHeaders") or []
    return _mapper(_details(_denied(rule)), response["ResponseCode"], text, media, headers)


def _denied(rule: str) -> str:
    """Envoy's response code details of a request that *rule* has blocked."""
    return f"rbac_access_denied_matched_policy[{rule}]"


def _details(*details: str) -> Resource:
    listed = ", ".join(f"'{each}'" for each in details)
    kind = "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter"
    expression = f"response.code_details in [{listed}]"
    return {"extension_filter": extension("refused", kind, expression=expression)}


def _mapper(
    refused: Resource, status: int, text: str, media: str, headers: list[Mapping[str, str]]
) -> Resource:
    shown = {"text_format_source": {"inline_string": "%LOCAL_REPLY_BODY%"}}
    return {
        "filter": refused,
        "status_code": status,
        "body": {"inline_string": text},
        "body_format_override": {**shown, "content_type": media},
        "headers_to_add": [_header(each["Name"], each["Value"]) for each in headers],
    }


def _header(name: str, value: str) -> Resource:
    escaped = value.replace("%", "%%")  # % begins a command of Envoy's
    append = "OVERWRITE_IF_EXISTS_OR_ADD"
    return {"header": {"key": name, "value": escaped}, "append_action": append}
