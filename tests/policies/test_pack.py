"""The catalogue as a whole: what is in it, how it is reported, and that it starts."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pulumi
import pulumi_aws as aws
import pytest
import yaml
from pulumi import get_type_token
from pulumi_policy import EnforcementLevel

from infra.stack import build
from policies import resource_types
from policies.pack import CATALOGUE
from tests.support.program import register
from tests.support.stages import config_of, shipped

# In the order of a preview; "?" marks an advisory.
PINNED = """
capacity-floor capacity-range capacity-db-steady capacity-db-surge capacity-fargate-quota
capacity-predictive-honors-max capacity-event-survives-schedules capacity-event-not-expired
capacity-desired-count-left-alone capacity-on-demand capacity-task-size capacity-workers-fit
capacity-two-zones capacity-deploy-can-move
cooldown-asymmetric cooldown-production-scale-in cooldown-covers-drain cooldown-covers-warm-up?
cooldown-step-bounds
scaling-target-range scaling-cpu-below-memory? scaling-metrics-distinct scaling-memory-can-agree?
scaling-one-owner scaling-no-role scaling-schedules-paired
routing-lor-xor-slow-start routing-http-least-outstanding routing-websocket-slow-start
routing-polling-sticky routing-drain-fits routing-idle-above-ping routing-tls routing-health-check
routing-grace-covers-warm-up
waf-attached waf-default-block waf-socket-io-allowed waf-bad-paths-first waf-blocks-before-allows
waf-clear-refusal waf-logs waf-fits-capacity
migration-separate migration-order migration-old-code-ready? migration-not-in-service
migration-on-demand
deployment-circuit-breaker deployment-rollout-checked deployment-timeout-fits
deployment-no-sigint-rollback
exposure-tasks-private exposure-only-from-load-balancer exposure-least-privilege
exposure-no-plain-secrets exposure-image-pinned
alarm-at-max alarm-errors logs-retained
suppression-valid suppression-used suppression-listed?
"""
PACK = Path(__file__).parents[2] / "policies"
MANDATORY, ADVISORY = EnforcementLevel.MANDATORY, EnforcementLevel.ADVISORY


def test_the_catalogue_is_pinned() -> None:
    """Identifiers, order and levels: no policy is dropped or softened unnoticed."""
    assert [f"{rule.name}{'?' if rule.advisory else ''}" for rule in CATALOGUE] == PINNED.split()


def test_every_policy_explains_itself() -> None:
    """Each says in sentences what must be true and what it protects from, and how to mend it."""
    for rule in CATALOGUE:
        told = (rule.description, rule.protects_from, rule.source, rule.remediation)
        assert [text for text in told if not text.endswith((".", ".)"))] == [], rule.name
        assert len(rule.description) <= 110, f"{rule.name}: a line in the output of a preview"


def test_the_engine_is_told_as_much() -> None:
    """The SDK's policies carry level, severity, remedy and the schema of the numbers."""
    for rule in CATALOGUE:
        policy = rule.policy()
        assert policy.name == rule.name
        assert policy.enforcement_level is (ADVISORY if rule.advisory else MANDATORY)
        assert policy.severity is rule.severity
        assert policy.remediation_steps == rule.remediation
        schema = policy.config_schema.properties if policy.config_schema else {}
        assert schema.keys() == rule.numbers.keys()


# Which way each number is stricter.
STRICTER = {
    ("capacity-floor", "production"): "minimum",
    ("capacity-floor", "elsewhere"): "minimum",
    ("cooldown-production-scale-in", "atLeastSeconds"): "minimum",
    ("scaling-target-range", "lowest"): "minimum",
    ("scaling-target-range", "highest"): "maximum",
    ("waf-fits-capacity", "mostUnits"): "maximum",
}


def test_the_configuration_only_makes_stricter() -> None:
    """Every number's default is its bound on the loose side, so none can be loosened."""
    numbers = {(rule.name, name): n for rule in CATALOGUE for name, n in rule.numbers.items()}

    assert numbers.keys() == STRICTER.keys()
    for which, bound in STRICTER.items():
        assert getattr(numbers[which], bound) == numbers[which].default, which


