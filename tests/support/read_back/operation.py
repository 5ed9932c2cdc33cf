"""Readers of logs, alarms, the dashboard, events and the topic."""

from typing import Any

from tests.support.read_back.answers import (
    Account,
    Properties,
    Reader,
    Resource,
    dimensions,
    only,
    renamed,
    tags,
    told,
)


def log_group(account: Account, resource: Resource) -> Properties:
    logs = account("logs")
    groups = logs.describe_log_groups(logGroupNamePrefix=resource.id)["logGroups"]
    found = only([group for group in groups if group["logGroupName"] == resource.id])
    arn = found["arn"].removesuffix(":*")
    listed = logs.list_tags_for_resource(resourceArn=arn)["tags"]
    return {**renamed(found, name="logGroupName"), "tags": listed}


def log_metric_filter(account: Account, resource: Resource) -> Properties:
    group, _, name = resource.id.rpartition(":")
    answer = account("logs").describe_metric_filters(logGroupName=group, filterNamePrefix=name)
    found = only([each for each in answer["metricFilters"] if each["filterName"] == name])
    counted = only(found["metricTransformations"])
    return {
        **renamed(found, name="filterName", pattern="filterPattern"),
        "metricTransformation": renamed(
            counted, name="metricName", namespace="metricNamespace", value="metricValue"
        ),
    }


def metric_alarm(account: Account, resource: Resource) -> Properties:
    cloudwatch = account("cloudwatch")
    answer = cloudwatch.describe_alarms(AlarmNames=[resource.id])
    found = told(only(answer["MetricAlarms"]))
    listed = cloudwatch.list_tags_for_resource(ResourceARN=found["alarmArn"])["Tags"]
    return {
        **renamed(found, name="alarmName"),
        "dimensions": dimensions(found.get("dimensions", [])),
        "metricQueries": [_query(each) for each in found.get("metrics", [])],
        "tags": tags(listed),
    }


def _query(query: Any) -> Properties:
    if "metricStat" not in query:
        return dict(query)
    stat = query["metricStat"]
    metric = {**stat, **stat["metric"], "dimensions": dimensions(stat["metric"]["dimensions"])}
    return {**query, "metric": metric}


def dashboard(account: Account, resource: Resource) -> Properties:
    return dict(told(account("cloudwatch").get_dashboard(DashboardName=resource.id)))


def event_rule(account: Account, resource: Resource) -> Properties:
    events = account("events")
    found = told(events.describe_rule(Name=resource.id))
    listed = events.list_tags_for_resource(ResourceARN=found["arn"])["Tags"]
    return {**found, "tags": tags(listed)}


def event_target(account: Account, resource: Resource) -> Properties:
    rule = resource.inputs["rule"]
    targets = account("events").list_targets_by_rule(Rule=rule)["Targets"]
    found = told(only(targets))
    transformer = only(targets)["InputTransformer"]  # the keys of its map are the user's own
    return {
        **renamed(found, targetId="id"),
        "rule": rule,  # AWS lists the target below this rule
        "inputTransformer": {
            "inputPaths": transformer["InputPathsMap"],
            "inputTemplate": transformer["InputTemplate"],
        },
    }


def topic(account: Account, resource: Resource) -> Properties:
    sns = account("sns")
    found = sns.get_topic_attributes(TopicArn=resource.id)["Attributes"]
    listed = sns.list_tags_for_resource(ResourceArn=resource.id)["Tags"]
    return {"name": found["TopicArn"].rpartition(":")[2], "tags": tags(listed)}


def topic_policy(account: Account, resource: Resource) -> Properties:
    found = account("sns").get_topic_attributes(TopicArn=resource.id)["Attributes"]
    return {"arn": found["TopicArn"], "policy": found["Policy"]}


def topic_subscription(account: Account, resource: Resource) -> Properties:
    of_topic = account("sns").list_subscriptions_by_topic(TopicArn=resource.inputs["topic"])
    own = [s for s in of_topic["Subscriptions"] if s["SubscriptionArn"] == resource.id]
    return renamed(told(only(own)), topic="topicArn")


READERS: dict[str, Reader] = {
    "aws:cloudwatch/logGroup:LogGroup": log_group,
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": log_metric_filter,
    "aws:cloudwatch/metricAlarm:MetricAlarm": metric_alarm,
    "aws:cloudwatch/dashboard:Dashboard": dashboard,
    "aws:cloudwatch/eventRule:EventRule": event_rule,
    "aws:cloudwatch/eventTarget:EventTarget": event_target,
    "aws:sns/topic:Topic": topic,
    "aws:sns/topicPolicy:TopicPolicy": topic_policy,
    "aws:sns/topicSubscription:TopicSubscription": topic_subscription,
}
