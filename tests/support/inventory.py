"""How many resources of each type an account holds, asked of AWS: nothing may be there twice."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from tests.support.read_back.answers import Account
from tests.support.workspace import Workspace

Listed = Callable[[Account], list[Any]]


def doubled(stage: Workspace) -> dict[str, tuple[int, int]]:
    """Type → (how many AWS has, how many the stack has), wherever the two differ."""
    account = Account(stage.aws, {})
    known = Counter(each["type"] for each in stage.resources())
    found = {kind: len(listed(account)) for kind, listed in LISTED.items()}
    return {kind: (found[kind], known[kind]) for kind in LISTED if found[kind] != known[kind]}


def _tagged(operation: str, result: str) -> Listed:
    """EC2's own (a default VPC and what comes with it) bear no tags."""

    def listed(account: Account) -> list[Any]:
        answer = getattr(account("ec2"), operation)()[result]
        return [each for each in answer if each.get("Tags")]

    return listed


def _all(service: str, operation: str, result: str, **asked: Any) -> Listed:
    return lambda account: list(getattr(account(service), operation)(**asked)[result])


def _tables(account: Account, part: str) -> Iterator[dict[str, Any]]:
    for table in _tagged("describe_route_tables", "RouteTables")(account):
        yield from table[part]


def _routes(account: Account) -> list[Any]:
    return [each for each in _tables(account, "Routes") if each.get("GatewayId") != "local"]


def _associations(account: Account) -> list[Any]:
    return [each for each in _tables(account, "Associations") if not each.get("Main")]


def _rules(egress: bool) -> Listed:
    def listed(account: Account) -> list[Any]:
        rules = _tagged("describe_security_group_rules", "SecurityGroupRules")(account)
        return [each for each in rules if each["IsEgress"] is egress]

    return listed


def _listeners(account: Account) -> list[Any]:
    elb = account("elbv2")
    return [
        listener
        for balancer in elb.describe_load_balancers()["LoadBalancers"]
        for listener in elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])[
            "Listeners"
        ]
    ]


def _listener_rules(account: Account) -> list[Any]:
    return [
        rule
        for listener in _listeners(account)
        for rule in account("elbv2").describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
        if not rule["IsDefault"]
    ]


def _services(account: Account) -> list[Any]:
    ecs = account("ecs")
    clusters = ecs.list_clusters()["clusterArns"]
    return [arn for each in clusters for arn in ecs.list_services(cluster=each)["serviceArns"]]


def _alarms(account: Account) -> list[Any]:
    """Without those that a tracking policy makes for itself."""
    alarms = account("cloudwatch").describe_alarms()["MetricAlarms"]
    return [each for each in alarms if not each["AlarmName"].startswith("TargetTracking-")]


_SCALED = {"ServiceNamespace": "ecs"}
LISTED: dict[str, Listed] = {
    "aws:ec2/vpc:Vpc": _tagged("describe_vpcs", "Vpcs"),
    "aws:ec2/subnet:Subnet": _tagged("describe_subnets", "Subnets"),
    "aws:ec2/internetGateway:InternetGateway": _tagged(
        "describe_internet_gateways", "InternetGateways"
    ),
    "aws:ec2/routeTable:RouteTable": _tagged("describe_route_tables", "RouteTables"),
    "aws:ec2/route:Route": _routes,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _associations,
    "aws:ec2/eip:Eip": _tagged("describe_addresses", "Addresses"),
    "aws:ec2/natGateway:NatGateway": _tagged("describe_nat_gateways", "NatGateways"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _tagged("describe_vpc_endpoints", "VpcEndpoints"),
    "aws:ec2/securityGroup:SecurityGroup": _tagged("describe_security_groups", "SecurityGroups"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rules(egress=False),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rules(egress=True),
    "aws:s3/bucket:Bucket": _all("s3", "list_buckets", "Buckets"),
    "aws:lb/loadBalancer:LoadBalancer": _all("elbv2", "describe_load_balancers", "LoadBalancers"),
    "aws:lb/targetGroup:TargetGroup": _all("elbv2", "describe_target_groups", "TargetGroups"),
    "aws:lb/listener:Listener": _listeners,
    "aws:lb/listenerRule:ListenerRule": _listener_rules,
    "aws:wafv2/webAcl:WebAcl": _all("wafv2", "list_web_acls", "WebACLs", Scope="REGIONAL"),
    "aws:ecs/cluster:Cluster": _all("ecs", "list_clusters", "clusterArns"),
    "aws:ecs/taskDefinition:TaskDefinition": _all(
        "ecs", "list_task_definitions", "taskDefinitionArns", status="ACTIVE"
    ),
    "aws:ecs/service:Service": _services,
    "aws:iam/role:Role": _all("iam", "list_roles", "Roles", PathPrefix="/"),
    "aws:cloudwatch/logGroup:LogGroup": _all("logs", "describe_log_groups", "logGroups"),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": _all(
        "logs", "describe_metric_filters", "metricFilters"
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": _alarms,
    "aws:cloudwatch/dashboard:Dashboard": _all("cloudwatch", "list_dashboards", "DashboardEntries"),
    "aws:cloudwatch/eventRule:EventRule": _all("events", "list_rules", "Rules"),
    "aws:sns/topic:Topic": _all("sns", "list_topics", "Topics"),
    "aws:sns/topicSubscription:TopicSubscription": _all(
        "sns", "list_subscriptions", "Subscriptions"
    ),
    "aws:appautoscaling/target:Target": _all(
        "application-autoscaling", "describe_scalable_targets", "ScalableTargets", **_SCALED
    ),
    "aws:appautoscaling/policy:Policy": _all(
        "application-autoscaling", "describe_scaling_policies", "ScalingPolicies", **_SCALED
    ),
    "aws:appautoscaling/scheduledAction:ScheduledAction": _all(
        "application-autoscaling", "describe_scheduled_actions", "ScheduledActions", **_SCALED
    ),
}
