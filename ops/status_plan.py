"""The live scaling policies against those of the stage file."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infra.settings import Scaling

METRICS = {"cpu": "cpu", "memory": "memory", "requestsPerTarget": "requests per target"}
TRACKING, STEPS, PREDICTIVE = "TargetTrackingScaling", "StepScaling", "PredictiveScaling"
Settings = Mapping[str, float | None]  # as far as both sides tell them


def unlike_the_plan(policies: Sequence[dict[str, Any]], scaling: Scaling) -> list[str]:
    """What differs, a line each: a policy that is missing or too many, another target or cooldown.

    *policies* are those of a status (`Measured.of`). The edges of steps and forecasts are not
    compared.
    """
    planned, live = dict(_planned(scaling)), dict(_live(policies))
    missing = [f"no policy {_of(key)}, which the stage file has" for key in planned.keys() - live]
    more = [f"a policy {_of(key)}, which the stage file has not" for key in live.keys() - planned]
    other = [
        f"the policy {_of(key)} has {name} {live[key][name]:g}; the stage file says {value:g}"
        for key, settings in planned.items()
        for name, value in settings.items()
        if key in live and value is not None and live[key].get(name, value) != value
    ]
    return sorted(missing) + sorted(more) + other


def _planned(scaling: Scaling) -> Iterator[tuple[tuple[str, str], Settings]]:
    for target in scaling.targets:
        cooldowns = target.scale_out_cooldown, target.scale_in_cooldown
        yield (TRACKING, METRICS[target.metric]), _settings(target.target, *cooldowns)
    for step in scaling.steps:
        yield (STEPS, METRICS[step.metric]), _settings(None, step.cooldown, None)
    if scaling.predictive is not None:
        yield (PREDICTIVE, ""), {}


def _live(policies: Sequence[dict[str, Any]]) -> Iterator[tuple[tuple[str, str], Settings]]:
    for each in policies:
        metric = "" if each["kind"] == PREDICTIVE else str(each["metric"])
        told = (each.get(name) for name in ("target", "scaleOutCooldown", "scaleInCooldown"))
        yield (each["kind"], metric), _settings(*told)


def _settings(target: float | None, out: float | None, in_: float | None) -> Settings:
    named = {"target": target, "scaleOutCooldown": out, "scaleInCooldown": in_}
    return {name: value for name, value in named.items() if value is not None}


def _of(key: tuple[str, str]) -> str:
    kind, metric = key
    return f"{kind} on {metric}" if metric else kind
