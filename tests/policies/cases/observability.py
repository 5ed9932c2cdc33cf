"""Alarms that stay silent, and logs that never end."""

from tests.policies.cases import Case

NAME = "evenkeel-production"
AT_MAX = f"{NAME}-at-max"
BALANCER = "production"

CASES: list[Case] = [
    Case(
        policy="alarm-at-max",
        shows="an alarm at one task more than there may be",
        program="observability_alarm_out_of_reach.py",
        fires=frozenset({("alarm-at-max", NAME)}),
        says=(f"{AT_MAX} has threshold 9, not 8, the highest max", "A threshold of 8 passes"),
        fix_program=(("threshold=9", "threshold=8"),),
    ),
    Case(
        policy="alarm-at-max",
        shows="an alarm above the maximum, which nothing is",
        program="observability_alarm_above_max.py",
        fires=frozenset({("alarm-at-max", NAME)}),
        says=(
            f"{AT_MAX} has comparisonOperator GreaterThanThreshold, and scaling stops at 8",
            "GreaterThanOrEqualToThreshold passes",
        ),
        fix_program=(('"GreaterThanThreshold"', '"GreaterThanOrEqualToThreshold"'),),
    ),
    Case(
        policy="alarm-at-max",
        shows="an alarm of another service",
        program="observability_alarm_of_another_service.py",
        fires=frozenset({("alarm-at-max", NAME)}),
        says=(
            f"no alarm watches DesiredTaskCount of {NAME}, whose highest max is 8",
            f"ClusterName {NAME}, ServiceName {NAME}, GreaterThanOrEqualToThreshold, threshold 8",
        ),
        fix_program=(('"web"', f'"{NAME}"'),),
    ),
    Case(
        policy="alarm-at-max",
        shows="a cluster without the metric",
        program="observability_no_insights.py",
        fires=frozenset({("alarm-at-max", NAME)}),
        says=(
            f"cluster {NAME} has containerInsights disabled",
            "A containerInsights of enhanced passes",
        ),
        fix_program=(('"disabled"', '"enhanced"'),),
    ),
    Case(
        policy="alarm-errors",
        shows="no alarm on errors of the load balancer itself",
        program="observability_errors_unwatched.py",
        fires=frozenset({("alarm-errors", BALANCER)}),
        says=("no alarm watches its HTTPCode_ELB_5XX_Count", "statistic Sum and alarmActions"),
        fix_program=(("HTTPCode_ELB_3XX_Count", "HTTPCode_ELB_5XX_Count"),),
    ),
    Case(
        policy="alarm-errors",
        shows="an alarm that tells nobody",
        program="observability_errors_unheard.py",
        fires=frozenset({("alarm-errors", BALANCER)}),
        says=(f"{NAME}-elb-5xx has no alarmActions", "The ARN of a topic passes"),
        fix_program=(("lambda _: []", "lambda actions: actions"),),
    ),
    Case(
        policy="alarm-errors",
        shows="an alarm on an average that is always 1",
        program="observability_errors_averaged.py",
        fires=frozenset({("alarm-errors", BALANCER)}),
        says=(f"{NAME}-target-5xx has statistic Average", "A statistic of Sum passes"),
        fix_program=(('"Average"', '"Sum"'),),
    ),
    Case(
        policy="logs-retained",
        shows="logs that are kept for ever",
        program="observability_logs_for_ever.py",
        fires=frozenset({("logs-retained", NAME)}),
        says=("no retentionInDays: its logs are kept for ever", "A retentionInDays of 30 passes"),
        fix_program=(("retention_in_days=None", "retention_in_days=30"),),
    ),
]
