"""A listener's rules, and its load balancer's web ACL, as one Envoy route configuration.

All that can change without touching a connection is here, because Envoy takes over routes live.
"""

import functools
import logging
from collections.abc import Mapping

from sandbox.dataplane import actions, conditions, firewall, headers
from sandbox.dataplane.errors import NotCoveredError
from sandbox.dataplane.resources import ROUTES, Resource, typed
from sandbox.dataplane.snapshot import Listener, LoadBalancer, Record

_log = logging.getLogger(__name__)


def configuration(
    balancer: LoadBalancer, listener: Listener, ports: Mapping[int, int], speed: float
) -> Resource:
    """The routes of one listener. `ports`: the load balancer's own -> local; `speed`: the clock's.

    What cannot be judged faithfully is answered 503, by rule or, for the web ACL, for all.
    """
    try:
        guard = firewall.per_route(balancer.web_acl, speed)
        routes = [_route(rule, balancer, ports) for rule in listener.rules]
    except firewall.UnsupportedRuleError as error:
        guard = {}
        routes = [_refusal([], f"the web ACL of {balancer.arn} is not covered: {error}", "0")]
    host = {
        "name": "all",
        "domains": ["*"],
        "routes": routes,
        "typed_per_filter_config": {**guard, **headers.dropped(balancer)},
        "request_headers_to_add": headers.added(balancer, listener),
    }
    return typed(
        ROUTES,
        name=listener.key,
        virtual_hosts=[host],
        request_headers_to_remove=headers.removed(balancer),
    )


def _route(rule: Record, balancer: LoadBalancer, ports: Mapping[int, int]) -> Resource:
    priority = "0" if rule["IsDefault"] else rule["Priority"]
    known, problems = [], []
    for condition in rule["Conditions"]:
        try:
            known.append(conditions.matcher(condition))
        except NotCoveredError as error:
            problems.append(str(error))
    if rule.get("Transforms"):
        problems.append("transforms are not covered")
    try:
        found = actions.action(rule["Actions"], balancer, ports)
    except NotCoveredError as error:
        problems.append(str(error))
    if problems:
        # Whatever the rule might match: a later rule must not decide it in its place.
        return _refusal(known, f"rule {rule['RuleArn']}: {'; '.join(problems)}", priority)
    kind = ("waf," if balancer.web_acl else "") + rule["Actions"][-1]["Type"]
    return {**_match(known), **_facts(priority, kind), **found}


def _refusal(known: list[Resource], problem: str, priority: str) -> Resource:
    _say_once(problem)
    body = f"The sandbox's load balancer cannot answer this request: {problem}\n"
    answer = actions.plain_response(503, body, "text/plain")
    return {**_match(known), **_facts(priority, "refused-by-the-sandbox"), **answer}


def _match(matchers: list[Resource]) -> Resource:
    return {"match": {"prefix": "", "headers": matchers}}


def _facts(priority: str, executed: str) -> Resource:
    """What the access log says of the rule."""
    facts = {"matched_rule_priority": priority, "actions_executed": executed}
    return {"metadata": {"filter_metadata": {"evenkeel": facts}}}


@functools.cache
def _say_once(problem: str) -> None:
    _log.warning("not covered, answered 503: %s", problem)
