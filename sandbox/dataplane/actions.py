"""The actions of a listener rule as the action of an Envoy route."""

from collections.abc import Mapping, Sequence

from sandbox.dataplane import stickiness
from sandbox.dataplane.errors import NotCoveredError
from sandbox.dataplane.resources import Resource, seconds
from sandbox.dataplane.snapshot import LoadBalancer, Record, TargetGroup

NOBODY = "nobody"  # a cluster without targets: Envoy answers 503 for it
_REDIRECT_CODES = {"HTTP_301": "MOVED_PERMANENTLY", "HTTP_302": "FOUND"}


def action(actions: Sequence[Record], balancer: LoadBalancer, ports: Mapping[int, int]) -> Resource:
    """The members of an Envoy route that carry out a rule's actions; raises NotCoveredError.

    `ports` says which local port stands for each of the load balancer's ports.
    """
    if len(actions) != 1:
        raise NotCoveredError("actions before the last one (authenticate-…) are not covered")
    found = actions[0]
    if found["Type"] == "fixed-response":
        return _fixed_response(found["FixedResponseConfig"])
    if found["Type"] == "redirect":
        return _redirect(found["RedirectConfig"], ports)
    if found["Type"] == "forward":
        return _forward(found["ForwardConfig"], balancer)
    raise NotCoveredError(f"actions of type {found['Type']} are not covered")


def _fixed_response(config: Record) -> Resource:
    kind = config.get("ContentType") or "text/plain"
    return plain_response(int(config["StatusCode"]), config.get("MessageBody", ""), kind)


def plain_response(status: int, body: str, content_type: str) -> Resource:
    """An answer of the load balancer's own."""
    header = {"key": "content-type", "value": f"{content_type}; charset=utf-8"}
    return {
        "direct_response": {"status": status, "body": {"inline_string": body}},
        "response_headers_to_add": [
            {"header": header, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
        ],
    }


def _redirect(config: Record, ports: Mapping[int, int]) -> Resource:
    redirect: Resource = {"response_code": _REDIRECT_CODES[config["StatusCode"]]}
    protocol, port = config["Protocol"], config["Port"]
    if protocol != "#{protocol}":
        redirect["scheme_redirect"] = protocol.lower()
    if _given(config, "Host", "#{host}"):
        redirect["host_redirect"] = config["Host"]
        ports = {}  # another host's ports are its own
    if port != "#{port}":
        redirect["port_redirect"] = ports.get(int(port), int(port))
    if _given(config, "Path", "/#{path}"):
        redirect["path_redirect"] = config["Path"]
    if _given(config, "Query", "#{query}"):
        if config["Query"] and "path_redirect" not in redirect:
            raise NotCoveredError("a redirect's own query is covered only with a path of its own")
        if config["Query"]:
            redirect["path_redirect"] += f"?{config['Query']}"
        redirect["strip_query"] = not config["Query"]
    return {"redirect": redirect}


def _given(config: Record, member: str, kept: str) -> bool:
    """Whether a redirect changes `member`; raises NotCoveredError where it takes parts over."""
    if config[member] == kept:
        return False
    if "#{" in config[member]:
        raise NotCoveredError(f"a redirect's {member} is covered as {kept} or without #{{…}}")
    return True


def _forward(config: Record, balancer: LoadBalancer) -> Resource:
    shares = [(balancer.group(t["TargetGroupArn"]), t["Weight"]) for t in config["TargetGroups"]]
    for group, _ in shares:
        _check(group)
    # AWS ends a request only for silence, never for taking long: no timeout but the idle one.
    route: Resource = {"timeout": "0s", "idle_timeout": seconds(balancer.idle_timeout)}
    shares = [(group, weight) for group, weight in shares if weight]
    if not shares:
        return {"route": {**route, "cluster": NOBODY}}
    if len(shares) == 1:
        group = shares[0][0]
        filters = stickiness.of_targets(group)
        return {"route": {**route, "cluster": _cluster(group)}, "typed_per_filter_config": filters}
    clusters = [
        {
            "name": _cluster(group),
            "weight": weight,
            "typed_per_filter_config": stickiness.of_targets(group),
        }
        for group, weight in shares
    ]
    if config.get("TargetGroupStickinessConfig", {}).get("Enabled"):
        raise NotCoveredError("stickiness between the target groups of a rule is not covered")
    return {"route": {**route, "weighted_clusters": {"clusters": clusters}}}


def _cluster(group: TargetGroup) -> str:
    # Envoy, left with draining targets alone, would use them; an ALB answers 503.
    return group.key if group.serving else NOBODY


def _check(group: TargetGroup) -> None:
    protocol, version = group.record["Protocol"], group.record["ProtocolVersion"]
    name = group.record["TargetGroupName"]
    if (protocol, version) != ("HTTP", "HTTP1"):
        raise NotCoveredError(f"target group {name} speaks {protocol} {version}; HTTP1 is covered")
    if group.record["TargetType"] != "ip":
        raise NotCoveredError(f"target group {name} is not of type ip, which alone is covered")
    if group.attributes["stickiness.enabled"] == "true":
        stickiness.check(group)
