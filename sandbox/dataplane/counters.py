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
    failed = f"!{_TARGET_ANSWERED} && {_TARGET_CHOSEN}"
    return [
        _counting(listener, _TARGET_ANSWERED, _stat("target", {**group, **code}), [time_of_target]),
        _counting(listener, f"!{_TARGET_ANSWERED}", _stat("elb", code)),
        _counting(listener, failed, _stat("failed", group)),
        _counting(listener, f"'{_RBAC}' in metadata.filter_metadata", _stat("waf", verdict)),
    ]


def _stat(name: str, tags: dict[str, str]) -> Resource:
    given = [{"name": tag, "value_format": text} for tag, text in tags.items()]
    return {"name": name, "tags": given}


def _counting(
    listener: Listener, when: str, counter: Resource, times: list[Resource] | None = None
) -> Resource:
    condition = extension("envoy.access_loggers.extension_filters.cel", _CEL, expression=when)
    log = extension(
        "envoy.access_loggers.stats",
        _LOGGER,
        stat_prefix=f"{PREFIX}.{listener.key}",
        counters=[{"stat": counter, "value_fixed": 1}],
        histograms=times or [],
    )
    return {**log, "filter": {"extension_filter": condition}}
