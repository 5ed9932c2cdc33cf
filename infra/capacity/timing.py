"""How long things take: health, drains, scaling out and back. All in seconds."""

# CloudWatch alarms of a target-tracking policy, as captured from real services: high after 3
# datapoints of 60 s above the target, low after 15 below 0.9 x the target.
ALARM_PERIOD = 60
ALARM_HIGH_PERIODS = 3
ALARM_LOW_PERIODS = 15
# Fargate from "create" to "started" with an image of 413 MB: 53 to 62 s over ten starts
# (elasticscale.com, "Reduce AWS Fargate pull times with SOCI", 2024-04).
TASK_START = 60
# A small image, or one pulled lazily: SOCI takes up to 60 % off (AWS Containers Blog).
FASTEST_TASK_START = 20
# Default idle timeout of a load balancer.
SHORTEST_IDLE_TIMEOUT = 60


def time_to_healthy(warm_up: int, healthy_threshold: int, interval: int, check_timeout: int) -> int:
    """From a task's start until the load balancer calls it healthy, at the longest.

    It is the health-check grace period too: ECS must not judge a task before.
    """
    return warm_up + healthy_threshold * interval + check_timeout


def detection_time(unhealthy_threshold: int, interval: int) -> int:
    """From the first failed health check until the load balancer calls a task unhealthy."""
    return unhealthy_threshold * interval


def longest_leave(drains: tuple[int, ...], stop_timeout: int) -> int:
    """Longest time from a task's deregistration until it is gone.

    ECS waits for the drain of every target group, then stops the container within stopTimeout.
    """
    return max(drains) + stop_timeout


def idle_timeout(request_timeout: int, ping_interval: int | None) -> int:
    """Idle timeout of the load balancer: above every request and every two pings."""
    pings = 0 if ping_interval is None else 2 * ping_interval + 10
    return max(SHORTEST_IDLE_TIMEOUT, request_timeout + 5, pings)


def scale_out_time(healthy_after: int) -> int:
    """From a metric above its target until the added tasks take traffic.

    The alarm's datapoints, the start of a task, then *healthy_after*. Delivery of the metric to
    CloudWatch comes on top; AWS measured 363 s from load to trigger (AWS News Blog, 2026-06-18).
    """
    return ALARM_HIGH_PERIODS * ALARM_PERIOD + TASK_START + healthy_after


def scale_in_time(tasks: int, cooldown: int) -> int:
    """From a metric that has fallen until *tasks* are on their way out, one for each decision.

    How many tasks one decision removes is not documented; one is the slowest. The alarm's
    datapoints come first, then a decision after each cooldown, the alarm repeating every minute.
    """
    if tasks == 0:
        return 0
    return ALARM_LOW_PERIODS * ALARM_PERIOD + (tasks - 1) * max(cooldown, ALARM_PERIOD)
