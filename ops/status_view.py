"""What AWS says of a stage at one moment: each call, and what could not be told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from ops.errors import OUTDATED, UNKNOWN, OpsError, cause, code_of, of_aws
from ops.reach import Reached

T = TypeVar("T")
Records = list[dict[str, Any]]
# A page of DescribeScalingActivities (API reference: up to 50).
ACTIVITIES = 50
# How far back the last value of a metric is looked for: delivery takes AWS minutes.
RECENT = timedelta(minutes=15)


def is_told(what: str, cannot_tell: Iterable[str]) -> bool:
    """Whether AWS has told *what*, such as `the bounds`."""
    return not any(each.startswith(f"{what}:") for each in cannot_tell)


@dataclass
class View:
    """One look at a stage. What a role may not ask is told in `cannot_tell`, not raised."""

    reached: Reached
    cannot_tell: list[str] = field(default_factory=list)

    def ask(self, what: str, call: Callable[[], T], otherwise: T) -> T:
        """The answer of *call*, or *otherwise* where AWS refuses it.

        Raises OpsError where no call could succeed: no network, no valid credentials.
        """
        try:
            return call()
        except ClientError as error:
            if code_of(error) in (*OUTDATED, *UNKNOWN):
                raise of_aws(error) from None
            self.cannot_tell.append(f"{what}: {cause(error)}")
            return otherwise
        except OpsError as error:
            self.cannot_tell.append(f"{what}: {error}")
            return otherwise
        except BotoCoreError as error:
            raise of_aws(error) from None

    def service(self) -> dict[str, Any] | None:
        """The ECS service; None where AWS does not tell. Raises OpsError where it is not there."""
        unknown: dict[str, Any] | None = {}
        found = self.ask("the service", self.reached.scaled.service, unknown)
        if found is None:
            raise self.reached.no_service()
        return found or None

    def targets(self, groups: Iterable[str]) -> dict[str, Records]:
        """Every target of each target group, by the group's ARN."""
        return {arn: self._targets(arn) for arn in groups}

    def _targets(self, group: str) -> Records:
        elbv2 = self.reached.client("elbv2")
        return self._list(
            f"the targets of {group.split('/')[-2]}",
            lambda: elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"],
        )

    def scalable_target(self) -> dict[str, Any] | None:
        """The scalable target; None where there is none, or AWS does not tell."""
        return self.ask("the bounds", self.reached.scaled.target, None)

    def policies(self) -> Records:
        """The scaling policies."""
        pages = self.reached.client("application-autoscaling").get_paginator(
            "describe_scaling_policies"
        )
        return self._list(
            "the policies",
            lambda: [
                each
                for page in pages.paginate(**self.reached.scaled.dimension)
                for each in page["ScalingPolicies"]
            ],
        )

    def activities(self) -> Records:
        """The latest scaling activities, and decisions not to scale, the newest first."""
        client = self.reached.client("application-autoscaling")
        found = self._list(
            "the activities",
            lambda: client.describe_scaling_activities(
                **self.reached.scaled.dimension,
                MaxResults=ACTIVITIES,
                IncludeNotScaledActivities=True,
            )["ScalingActivities"],
        )
        return sorted(found, key=lambda each: each["StartTime"], reverse=True)

    def alarms(self, policies: Iterable[dict[str, Any]]) -> Records:
        """The alarms that tell the stage's topic, and those that drive *policies*."""
        name, driven = self.reached.name, {each["PolicyARN"] for each in policies}
        managed = [alarm["AlarmName"] for each in policies for alarm in each.get("Alarms", [])]
        asked: Records = [{"AlarmNamePrefix": f"{name}-"}]
        asked += [{"AlarmNames": managed}] if managed else []

        def described() -> Records:
            pages = self.reached.client("cloudwatch").get_paginator("describe_alarms")
            found = {
                alarm["AlarmName"]: alarm
                for each in asked
                for page in pages.paginate(**each)
                for alarm in page["MetricAlarms"]
            }
            return list(found.values())

        # staging-2 has the prefix of staging; its alarms tell another topic and drive others.
        return [
            alarm
            for alarm in self._list("the alarms", described)
            if any(a in driven or a.endswith(f":{name}-alarms") for a in alarm["AlarmActions"])
        ]

    def latest(
        self, alarms: Iterable[dict[str, Any]], now: datetime
    ) -> dict[str, tuple[datetime, float]]:
        """The latest value of each alarm's metric and the start of its period, by alarm."""
        asked = [each for each in alarms if "MetricName" in each and "Statistic" in each]
        if not asked:
            return {}
        found = self._list(
            "the metrics",
            lambda: self.reached.client("cloudwatch").get_metric_data(
                MetricDataQueries=[_query(n, alarm) for n, alarm in enumerate(asked)],
                StartTime=now - RECENT,
                EndTime=now,
                ScanBy="TimestampDescending",
            )["MetricDataResults"],
        )
        return {
            asked[int(each["Id"][1:])]["AlarmName"]: (each["Timestamps"][0], each["Values"][0])
            for each in found
            if each["Values"]
        }

    def _list(self, what: str, call: Callable[[], Records]) -> Records:
        return self.ask(what, call, [])


def _query(number: int, alarm: dict[str, Any]) -> dict[str, Any]:
    metric = {key: alarm[key] for key in ("Namespace", "MetricName", "Dimensions")}
    stat = {"Metric": metric, "Period": alarm["Period"], "Stat": alarm["Statistic"]}
    return {"Id": f"m{number}", "MetricStat": stat}
