"""Type tokens of the resources that policies judge.

Constants, because reading them from pulumi_aws would cost every preview seconds; a test proves
each equal to the SDK's.
"""

SCALABLE_TARGET = "aws:appautoscaling/target:Target"
SCHEDULED_ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"
SCALING_POLICY = "aws:appautoscaling/policy:Policy"
# The three serve a dozen AWS services; this namespace is the one that policies are about.
ECS = "ecs"

# One kind of resource under two classes of the SDK, and each under the token it had before.
TARGET_GROUPS = frozenset(
    {
        "aws:lb/targetGroup:TargetGroup",
        "aws:alb/targetGroup:TargetGroup",
        "aws:elasticloadbalancingv2/targetGroup:TargetGroup",
        "aws:applicationloadbalancing/targetGroup:TargetGroup",
    }
)
