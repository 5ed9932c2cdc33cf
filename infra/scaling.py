"""Scaling: the bounds in force, and everything that moves the service between them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import scaling_policies, step_alarm
from infra.scaled_service import DIMENSION, NAMESPACE
from infra.scaling_policies import SUFFIXES, Predictive, Scaled, Step, Tracking


@dataclass(frozen=True, kw_only=True)
class PlannedAction:
    """Bounds that come into force by the clock: ``cron(…)``, or ``at(…)`` for once.

    *start* and *end* bound the time in which it may fire, in RFC 3339.
    """

    name: str
    schedule: str
    timezone: str
    min: int
    max: int
    start: str | None
    end: str | None


@dataclass(frozen=True, kw_only=True)
class ScalingArgs:
    scaled: Scaled
    min: int  # in force now
    max: int
    tracking: Sequence[Tracking]
    steps: Sequence[Step]
    predictive: Predictive | None
    actions: Sequence[PlannedAction]
    after: Sequence[pulumi.Resource]  # the service, and the rules that give its groups requests
    hold: bool  # a panic is in force: the target stays as it is
    after_update: Callable[[pulumi.ResourceHookArgs], None]  # of the target, called in the update


class Scaling(pulumi.ComponentResource):
    """A scalable target with its policies, their alarms and its scheduled actions."""

    target: aws.appautoscaling.Target

    def __init__(
        self, name: str, args: ScalingArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("evenkeel:infra:Scaling", name, None, opts)
        self.child = pulumi.ResourceOptions(parent=self)
        self.scaled = args.scaled

        # No role: Application Auto Scaling ignores one for ECS and uses its service-linked role.
        self.target = aws.appautoscaling.Target(
            name,
            service_namespace=NAMESPACE,
            scalable_dimension=DIMENSION,
            resource_id=args.scaled.resource_id,
            min_capacity=args.min,
            max_capacity=args.max,
            # Said, because left out it is what the state last saw: a refresh during a panic would
            # suspend scaling again with the next change of the bounds.
            suspended_state={
                "dynamic_scaling_in_suspended": False,
                "dynamic_scaling_out_suspended": False,
                "scheduled_scaling_suspended": False,
            },
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[*args.after],
                # All of it: any update is a RegisterScalableTarget of every property, which clamps
                # the count into the bounds and sends the state's old suspended_state.
                ignore_changes=["*"] if args.hold else [],
                hooks=pulumi.ResourceHookBinding(after_update=[args.after_update]),
            ),
        )
        self.last: pulumi.Resource = self.target
        for tracking in args.tracking:
            self._tracking(f"{name}-{SUFFIXES[tracking.metric]}", tracking)
        for step in args.steps:
            self._steps(f"{name}-{SUFFIXES[step.metric]}-steps", step)
        if args.predictive is not None:
            self._predictive(f"{name}-predictive", args.predictive)
        self._actions(name, args.actions)

        self.register_outputs({"resource_id": args.scaled.resource_id})

    def _next(self) -> pulumi.ResourceOptions:
        # One after the other: Application Auto Scaling refuses a second change of a target's
        # policies or scheduled actions while one is pending (ConcurrentUpdateException).
        return pulumi.ResourceOptions(parent=self, depends_on=[self.last])

    def _tracking(self, name: str, policy: Tracking) -> None:
        self.last = aws.appautoscaling.Policy(
            name,
            name=name,
            policy_type="TargetTrackingScaling",
            service_namespace=NAMESPACE,
            scalable_dimension=DIMENSION,
            resource_id=self.scaled.resource_id,
            target_tracking_scaling_policy_configuration=scaling_policies.tracking(
                policy, self.scaled
            ),
            opts=self._next(),
        )

    def _steps(self, name: str, step: Step) -> None:
        self.last = policy = aws.appautoscaling.Policy(
            name,
            name=name,
            policy_type="StepScaling",
            service_namespace=NAMESPACE,
            scalable_dimension=DIMENSION,
            resource_id=self.scaled.resource_id,
            step_scaling_policy_configuration=scaling_policies.steps(step),
            opts=self._next(),
        )
        step_alarm.make(name, step, self.scaled, policy.arn, self.child)

    def _predictive(self, name: str, policy: Predictive) -> None:
        self.last = aws.appautoscaling.Policy(
            name,
            name=name,
            policy_type="PredictiveScaling",
            service_namespace=NAMESPACE,
            scalable_dimension=DIMENSION,
            resource_id=self.scaled.resource_id,
            predictive_scaling_policy_configuration=scaling_policies.predictive(
                policy, self.scaled
            ),
            opts=self._next(),
        )

    def _actions(self, name: str, actions: Sequence[PlannedAction]) -> None:
        for action in actions:
            self.last = aws.appautoscaling.ScheduledAction(
                f"{name}-{action.name}",
                name=f"{name}-{action.name}",
                service_namespace=NAMESPACE,
                scalable_dimension=DIMENSION,
                resource_id=self.scaled.resource_id,
                schedule=action.schedule,
                timezone=action.timezone,
                start_time=action.start,
                end_time=action.end,
                scalable_target_action={"min_capacity": action.min, "max_capacity": action.max},
                opts=self._next(),
            )
