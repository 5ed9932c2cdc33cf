"""A program of its own with one target group for all, which cannot have both."""

import pulumi_aws as aws

CHECK = aws.lb.TargetGroupHealthCheckArgs(
    path="/health", interval=30, timeout=5, healthy_threshold=2, unhealthy_threshold=2
)

aws.lb.TargetGroup(
    "web",
    vpc_id="vpc-0a1b2c3d",
    port=3000,
    protocol="HTTP",
    target_type="ip",
    load_balancing_algorithm_type="least_outstanding_requests",
    slow_start=60,
    health_check=CHECK,
)
