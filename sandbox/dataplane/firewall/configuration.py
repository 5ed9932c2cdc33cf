"""Envoy's configuration that enforces a web ACL, in the parts that a listener and a route take."""

from pathlib import Path

from sandbox.dataplane.firewall import rates, rules
from sandbox.dataplane.firewall.rules import WebAcl
from sandbox.dataplane.firewall.statements import PATH
from sandbox.dataplane.resources import FILTERS, Resource, extension, typed

TARGET_FILTER = "evenkeel.firewall.target"
RATE_FILTER = "evenkeel.firewall.rate"
RULES_FILTER = "evenkeel.firewall.rules"
_STATE = f"{FILTERS}.http.set_filter_state.v3.Config"
_RBAC = f"{FILTERS}.http.rbac.v3"
_DECISION = "envoy.filters.http.rbac"


def http_filters() -> list[Resource]:
    """The HTTP filters of a listener, before the router; none runs where no web ACL is attached."""
    filters = [
        extension(TARGET_FILTER, _STATE),
        rates.http_filter(RATE_FILTER),
        extension(RULES_FILTER, f"{_RBAC}.RBAC"),
    ]
    # A filter is enabled by the virtual host that has a configuration for it.
    return [{**each, "disabled": True} for each in filters]


def per_route(web_acl: WebAcl | None, clock_speed: float) -> dict[str, Resource]:
    """A virtual host's `typed_per_filter_config`, from *web_acl* as boto3's get_web_acl has it.

    *clock_speed* is sandbox seconds in a second. Raises UnsupportedRuleError.
    """
    if web_acl is None:
        return {}
    filters = {
        TARGET_FILTER: typed(_STATE, on_request_headers=[_KEPT]),
        RULES_FILTER: typed(f"{_RBAC}.RBACPerRoute", rbac=rules.matchers(web_acl)),
    }
    rate = rules.rate_rule(web_acl)
    if rate is not None:
        name = f"{web_acl['ARN']}/{rate['Name']}"
        body = rate["Statement"]["RateBasedStatement"]
        filters[RATE_FILTER] = rates.per_route(name, body, clock_speed)
    return filters


def access_logs(path: Path, web_acl: WebAcl | None, source: str) -> list[Resource]:
    """The decision log: a JSON line in *path* for every request that *web_acl* has judged.

    *source* is the load balancer, as `httpSourceId` of AWS WAF's log has it. The query, cookies
    and tokens are never written, whatever the logging configuration says.
    """
    if web_acl is None:
        return []
    managed = ",".join(rules.not_evaluated(web_acl))
    whose = {"webaclId": web_acl["ARN"], "httpSourceId": source}
    line = {**whose, "notEvaluated": managed or None, **_LINE}
    return [_log(path, {"action": word, **line}, result) for word, result in _RESULTS.items()]


def connection_manager() -> Resource:
    """Options of the connection manager: the target reaches filters and tasks as it was sent.

    A request for an upgrade to anything but websocket is judged and served without it.
    """
    return {
        "normalize_path": False,
        "merge_slashes": False,
        "path_with_escaped_slashes_action": "KEEP_UNCHANGED",
        # Else http://host/path would be judged and sent on as /path.
        "http_protocol_options": {
            "allow_absolute_url": False,
            "accept_http_10": False,
            # Envoy would answer 403 to the `Upgrade: TLS/1.2` that some clients send.
            "ignore_http_11_upgrade": [{"safe_regex": {"regex": _other_than("websocket")}}],
        },
    }


def _other_than(word: str) -> str:
    """An RE2 pattern, which knows no negation, that any text but the word matches as a whole."""
    shorter = (f"{word[:at]}([^{letter}].*)?" for at, letter in enumerate(word))
    return f"(?i)({'|'.join([*shorter, word])}.+)"


_LINE = {
    "timestamp": "%START_TIME%",
    "terminatingRuleId": f"%DYNAMIC_METADATA({_DECISION}:enforced_effective_policy_id)%",
    "countedRules": f"%DYNAMIC_METADATA({_DECISION}:shadow_effective_policy_id)%",
    "httpMethod": "%REQ(:METHOD)%",
    "host": "%REQ(:AUTHORITY)%",
    "uri": f"%FILTER_STATE({PATH}:PLAIN)%",
    "httpVersion": "%PROTOCOL%",
    "clientIp": "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%",
    "responseCode": "%RESPONSE_CODE%",
}
_RESULTS = {"ALLOW": "allowed", "BLOCK": "denied"}  # as AWS says it, and as Envoy does


def _log(path: Path, line: Resource, result: str) -> Resource:
    """One of two entries that share a file: an entry cannot put another word for Envoy's."""
    judged = {
        "filter": _DECISION,
        "path": [{"key": "enforced_engine_result"}],
        "value": {"string_match": {"exact": result}},
    }
    written = extension(
        "evenkeel.firewall",
        "envoy.extensions.access_loggers.file.v3.FileAccessLog",
        path=str(path),
        log_format={"json_format": line},
    )
    only_if = {"metadata_filter": {"matcher": judged, "match_if_key_not_found": False}}
    return {**written, "filter": only_if}


# Of the pseudo-header itself: by default the formatter takes a header that a client may send.
_KEPT = {
    "object_key": PATH,
    "factory_key": "envoy.string",
    "format_string": {"text_format_source": {"inline_string": "%PATH(NQ:PATH)%"}},
}
