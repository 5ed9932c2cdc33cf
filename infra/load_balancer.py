"""The load balancer: listeners that forward what exists and answer 404 to everything else."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import access_logs, target_groups
from infra.access_logs import AccessLogs
from infra.paths import allowed_path
from infra.target_groups import HealthCheck, Websocket

# TLS 1.3 and 1.2 with forward secrecy and post-quantum key exchange; AWS's own recommendation
# (ELB user guide, security policies). Without a policy AWS would still take TLS 1.0.
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
VALUES_PER_RULE = 5  # ELB quota, not adjustable
# Apart, so that switching websockets on or off moves no other rule: two rules of one listener
# never share a priority, not even for the moment of an update.
WEBSOCKET_PRIORITY = 1
FIRST_ALLOW_PRIORITY = 10
NOT_FOUND: aws.lb.ListenerDefaultActionArgsDict = {
    "type": "fixed-response",
    "fixed_response": {
        "status_code": "404",
        "content_type": "text/plain",
        "message_body": "Not found: no route serves this path.",
    },
}
TO_HTTPS: aws.lb.ListenerDefaultActionArgsDict = {
    "type": "redirect",
    "redirect": {"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"},
}


@dataclass(frozen=True, kw_only=True)
class LoadBalancerArgs:
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    health_check: HealthCheck
    idle_timeout_seconds: int
    short_name: str  # of balancer and groups: with "-http" and what Pulumi adds, 32 at most
    http_deregistration_delay_seconds: int
    websocket: Websocket | None
    allowed_paths: Sequence[str]
    certificate_arn: str | None
    access_logs: AccessLogs
    deletion_protection: bool


class LoadBalancer(pulumi.ComponentResource):
    """An application load balancer with an ``http`` and a ``websocket`` target group."""

    arn: pulumi.Output[str]
    arn_suffix: pulumi.Output[str]
    url: pulumi.Output[str]
    target_groups: dict[str, aws.lb.TargetGroup]
    """By use: ``http``, and ``websocket`` where the stage has one."""
    rules: list[aws.lb.ListenerRule]
    """ECS refuses a service whose target groups no listener rule names yet."""

    def __init__(
        self, name: str, args: LoadBalancerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("evenkeel:infra:LoadBalancer", name, None, opts)
        self.child = pulumi.ResourceOptions(parent=self)

        bucket, bucket_policy = access_logs.make(name, args.access_logs, self.child)
        balancer = aws.lb.LoadBalancer(
            args.short_name,
            load_balancer_type="application",
            internal=False,
            subnets=args.subnet_ids,
            security_groups=[args.security_group_id],
            idle_timeout=args.idle_timeout_seconds,
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            enable_waf_fail_open=False,
            enable_deletion_protection=args.deletion_protection,
            access_logs={"bucket": bucket.bucket, "enabled": True},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[bucket_policy]),
        )
        self.target_groups = self._target_groups(args)
        listener = self._listeners(name, balancer, args.certificate_arn)
        self.rules = self._rules(name, listener, args)

        self.arn = balancer.arn
        self.arn_suffix = balancer.arn_suffix
        scheme = "https" if args.certificate_arn else "http"
        self.url = pulumi.Output.concat(f"{scheme}://", balancer.dns_name)
        self.register_outputs({"arn": self.arn, "arn_suffix": self.arn_suffix, "url": self.url})

    def _target_groups(self, args: LoadBalancerArgs) -> dict[str, aws.lb.TargetGroup]:
        name, check = args.short_name, args.health_check
        delay = args.http_deregistration_delay_seconds
        groups = {"http": target_groups.http_group(name, args.vpc_id, check, delay, self.child)}
        if args.websocket is not None:
            groups["websocket"] = target_groups.websocket_group(
                name, args.vpc_id, check, args.websocket, self.child
            )
        return groups

    def _listeners(
        self, name: str, balancer: aws.lb.LoadBalancer, certificate_arn: str | None
    ) -> aws.lb.Listener:
        """The listener that carries the rules: HTTPS, or HTTP where there is no certificate."""
        http = aws.lb.Listener(
            f"{name}-http",
            load_balancer_arn=balancer.arn,
            port=80,
            protocol="HTTP",
            default_actions=[TO_HTTPS if certificate_arn else NOT_FOUND],
            opts=self.child,
        )
        if certificate_arn is None:
            return http
        return aws.lb.Listener(
            f"{name}-https",
            load_balancer_arn=balancer.arn,
            port=443,
            protocol="HTTPS",
            certificate_arn=certificate_arn,
            ssl_policy=TLS_POLICY,
            default_actions=[NOT_FOUND],
            opts=self.child,
        )

    def _rules(
        self, name: str, listener: aws.lb.Listener, args: LoadBalancerArgs
    ) -> list[aws.lb.ListenerRule]:
        # The websocket path first: it may lie below an allowed one.
        routes = []
        if args.websocket is not None:
            patterns = allowed_path(args.websocket.path).patterns
            routes.append((f"{name}-websocket", WEBSOCKET_PRIORITY, "websocket", patterns))
        for index, patterns in enumerate(rule_patterns(args.allowed_paths)):
            routes.append((f"{name}-allow-{index}", FIRST_ALLOW_PRIORITY + index, "http", patterns))
        return [
            aws.lb.ListenerRule(
                rule_name,
                listener_arn=listener.arn,
                priority=priority,
                conditions=[{"path_pattern": {"values": patterns}}],
                actions=[{"type": "forward", "target_group_arn": self.target_groups[group].arn}],
                opts=self.child,
            )
            for rule_name, priority, group, patterns in routes
        ]


def rule_patterns(allowed_paths: Sequence[str]) -> list[list[str]]:
    """Path patterns, up to five for each rule; those of one allowed path stay together."""
    rules: list[list[str]] = [[]]
    for entry in allowed_paths:
        patterns = allowed_path(entry).patterns
        if len(rules[-1]) + len(patterns) > VALUES_PER_RULE:
            rules.append([])
        rules[-1] += patterns
    return [rule for rule in rules if rule]
