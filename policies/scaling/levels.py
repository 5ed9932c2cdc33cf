"""Levels that target tracking keeps, and whether the service can live with them."""

from collections.abc import Iterator

from pulumi_policy import Severity

from policies.facts import MissingFactsError, stage, tier
from policies.plan import Plan, Resource
from policies.resource_types import SCALING_POLICY
from policies.rules import Number, PlanRule, ResourceRule
from policies.scaling_policy import (
    CPU,
    MEMORY,
    REQUESTS_METRIC,
    of_one_service,
    percent_metric,
    predefined_metric,
    scales_in,
    tracking_of,
)

# Under a fifth even an idle task keeps the service scaling out; over nine tenths no room is left
# for the three minutes until the alarm and the minutes until a task serves.
LOWEST, HIGHEST = 20, 90
# Target tracking wants to scale in below nine tenths of the target (Application Auto Scaling User
# Guide: "usually more than 10% lower"). Kept as a fraction, so that no edge is rounded.
LOW_ALARM = (9, 10)


def _range(resource: Resource) -> Iterator[str]:
    tracking = tracking_of(resource)
    if tracking is None:
        return
    metric = predefined_metric(tracking)
    if metric == REQUESTS_METRIC and tracking["targetValue"] <= 0:
        yield (
            f"targetValue {tracking['targetValue']:g} of {metric} is not above 0 requests a "
            "minute. A targetValue of 1000 passes."
        )
    kind = percent_metric(tracking)
    if kind is None or tier() == "test":
        return
    value, (lowest, highest) = tracking["targetValue"], _edges()
    said = f"targetValue {value:g} % of {kind}"
    if value < lowest:
        yield f"{said} < {lowest:g} %, the lowest. {_advice(kind, value)}"
    if value > highest:
        yield f"{said} > {highest:g} %, the highest. {_advice(kind, value)}"


def _cpu_below_memory(resource: Resource, plan: Plan) -> Iterator[str]:
    tracking = tracking_of(resource)
    if tracking is None or percent_metric(tracking) != CPU:
        return
    for other in plan.of_type({SCALING_POLICY}):
        against = tracking_of(other)
        if against is None or percent_metric(against) != MEMORY:
            continue
        cpu, memory = tracking["targetValue"], against["targetValue"]
        if cpu >= memory and of_one_service(plan, resource, other):
            yield (
                f"targetValue {cpu:g} % of cpu is not below the {memory:g} % of memory "
                f"({other.name}). {_told(CPU, cpu, memory)}"
            )


def _memory_can_agree(resource: Resource) -> Iterator[str]:
    tracking = tracking_of(resource)
    if tracking is None or percent_metric(tracking) != MEMORY or not scales_in(tracking):
        return
    value, resting = tracking["targetValue"], stage().service.resting_memory_percent
    part, whole = LOW_ALARM
    if resting * whole >= value * part:
        yield (
            f"0.9 × targetValue {value:g} % = {value * part / whole:g} % <= "
            f"restingMemoryPercent {resting} %, so memory never agrees to scale in, and no other "
            f"target can without it. {_advice(MEMORY, value)}"
        )


def _advice(kind: str, value: float) -> str:
    """What to write in place of *value*, beside what the stage has for the other metric."""
    try:
        others = {target.metric: target.target for target in stage().scaling.targets}
    except MissingFactsError:
        others = {}
    if kind == CPU:
        return _told(kind, value, others.get("memory"))
    return _told(kind, others.get("cpu"), value)


def _told(kind: str, cpu: float | None, memory: float | None) -> str:
    now = {CPU: cpu, MEMORY: memory}
    best = dict(zip((CPU, MEMORY), passing(cpu, memory), strict=True))
    other = MEMORY if kind == CPU else CPU
    if best[kind] is None:
        return "No targetValue passes: remove this target."
    if best[other] == now[other]:
        return f"A targetValue of {best[kind]:g} passes."
    beside = "without one" if best[other] is None else f"with {best[other]:g}"
    return f"A targetValue of {best[kind]:g} passes, {beside} for {other}."


def passing(cpu: float | None, memory: float | None) -> tuple[float | None, float | None]:
    """The targets nearest to these, in percent, that every policy accepts beside each other.

    None stands for a target that is not there, or for a memory target that has to go.
    """
    lowest, highest = _edges()
    # One above the lowest, so that cpu has room below it.
    least = max(lowest + 1, _least_agreeing())
    if memory is not None:
        memory = None if least > highest else max(least, min(memory, highest))
    if cpu is not None:
        cpu = max(lowest, min(cpu, (memory or highest) - 1))
    return cpu, memory


def _least_agreeing() -> int:
    """The lowest whole memory target with which the service can scale in; 0 without facts."""
    part, whole = LOW_ALARM
    try:
        return stage().service.resting_memory_percent * whole // part + 1
    except MissingFactsError:
        return 0


def _edges() -> tuple[float, float]:
    return RANGE.config["lowest"], RANGE.config["highest"]


RANGE = ResourceRule(
    name="scaling-target-range",
    description=(
        "Targets of cpu and memory are 20 to 90 percent outside tier test, and requests per "
        "target above 0."
    ),
    protects_from=(
        "With a low target an idle service runs at its maximum; with a high one tasks are "
        "overloaded before the next has started."
    ),
    source="Practices S2-09 and S4-06.",
    types={SCALING_POLICY},
    judge=_range,
    severity=Severity.HIGH,
    remediation=(
        "Change target of this entry of evenkeel:scaling.targets, in other programs targetValue."
    ),
    numbers={
        "lowest": Number(LOWEST, "Lowest target of cpu and memory, in percent.", minimum=LOWEST),
        "highest": Number(
            HIGHEST, "Highest target of cpu and memory, in percent.", maximum=HIGHEST
        ),
    },
)

CPU_BELOW_MEMORY = PlanRule(
    name="scaling-cpu-below-memory",
    description="The target of cpu is below the target of memory.",
    protects_from=(
        "Memory, which hardly falls with more tasks, drives the count instead of the cpu that "
        "they share."
    ),
    source="Practices S0-10 and S3-05.",
    types={SCALING_POLICY},
    judge=_cpu_below_memory,
    severity=Severity.LOW,
    advisory=True,
    remediation="Lower target of cpu in evenkeel:scaling.targets, or raise the one of memory.",
)

MEMORY_CAN_AGREE = ResourceRule(
    name="scaling-memory-can-agree",
    description="Memory at rest is below the level at which its target lets the service scale in.",
    protects_from=(
        "The service never scales in: it does only when every target agrees, and memory at rest "
        "never does."
    ),
    source=(
        "Practice S3-06; AWS: Application Auto Scaling User Guide, target tracking: all policies "
        "have to agree to scale in."
    ),
    types={SCALING_POLICY},
    judge=_memory_can_agree,
    severity=Severity.MEDIUM,
    advisory=True,
    remediation=(
        "Raise target of memory in evenkeel:scaling.targets, or remove that entry; lower "
        "restingMemoryPercent in evenkeel:service if the tasks really rest below it."
    ),
)
