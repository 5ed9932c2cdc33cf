"""Times that must cover each other: requests, drains, pings, warm-up. All in seconds."""

import json
from bisect import bisect
from collections.abc import Callable, Iterator

from pulumi_policy import Severity

from infra.settings import Settings
from policies.facts import stage
from policies.plan import Resource
from policies.resource_types import ECS_SERVICE, LOAD_BALANCERS, TARGET_GROUPS, TASK_DEFINITION
from policies.routing.routes import is_application
from policies.rules import ResourceRule

# AWS's own where a property is left out.
DEFAULT_DRAIN = 300
DEFAULT_IDLE_TIMEOUT = 60
LONGEST_DRAIN = 3600  # AWS: ELB API, TargetGroupAttribute
# On Fargate (AWS: ECS API, ContainerDefinition).
SHORTEST_STOP, LONGEST_STOP = 2, 120


def _drain_fits(resource: Resource) -> Iterator[str]:
    if resource.type == TASK_DEFINITION:
        yield from _stop_timeouts(resource)
    elif resource.props.get("targetType") != "lambda":
        yield from _drain(resource)


def _stop_timeouts(task_definition: Resource) -> Iterator[str]:
    if "FARGATE" not in (task_definition.props.get("requiresCompatibilities") or ()):
        return
    for container in json.loads(task_definition.props["containerDefinitions"]):
        seconds = container.get("stopTimeout")
        if seconds is not None and not SHORTEST_STOP <= seconds <= LONGEST_STOP:
            yield (
                f"stopTimeout {seconds} s of container {container['name']} is outside "
                f"{SHORTEST_STOP} to {LONGEST_STOP} s, what Fargate takes. "
                f"A stopTimeout of {LONGEST_STOP if seconds > LONGEST_STOP else SHORTEST_STOP} "
                "passes."
            )


def _drain(group: Resource) -> Iterator[str]:
    given = group.props.get("deregistrationDelay")
    delay = DEFAULT_DRAIN if given is None else int(given)
    if delay > LONGEST_DRAIN:
        yield (
            f"deregistrationDelay {delay} s > {LONGEST_DRAIN} s, the most that AWS takes. "
            f"A deregistrationDelay of {LONGEST_DRAIN} passes."
        )
        return
    settings = stage()
    request = settings.service.request_timeout_seconds
    if delay < request:
        yield (
            f"deregistrationDelay {delay} s < requestTimeoutSeconds {request} s, so a task that "
            f"leaves breaks off requests. {_advice(settings, request)}"
        )


def _advice(settings: Settings, request: int) -> str:
    """The longest drain up to *request* that the stage can take, and what has to change with it."""
    fits = bisect(range(1, min(request, LONGEST_DRAIN) + 1), False, key=_too_long(settings))
    if not fits:
        return "No deregistrationDelay fits this stage's deployment as it is; correct that first."
    changes = [f"a service.requestTimeoutSeconds of {fits}"] if fits < request else []
    cooldown = max(fits, *settings.routing.drains)
    targets = settings.scaling.targets
    if settings.tier != "test" and any(each.scale_in_cooldown < cooldown for each in targets):
        changes.append(f"every scaleInCooldown below {cooldown} raised to {cooldown}")
    together = f" with {' and '.join(changes)}" if changes else ""
    return f"A deregistrationDelay of {fits}{together} passes."


def _too_long(settings: Settings) -> Callable[[int], bool]:
    """Whether a drain of so many seconds makes a deployment larger, or longer than its time-out."""
    most, longest = settings.capacity.highest_max, max(settings.routing.drains)
    tasks = settings.deployment_of(most).tasks

    def judge(seconds: int) -> bool:
        http = settings.routing.http.model_copy(
            update={"deregistration_delay": max(seconds, longest)}
        )
        routing = settings.routing.model_copy(update={"http": http})
        surge = settings.model_copy(update={"routing": routing}).deployment_of(most)
        return surge.tasks > tasks or (surge.seconds or 0) > settings.deployment.timeout_seconds

    return judge


