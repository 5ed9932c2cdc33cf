"""What tells people: the topic, the alarms, the dashboard."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import alarms, dashboard, iam, metric_alarm, refused_paths
from infra.alarms import Watched
from infra.dashboard import Levels


@dataclass(frozen=True, kw_only=True)
class ObservabilityArgs:
    watched: Watched
    planned_max: int
    waf_log_group: pulumi.Input[str]
    allowed_paths: Sequence[str]  # entries of the allowlist, the websocket path among them
    expected_blocks: Sequence[str]  # rules whose blocks are meant for allowed paths too
    migration_family: str | None
    notify: str | None  # an e-mail address
    levels: Levels | None  # None: no dashboard
    region: str
    account: str


class Observability(pulumi.ComponentResource):
    """A topic, every alarm of the stage, and its dashboard."""

    topic_arn: pulumi.Output[str]
    dashboard_url: str | None

    def __init__(
        self, name: str, args: ObservabilityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("evenkeel:infra:Observability", name, None, opts)
        self.child = pulumi.ResourceOptions(parent=self)

        topic = aws.sns.Topic(f"{name}-alarms", name=f"{name}-alarms", opts=self.child)
        self.topic_arn = topic.arn
        aws.sns.TopicPolicy(
            f"{name}-alarms",
            arn=topic.arn,
            policy=topic_policy(f"{name}-alarms", args.region, args.account),
            opts=self.child,
        )
        if args.notify is not None:
            aws.sns.TopicSubscription(
                f"{name}-alarms",
                topic=topic.arn,
                protocol="email",
                endpoint=args.notify,
                opts=self.child,
            )
        self._count_refusals(name, args)
        for alarm in alarms.alarms(args.watched, args.planned_max):
            metric_alarm.make(f"{name}-{alarm.name}", alarm, topic.arn, self.child)
        if args.migration_family is not None:
            self._failed_migration(name, args.migration_family, args.region, args.account)
        self.dashboard_url = None
        if args.levels is not None:
            self._dashboard(name, args.watched, args.levels)

        self.register_outputs({"topic_arn": self.topic_arn, "dashboard_url": self.dashboard_url})

    def _count_refusals(self, name: str, args: ObservabilityArgs) -> None:
        patterns = refused_paths.refused_patterns(args.allowed_paths, args.expected_blocks)
        for index, pattern in enumerate(patterns):
            aws.cloudwatch.LogMetricFilter(
                f"{name}-refused-{index}",
                name=f"{name}-refused-{index}",
                log_group_name=args.waf_log_group,
                pattern=pattern,
                metric_transformation={
                    "namespace": args.watched.refused_namespace,
                    "name": alarms.REFUSED_METRIC,
                    "value": "1",
                    "default_value": "0",
                },
                opts=self.child,
            )

    def _failed_migration(self, name: str, family: str, region: str, account: str) -> None:
        rule = aws.cloudwatch.EventRule(
            f"{name}-migration-failed",
            name=f"{name}-migration-failed",
            description="A migration task stopped without success. Its log says why; the service "
            "keeps its old revision. Correct it and run the update again.",
            event_pattern=failed_migration(family, region, account),
            opts=self.child,
        )
        aws.cloudwatch.EventTarget(
            f"{name}-migration-failed",
            rule=rule.name,
            arn=self.topic_arn,
            input_transformer={
                "input_paths": {"reason": "$.detail.stoppedReason", "task": "$.detail.taskArn"},
                "input_template": f'"Migration of {name} failed: <reason>. Task <task>. Its log '
                'says why. Correct it and run the update again."',
            },
            opts=self.child,
        )

    def _dashboard(self, name: str, watched: Watched, levels: Levels) -> None:
        aws.cloudwatch.Dashboard(
            name,
            dashboard_name=name,
            dashboard_body=pulumi.Output.json_dumps(dashboard.body(watched, levels)),
            opts=self.child,
        )
        console = f"https://{watched.region}.console.aws.amazon.com/cloudwatch/home"
        self.dashboard_url = f"{console}?region={watched.region}#dashboards/dashboard/{name}"


def topic_policy(topic: str, region: str, account: str) -> str:
    """Alarms and rules of this account may publish; the owner's own rights stand beside it."""
    topics = [iam.arn("sns", topic, region=region, account=account)]
    alarm_arns = iam.arn("cloudwatch", "alarm:*", region=region, account=account)
    return iam.policy_document(
        [
            iam.statement(
                ["sns:Publish"],
                topics,
                principal={"Service": "cloudwatch.amazonaws.com"},
                condition={"ArnLike": {"aws:SourceArn": alarm_arns}},
            ),
            # EventBridge does not take conditions here (EventBridge user guide, troubleshooting).
            iam.statement(["sns:Publish"], topics, principal={"Service": "events.amazonaws.com"}),
        ]
    )


def failed_migration(family: str, region: str, account: str) -> str:
    """Tasks of *family* that stopped without the exit code 0, or without having run."""
    revisions = iam.arn("ecs", f"task-definition/{family}:", region=region, account=account)
    return json.dumps(
        {
            "source": ["aws.ecs"],
            "detail-type": ["ECS Task State Change"],
            "detail": {
                "lastStatus": ["STOPPED"],
                "taskDefinitionArn": [{"prefix": revisions}],
                "$or": [
                    {"containers": {"exitCode": [{"anything-but": [0]}, {"exists": False}]}},
                    {"stopCode": [{"anything-but": ["EssentialContainerExited"]}]},
                ],
            },
        }
    )