# Type tokens of classes, where the module of the SDK and the name of the constant tell which.
CLASSES = {
    "SCALABLE_TARGET": aws.appautoscaling.Target,
    "SCHEDULED_ACTION": aws.appautoscaling.ScheduledAction,
    "SCALING_POLICY": aws.appautoscaling.Policy,
    "ECS_CLUSTER": aws.ecs.Cluster,
    "ECS_SERVICE": aws.ecs.Service,
    "TASK_DEFINITION": aws.ecs.TaskDefinition,
    "SUBNET": aws.ec2.Subnet,
    "DEFAULT_SUBNET": aws.ec2.DefaultSubnet,
    "SECURITY_GROUP": aws.ec2.SecurityGroup,
    "INGRESS_RULE": aws.vpc.SecurityGroupIngressRule,
    "SECURITY_GROUP_RULE": aws.ec2.SecurityGroupRule,
    "WEB_ACL": aws.wafv2.WebAcl,
    "WEB_ACL_RULE": aws.wafv2.WebAclRule,
    "WEB_ACL_RULE_GROUP": aws.wafv2.WebAclRuleGroupAssociation,
    "WEB_ACL_ASSOCIATION": aws.wafv2.WebAclAssociation,
    "WEB_ACL_LOGGING": aws.wafv2.WebAclLoggingConfiguration,
    "LOG_GROUP": aws.cloudwatch.LogGroup,
    "METRIC_ALARM": aws.cloudwatch.MetricAlarm,
    "IAM_ROLE": aws.iam.Role,
    "IAM_ROLE_POLICY": aws.iam.RolePolicy,
    "IAM_POLICY": aws.iam.Policy,
    "IAM_ROLE_POLICY_ATTACHMENT": aws.iam.RolePolicyAttachment,
    "IAM_ROLE_ATTACHMENTS": aws.iam.RolePolicyAttachmentsExclusive,
    "IAM_POLICY_ATTACHMENT": aws.iam.PolicyAttachment,
    "IAM_USER_POLICY": aws.iam.UserPolicy,
    "IAM_USER_POLICY_ATTACHMENT": aws.iam.UserPolicyAttachment,
    "IAM_GROUP_POLICY": aws.iam.GroupPolicy,
    "IAM_GROUP_POLICY_ATTACHMENT": aws.iam.GroupPolicyAttachment,
}


@pytest.mark.parametrize("name", CLASSES)
def test_type_tokens_are_the_sdks(name: str) -> None:
    """A constant equals the token of the SDK's class."""
    assert get_type_token(CLASSES[name]) == getattr(resource_types, name)


def test_every_type_token_is_compared() -> None:
    """No constant is left out: the rest are not classes of the SDK, or proved below."""
    constants = {n for n, v in vars(resource_types).items() if isinstance(v, str) and n.isupper()}

    assert constants - CLASSES.keys() == {"STACK", "ECS", "MIGRATION_RUN", "ROLLOUT"}


def _balanced(module: ModuleType) -> list[pulumi.Resource]:
    name = module.__name__.rpartition(".")[2]
    balancer = module.LoadBalancer(name)
    group = module.TargetGroup(name, port=80, vpc_id="vpc-1")
    forward = {"type": "forward", "target_group_arn": group.arn}
    listener = module.Listener(name, load_balancer_arn=balancer.arn, default_actions=[forward])
    rule = module.ListenerRule(
        name,
        listener_arn=listener.arn,
        actions=[forward],
        conditions=[{"path_pattern": {"values": ["/"]}}],
    )
    return [balancer, listener, rule, group]


def test_type_tokens_of_load_balancing_are_the_sdks() -> None:
    """Both classes of each kind, each with the token it had before, are in the constant."""
    registered = register(lambda: [_balanced(aws.lb), _balanced(aws.alb)]).registered
    of_kind: dict[str, set[str]] = {}
    for resource in registered:
        kind = resource.type.rpartition(":")[2]
        of_kind.setdefault(kind, set()).update({resource.type, *resource.former_types})

    assert of_kind == {
        "LoadBalancer": resource_types.LOAD_BALANCERS,
        "Listener": resource_types.LISTENERS,
        "ListenerRule": resource_types.LISTENER_RULES,
        "TargetGroup": resource_types.TARGET_GROUPS,
    }


def test_dynamic_types_are_ours() -> None:
    """The two dynamic resources are registered under the constants' tokens."""
    stage = shipped("production")
    program = register(lambda: build(stage), stage="production", config=config_of(stage))

    assert program.of_type(resource_types.MIGRATION_RUN)
    assert program.of_type(resource_types.ROLLOUT)


def test_the_pack_starts_light() -> None:
    """The pack runs at every preview: it imports neither the AWS SDKs nor a component."""
    code = (
        "import sys, json, policies.analyzer;print(json.dumps(sorted({m for m in sys.modules} )))"
    )
    loaded = json.loads(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, check=True, text=True, cwd=PACK
        ).stdout
    )
    assert not {"pulumi_aws", "boto3", "botocore", "infra.stack"} & set(loaded)


def test_no_module_hides_one_of_the_standard_library() -> None:
    """The pack's folder is first on its path: a file named like `logging` would break it."""
    assert not {path.stem for path in PACK.glob("*.py")} & set(sys.stdlib_module_names)


def test_the_entry_point_only_starts_the_server() -> None:
    """`__main__` holds an import and the call that never returns: all else can be imported."""
    body = ast.parse((PACK / "__main__.py").read_text()).body[1:]

    assert [type(node) for node in body] == [ast.ImportFrom, ast.Expr]


def test_the_pack_serves() -> None:
    """Started as the engine starts it, from its own folder, the pack prints the port it serves."""
    assert yaml.safe_load((PACK / "PulumiPolicy.yaml").read_text())["runtime"]["name"] == "python"
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(PACK)]
    with subprocess.Popen(
        command,
        cwd=PACK,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PULUMI_CONFIG": "{}"},
    ) as pack:
        assert pack.stdout is not None
        port = pack.stdout.readline()
        pack.terminate()
    assert 1024 <= int(port) <= 65535