def _idle_above_ping(balancer: Resource) -> Iterator[str]:
    if not is_application(balancer):
        return
    given = balancer.props.get("idleTimeout")
    timeout = DEFAULT_IDLE_TIMEOUT if given is None else int(given)
    settings = stage()
    least = settings.idle_timeout
    if timeout < least:
        terms = ["60", f"requestTimeoutSeconds {settings.service.request_timeout_seconds} + 5"]
        if websocket := settings.routing.websocket:
            terms.append(f"2 × pingIntervalSeconds {websocket.ping_interval_seconds} + 10")
        yield (
            f"idleTimeout {timeout} s < max({', '.join(terms)}) = {least} s. "
            f"An idleTimeout of {least} passes."
        )


def _grace_covers_warm_up(service: Resource) -> Iterator[str]:
    if not service.props.get("loadBalancers"):
        return
    grace = int(service.props.get("healthCheckGracePeriodSeconds") or 0)
    declared = stage().service
    least, check = declared.time_to_healthy, declared.health_check
    if grace < least:
        yield (
            f"healthCheckGracePeriodSeconds {grace} s < warmUpSeconds {declared.warm_up_seconds} "
            f"+ healthyThreshold {check.healthy_threshold} × intervalSeconds "
            f"{check.interval_seconds} + timeoutSeconds {check.timeout_seconds} = {least} s: ECS "
            "stops a task that is still starting, and starts the next one to stop it too. "
            f"A healthCheckGracePeriodSeconds of {least} passes."
        )


DRAIN_FITS = ResourceRule(
    name="routing-drain-fits",
    description="A task that leaves may finish its longest request, in times that AWS takes.",
    protects_from=(
        "Every deploy and every scale-in breaks off requests that a leaving task still answers."
    ),
    source=(
        "Practices S0-17, S2-11 and S3-11; AWS: ELB API, TargetGroupAttribute; "
        "AWS: ECS API, ContainerDefinition, stopTimeout."
    ),
    types=TARGET_GROUPS | {TASK_DEFINITION},
    judge=_drain_fits,
    severity=Severity.HIGH,
    remediation=(
        "Raise deregistrationDelay of evenkeel:routing.http or evenkeel:routing.websocket, or "
        "lower evenkeel:service.requestTimeoutSeconds. Keep stopTimeout (in a stage file "
        "evenkeel:service.stopTimeoutSeconds) from 2 to 120."
    ),
)

IDLE_ABOVE_PING = ResourceRule(
    name="routing-idle-above-ping",
    description="The load balancer's idle timeout outlasts every request and every two pings.",
    protects_from=(
        "The load balancer closes connections that are in use: slow requests end in a 504, and "
        "websockets drop between two pings."
    ),
    source="Practice S0-15; AWS: ELB API, LoadBalancerAttribute, idle_timeout (60 s by default).",
    types=LOAD_BALANCERS,
    judge=_idle_above_ping,
    severity=Severity.HIGH,
    remediation=(
        "Raise the load balancer's idleTimeout. Evenkeel sets it from "
        "evenkeel:service.requestTimeoutSeconds and "
        "evenkeel:routing.websocket.pingIntervalSeconds."
    ),
)

GRACE_COVERS_WARM_UP = ResourceRule(
    name="routing-grace-covers-warm-up",
    description="ECS judges a task's health only once the task can be healthy.",
    protects_from=(
        "ECS replaces every task before it has started, for ever, and no deployment ends."
    ),
    source=(
        "Practice S2-14; AWS: ECS API, CreateService, healthCheckGracePeriodSeconds (0 by default)."
    ),
    types={ECS_SERVICE},
    judge=_grace_covers_warm_up,
    severity=Severity.HIGH,
    remediation=(
        "Raise healthCheckGracePeriodSeconds of the ECS service. Evenkeel sets it from "
        "evenkeel:service.warmUpSeconds and evenkeel:service.healthCheck."
    ),
)
