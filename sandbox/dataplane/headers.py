"""The request headers that a load balancer of AWS adds and drops."""

from sandbox.dataplane.resources import FILTERS, Resource, extension, typed
from sandbox.dataplane.snapshot import Listener, LoadBalancer

_FILTER = "envoy.filters.http.header_mutation"
_KIND = f"{FILTERS}.http.header_mutation.v3.HeaderMutation"
_FORWARDED_FOR = "routing.http.xff_header_processing.mode"
_ENVOYS_OWN = ("x-envoy-internal", "x-envoy-external-address", "x-envoy-expected-rq-timeout-ms")
# LoadBalancerAttribute: valid names are letters, digits and hyphens. Pseudo-headers keep theirs.
_INVALID = "[^:]*[^:a-zA-Z0-9-].*"


def http_filter() -> Resource:
    """The filter of every listener; it does nothing where no route asks for it."""
    return extension(_FILTER, _KIND)


def dropped(balancer: LoadBalancer) -> Resource:
    """The settings of a virtual host that drops header names that are not valid."""
    if balancer.attributes["routing.http.drop_invalid_header_fields.enabled"] != "true":
        return {}
    matcher = {"key_matcher": {"safe_regex": {"regex": _INVALID}}}
    mutations = {"request_mutations": [{"remove_on_match": matcher}]}
    return {_FILTER: typed(f"{_KIND}PerRoute", mutations=mutations)}


def added(balancer: LoadBalancer, listener: Listener) -> list[Resource]:
    """X-Forwarded-For and -Port, and the trace header; Envoy itself adds X-Forwarded-Proto."""
    found = [
        _header("x-forwarded-port", str(listener.port), "OVERWRITE_IF_EXISTS_OR_ADD"),
        _header("x-amzn-trace-id", "Root=%UNIQUE_ID%", "ADD_IF_ABSENT"),
    ]
    if balancer.attributes[_FORWARDED_FOR] == "append":
        # Envoy's own X-Forwarded-For gives a loopback client the machine's outer address.
        client = "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%"
        found.append(_header("x-forwarded-for", client, "APPEND_IF_EXISTS_OR_ADD"))
    return found


def removed(balancer: LoadBalancer) -> list[str]:
    """Headers that never reach a target."""
    removes = balancer.attributes[_FORWARDED_FOR] == "remove"
    return [*_ENVOYS_OWN, *(["x-forwarded-for"] if removes else [])]


def _header(name: str, value: str, action: str) -> Resource:
    return {"header": {"key": name, "value": value}, "append_action": action}
