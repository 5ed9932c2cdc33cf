"""How a target group spreads requests and connections over its tasks."""

from collections.abc import Iterator

from pulumi_policy import Severity

from policies.facts import stage
from policies.plan import Plan, Resource
from policies.resource_types import TARGET_GROUPS
from policies.routing.routes import routes, speaks_http, websocket_rules
from policies.rules import PlanRule, ResourceRule

# AWS's defaults: the algorithm of a group that names none, and slow start off.
ROUND_ROBIN = "round_robin"
LEAST_OUTSTANDING = "least_outstanding_requests"
# Slow start in seconds, where it is on (AWS: ELB API, TargetGroupAttribute).
SHORTEST_SLOW_START = 30
LONGEST_SLOW_START = 900


def _lor_xor_slow_start(group: Resource) -> Iterator[str]:
    slow_start, algorithm = _slow_start(group), _algorithm(group)
    # The API refuses slow start with weighted_random in the same words.
    if slow_start and algorithm != ROUND_ROBIN:
        yield (
            f"slowStart {slow_start} s together with {algorithm}: AWS refuses both on one target "
            "group, at the update, when other resources have changed already. Use two groups: "
            "least_outstanding_requests with slowStart 0 for requests, and round_robin with "
            "slowStart 30 to 900 for the websocket path."
        )


def _http_least_outstanding(group: Resource, plan: Plan) -> Iterator[str]:
    reached = routes(group, plan)
    if not reached or not speaks_http(group):
        return
    websocket = stage().routing.websocket
    sockets = websocket_rules(plan, websocket.path) if websocket else []
    # Which group is the websocket one cannot be told without its rule, which the next policy wants.
    if (websocket and not sockets) or all(route in sockets for route in reached):
        return
    algorithm = _algorithm(group)
    if algorithm != LEAST_OUTSTANDING:
        shared = any(route in sockets for route in reached)
        yield (
            f"loadBalancingAlgorithmType {algorithm} spreads requests without regard to how busy "
            "a task is. "
            + ("Give the websocket path a target group of its own first. " if shared else "")
            + f"A loadBalancingAlgorithmType of {LEAST_OUTSTANDING} with slowStart 0 passes."
        )


def _websocket_slow_start(group: Resource, plan: Plan) -> Iterator[str]:
    reached = routes(group, plan)
    if not reached or not speaks_http(group):
        return
    websocket = stage().routing.websocket
    if websocket is None:
        return
    path, seconds = websocket.path, websocket.slow_start
    sockets = websocket_rules(plan, path)
    if not sockets:
        yield (
            f"no listener rule has the websocket path {path}, so its connections come to this "
            f"group together with requests. Add a rule of {path} and {path}/* that forwards to a "
            f"group of its own with {ROUND_ROBIN} and slowStart {seconds}."
        )
    elif any(route in sockets for route in reached):
        yield from _ramp(group, seconds)


def _ramp(group: Resource, advised: int) -> Iterator[str]:
    algorithm, slow_start = _algorithm(group), _slow_start(group)
    if algorithm != ROUND_ROBIN or not SHORTEST_SLOW_START <= slow_start <= LONGEST_SLOW_START:
        yield (
            f"{algorithm} with slowStart {slow_start} s on the websocket path, where it takes "
            f"{ROUND_ROBIN} with {SHORTEST_SLOW_START} to {LONGEST_SLOW_START} s: clients that "
            f"reconnect all at once land on a task that is still warming up. "
            f"A loadBalancingAlgorithmType of {ROUND_ROBIN} with slowStart {advised} passes."
        )


def _polling_sticky(group: Resource, plan: Plan) -> Iterator[str]:
    reached = routes(group, plan)
    if not reached:
        return
    websocket = stage().routing.websocket
    if websocket is None or websocket.transport != "polling":
        return
    sockets = websocket_rules(plan, websocket.path)
    if any(route in sockets for route in reached) and not _sticky(group):
        yield (
            "stickiness is off and routing.websocket.transport is polling: the requests of one "
            'session reach several tasks, and all but one answer 400 "Session ID unknown". '
            "A stickiness of type lb_cookie with enabled true passes, and so does "
            "transport: websocket."
        )


def _sticky(group: Resource) -> bool:
    # AWS has it off by default; the provider reads a block that leaves `enabled` out as on.
    stickiness = group.props.get("stickiness")
    return stickiness is not None and stickiness.get("enabled") is not False


def _algorithm(group: Resource) -> str:
    return group.props.get("loadBalancingAlgorithmType") or ROUND_ROBIN


def _slow_start(group: Resource) -> int:
    return int(group.props.get("slowStart") or 0)


LOR_XOR_SLOW_START = ResourceRule(
    name="routing-lor-xor-slow-start",
    description="A target group has slow start or least outstanding requests, never both.",
    protects_from=(
        "AWS refuses the group in the middle of an update, and the stack is left half changed."
    ),
    source=(
        "Practices S3-09 and S3-10; AWS: ELB user guide, target groups, slow start mode "
        '("You cannot enable both slow start mode and least outstanding requests").'
    ),
    types=TARGET_GROUPS,
    judge=_lor_xor_slow_start,
    severity=Severity.HIGH,
    remediation=(
        "Split the group in two, one listener rule each. In a stage file these are "
        "evenkeel:routing.http (least outstanding requests) and evenkeel:routing.websocket "
        "(round robin and slowStart)."
    ),
)

HTTP_LEAST_OUTSTANDING = PlanRule(
    name="routing-http-least-outstanding",
    description="Requests go to the task with the fewest outstanding ones.",
    protects_from=(
        "Round robin keeps sending requests to a task that is slow already, and its users wait "
        "while other tasks are free."
    ),
    source="Practice S3-09; AWS: ELB user guide, target groups, routing algorithms.",
    types=TARGET_GROUPS,
    judge=_http_least_outstanding,
    severity=Severity.MEDIUM,
    remediation=(
        "Set loadBalancingAlgorithmType to least_outstanding_requests and slowStart to 0 on the "
        "target groups of requests. Evenkeel does so for evenkeel:routing.http."
    ),
)

WEBSOCKET_SLOW_START = PlanRule(
    name="routing-websocket-slow-start",
    description="The websocket path has a target group of round robin with slow start.",
    protects_from=(
        "After a deploy or a failed task all clients reconnect at once, and a fresh task falls "
        "over under them before it has warmed up."
    ),
    source=(
        "Practices S3-10 and S2-14; AWS: ELB API, TargetGroupAttribute, slow_start (30 to 900 s)."
    ),
    types=TARGET_GROUPS,
    judge=_websocket_slow_start,
    severity=Severity.HIGH,
    remediation=(
        "Forward the websocket path by a listener rule of its own to a group with round_robin "
        "and slowStart 30 to 900. In a stage file that is evenkeel:routing.websocket.slowStart."
    ),
)

POLLING_STICKY = PlanRule(
    name="routing-polling-sticky",
    description="Where clients may start with long polling, they stay with their task.",
    protects_from=(
        "Socket.IO's long polling needs many requests for one session; without stickiness they "
        "reach tasks that do not know it, and clients never connect."
    ),
    source="Practice S0-16; Socket.IO documentation, using multiple nodes.",
    types=TARGET_GROUPS,
    judge=_polling_sticky,
    severity=Severity.CRITICAL,
    remediation=(
        "Turn on stickiness of the websocket path's target group, or let clients use websockets "
        "alone and write evenkeel:routing.websocket.transport: websocket."
    ),
)
