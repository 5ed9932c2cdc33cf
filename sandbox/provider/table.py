"""Every resource type that the provider has."""

from sandbox.provider.appautoscaling.policies import POLICY
from sandbox.provider.appautoscaling.scheduled_actions import SCHEDULED_ACTION
from sandbox.provider.appautoscaling.targets import TARGET
from sandbox.provider.cloudwatch.alarms import METRIC_ALARM
from sandbox.provider.cloudwatch.dashboards import DASHBOARD
from sandbox.provider.cloudwatch.log_groups import LOG_GROUP
from sandbox.provider.cloudwatch.log_metric_filters import LOG_METRIC_FILTER
from sandbox.provider.ec2.endpoints import VPC_ENDPOINT
from sandbox.provider.ec2.internet_gateways import INTERNET_GATEWAY
from sandbox.provider.ec2.nat_gateways import EIP, NAT_GATEWAY
from sandbox.provider.ec2.route_tables import ROUTE, ROUTE_TABLE, ROUTE_TABLE_ASSOCIATION
from sandbox.provider.ec2.security_group_rules import EGRESS_RULE, INGRESS_RULE
from sandbox.provider.ec2.security_groups import SECURITY_GROUP
from sandbox.provider.ec2.subnets import SUBNET
from sandbox.provider.ec2.vpcs import VPC
from sandbox.provider.ecs.capacity_providers import CLUSTER_CAPACITY_PROVIDERS
from sandbox.provider.ecs.clusters import CLUSTER
from sandbox.provider.ecs.services import SERVICE
from sandbox.provider.ecs.task_definitions import TASK_DEFINITION
from sandbox.provider.elbv2.listener_rules import LISTENER_RULE
from sandbox.provider.elbv2.listeners import LISTENER
from sandbox.provider.elbv2.load_balancers import LOAD_BALANCER
from sandbox.provider.elbv2.target_groups import TARGET_GROUP
from sandbox.provider.events.rules import EVENT_RULE
from sandbox.provider.events.targets import EVENT_TARGET
from sandbox.provider.iam.role_policies import ROLE_POLICY
from sandbox.provider.iam.roles import ROLE
from sandbox.provider.resource_type import ResourceType
from sandbox.provider.s3.buckets import BUCKET
from sandbox.provider.s3.settings import (
    BUCKET_ENCRYPTION,
    BUCKET_LIFECYCLE,
    BUCKET_POLICY,
    BUCKET_PUBLIC_ACCESS_BLOCK,
)
from sandbox.provider.sns.subscriptions import TOPIC_SUBSCRIPTION
from sandbox.provider.sns.topics import TOPIC, TOPIC_POLICY
from sandbox.provider.wafv2.guarding import WEB_ACL_ASSOCIATION, WEB_ACL_LOGGING
from sandbox.provider.wafv2.web_acls import WEB_ACL

_ENTRIES: tuple[ResourceType, ...] = (
    VPC,
    SUBNET,
    INTERNET_GATEWAY,
    ROUTE_TABLE,
    ROUTE,
    ROUTE_TABLE_ASSOCIATION,
    EIP,
    NAT_GATEWAY,
    VPC_ENDPOINT,
    SECURITY_GROUP,
    INGRESS_RULE,
    EGRESS_RULE,
    BUCKET,
    BUCKET_POLICY,
    BUCKET_PUBLIC_ACCESS_BLOCK,
    BUCKET_ENCRYPTION,
    BUCKET_LIFECYCLE,
    LOAD_BALANCER,
    TARGET_GROUP,
    LISTENER,
    LISTENER_RULE,
    WEB_ACL,
    WEB_ACL_ASSOCIATION,
    WEB_ACL_LOGGING,
    CLUSTER,
    CLUSTER_CAPACITY_PROVIDERS,
    TASK_DEFINITION,
    SERVICE,
    ROLE,
    ROLE_POLICY,
    LOG_GROUP,
    LOG_METRIC_FILTER,
    METRIC_ALARM,
    DASHBOARD,
    EVENT_RULE,
    EVENT_TARGET,
    TARGET,
    POLICY,
    SCHEDULED_ACTION,
    TOPIC,
    TOPIC_POLICY,
    TOPIC_SUBSCRIPTION,
)

TYPES = {entry.token: entry for entry in _ENTRIES}
"""By type token."""
