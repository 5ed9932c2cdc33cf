"""Type tokens of the resources that policies judge.

Constants, because reading them from pulumi_aws would cost every preview seconds; a test proves
each equal to the SDK's.
"""

STACK = "pulumi:pulumi:Stack"

SCALABLE_TARGET = "aws:appautoscaling/target:Target"
SCHEDULED_ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"
SCALING_POLICY = "aws:appautoscaling/policy:Policy"
# The three serve a dozen AWS services; this namespace is the one that policies are about.
ECS = "ecs"

ECS_CLUSTER = "aws:ecs/cluster:Cluster"
ECS_SERVICE = "aws:ecs/service:Service"
TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"

SUBNET = "aws:ec2/subnet:Subnet"
DEFAULT_SUBNET = "aws:ec2/defaultSubnet:DefaultSubnet"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
SECURITY_GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"

WEB_ACL = "aws:wafv2/webAcl:WebAcl"
WEB_ACL_RULE = "aws:wafv2/webAclRule:WebAclRule"
WEB_ACL_RULE_GROUP = "aws:wafv2/webAclRuleGroupAssociation:WebAclRuleGroupAssociation"
WEB_ACL_ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
WEB_ACL_LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
METRIC_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"

IAM_ROLE = "aws:iam/role:Role"
IAM_ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
IAM_POLICY = "aws:iam/policy:Policy"
IAM_ROLE_POLICY_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
IAM_ROLE_ATTACHMENTS = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
IAM_POLICY_ATTACHMENT = "aws:iam/policyAttachment:PolicyAttachment"
IAM_USER_POLICY = "aws:iam/userPolicy:UserPolicy"
IAM_USER_POLICY_ATTACHMENT = "aws:iam/userPolicyAttachment:UserPolicyAttachment"
IAM_GROUP_POLICY = "aws:iam/groupPolicy:GroupPolicy"
IAM_GROUP_POLICY_ATTACHMENT = "aws:iam/groupPolicyAttachment:GroupPolicyAttachment"

# Evenkeel's own dynamic resources.
MIGRATION_RUN = "pulumi-python:dynamic/evenkeel:MigrationRun"
ROLLOUT = "pulumi-python:dynamic/evenkeel:Rollout"


def _elb(kind: str) -> frozenset[str]:
    """One kind of resource under two modules of the SDK, and each under the name it had before."""
    modules = ("lb", "alb", "elasticloadbalancingv2", "applicationloadbalancing")
    return frozenset(f"aws:{module}/{kind[0].lower()}{kind[1:]}:{kind}" for module in modules)


LOAD_BALANCERS = _elb("LoadBalancer")
LISTENERS = _elb("Listener")
LISTENER_RULES = _elb("ListenerRule")
TARGET_GROUPS = _elb("TargetGroup")
