"""What keeps it running: scaling and observability of a stage."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pulumi

from infra import capacity, panic_hook, schedules, settings, waf_rules
from infra.alarms import Watched
from infra.dashboard import Levels
from infra.load_balancer import LoadBalancer
from infra.observability import Observability, ObservabilityArgs
from infra.scaling import PlannedAction, Scaling, ScalingArgs
from infra.scaling_policies import Adjustment, Predictive, Scaled, Step, Tracking
from infra.waf import Waf
from infra.wiring.place import Place


def scaling(
    place: Place, balancer: LoadBalancer, after: Sequence[pulumi.Resource], *, hold: bool
) -> Scaling:
    """Bounds, policies and scheduled actions, once all of *after* is there.

    *hold* leaves a target that is there as it is.
    """
    given = place.settings.scaling
    bounds = schedules.bounds_at(place.settings.capacity, place.now)
    return Scaling(
        place.name,
        ScalingArgs(
            scaled=_scaled(place, balancer),
            min=bounds.min,
            max=bounds.max,
            tracking=_tracking(given),
            steps=_steps(given),
            predictive=_predictive(given.predictive),
            actions=_actions(place),
            after=after,
            hold=hold,
            after_update=panic_hook.fixing_again(place.settings.stage, place.name, place.reach),
        ),
    )


def _scaled(place: Place, balancer: LoadBalancer) -> Scaled:
    return Scaled(
        cluster_name=place.name,
        service_name=place.name,
        load_balancer_suffix=balancer.arn_suffix,
        target_group_suffix=balancer.target_groups["http"].arn_suffix,
    )


def _tracking(given: settings.Scaling) -> list[Tracking]:
    return [
        Tracking(
            metric=target.metric,
            target=target.target,
            scale_out_cooldown_seconds=target.scale_out_cooldown,
            scale_in_cooldown_seconds=target.scale_in_cooldown,
        )
        for target in given.targets
    ]


def _steps(given: settings.Scaling) -> list[Step]:
    return [
        Step(
            metric=step.metric,
            threshold=step.threshold,
            cooldown_seconds=step.cooldown,
            adjustments=tuple(
                Adjustment(lower=each.from_, upper=each.to, add=each.add)
                for each in step.adjustments
            ),
        )
        for step in given.steps
    ]


def _actions(place: Place) -> list[PlannedAction]:
    return [
        PlannedAction(
            name=action.name,
            schedule=action.expression,
            timezone=action.timezone,
            min=action.bounds.min,
            max=action.bounds.max,
            start=_rfc3339(action.start),
            end=_rfc3339(action.end),
        )
        for action in schedules.planned_actions(place.settings.capacity, place.now)
    ]


def _predictive(given: settings.Predictive | None) -> Predictive | None:
    if given is None:
        return None
    scales = given.mode == "forecastAndScale"
    return Predictive(metric=given.metric, target=given.target, scales=scales)


def _rfc3339(when: datetime | None) -> str | None:
    return None if when is None else f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def observability(place: Place, balancer: LoadBalancer, waf: Waf) -> Observability:
    """Topic, alarms and dashboard."""
    stage = place.settings
    planned_max = capacity.highest_max(
        capacity.Bounds(stage.capacity.min, stage.capacity.max),
        [capacity.Bounds(each.min, each.max) for each in stage.capacity.schedules],
    )
    websocket_path = place.websocket_path
    return Observability(
        place.name,
        ObservabilityArgs(
            watched=_watched(place, balancer, waf),
            planned_max=planned_max,
            waf_log_group=waf.log_group.name,
            allowed_paths=[*([websocket_path] if websocket_path else []), *stage.firewall.allow],
            expected_blocks=[waf_rules.RATE_LIMIT, waf_rules.BAD_PATHS_RULE],
            migration_family=place.migration_family if stage.migrations else None,
            notify=stage.observability.notify,
            levels=_levels(stage, planned_max) if stage.observability.dashboard else None,
            region=place.region,
            account=place.account,
        ),
    )


def _watched(place: Place, balancer: LoadBalancer, waf: Waf) -> Watched:
    return Watched(
        cluster_name=place.name,
        service_name=place.name,
        load_balancer_suffix=balancer.arn_suffix,
        target_group_suffixes={
            use: group.arn_suffix for use, group in balancer.target_groups.items()
        },
        web_acl_metric=waf.metric,
        refused_namespace=place.name,
        region=place.region,
    )


def _levels(stage: settings.Settings, planned_max: int) -> Levels:
    targets = {target.metric: target.target for target in stage.scaling.targets}
    database = stage.database
    return Levels(
        min=stage.capacity.min,
        max=planned_max,
        cpu_target=targets.get("cpu"),
        memory_target=targets.get("memory"),
        connection_limit=capacity.connection_limit(
            database.engine, database.instance_class, database.max_connections
        ).connections,
    )
