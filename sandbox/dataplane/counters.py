"""Envoy counts every request as it ends: access loggers that write counters instead of lines.

No line is parsed for a metric, so load costs nothing beside Envoy. `metric_data.py` reads them.
"""

from sandbox.dataplane.metric_data import PREFIX
from sandbox.dataplane.resources import Resource, extension
from sandbox.dataplane.snapshot import Listener

_LOGGER = "envoy.extensions.access_loggers.stats.v3.Config"
_CEL = "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter"
_RBAC = "envoy.filters.http.rbac"  # where the firewall's verdict stands
_TARGET_ANSWERED = "has(response.backend_latency)"
_TARGET_CHOSEN = "has(upstream.address)"
_JUDGED = {
    "metadata_filter": {
        "matcher": {
            "filter": _RBAC,
            "path": [{"key": "enforced_engine_result"}],
            "value": {"present_match": True},
        },
        "match_if_key_not_found": False,
    }
}


def access_logs(listener: Listener) -> list[Resource]:
    """Access loggers that count a listener's requests: by target, its own answers, by rule."""
    group = {"group": "%UPSTREAM_CLUSTER%"}
    code = {"code": "%RESPONSE_CODE%"}
    verdict = {
        "rule": f"%DYNAMIC_METADATA({_RBAC}:enforced_effective_policy_id)%",
        "result": f"%DYNAMIC_METADATA({_RBAC}:enforced_engine_result)%",
    }
    time_of_target = {
        "stat": _stat("microseconds", group),
        "unit": "Microseconds",
        "value_format": "%COMMON_DURATION(US_TX_END:US_RX_BEG:us)%",
    }
    answered = _expression(_TARGET_ANSWERED)
    own = _no_success(f"!{_TARGET_ANSWERED}")
    failed = _no_success(f"!{_TARGET_ANSWERED} && {_TARGET_CHOSEN}")
    return [
        _counting(listener, answered, _stat("target", {**group, **code}), [time_of_target]),
        _counting(listener, own, _stat("elb", code)),
        _counting(listener, failed, _stat("failed", group)),
        _counting(listener, _JUDGED, _stat("waf", verdict)),
    ]


def _expression(text: str) -> Resource:
    kind = extension("envoy.access_loggers.extension_filters.cel", _CEL, expression=text)
    return {"extension_filter": kind}


def _no_success(text: str) -> Resource:
    """`text` where the status is 300 or more, or 0: an expression costs more than a comparison."""
    statuses = [_status("GE", 300), _status("EQ", 0)]
    return {"and_filter": {"filters": [{"or_filter": {"filters": statuses}}, _expression(text)]}}


def _status(how: str, code: int) -> Resource:
    value = {"default_value": code, "runtime_key": f"{PREFIX}.none"}
    return {"status_code_filter": {"comparison": {"op": how, "value": value}}}


def _stat(name: str, tags: dict[str, str]) -> Resource:
    given = [{"name": tag, "value_format": text} for tag, text in tags.items()]
    return {"name": name, "tags": given}


def _counting(
    listener: Listener, when: Resource, counter: Resource, times: list[Resource] | None = None
) -> Resource:
    log = extension(
        "envoy.access_loggers.stats",
        _LOGGER,
        stat_prefix=f"{PREFIX}.{listener.key}",
        counters=[{"stat": counter, "value_fixed": 1}],
        histograms=times or [],
    )
    return {**log, "filter": when}
