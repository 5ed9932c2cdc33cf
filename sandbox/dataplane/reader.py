"""Reads the load balancers of a scope through the AWS APIs."""

from collections.abc import Iterator, Mapping
from typing import Any

import boto3
from botocore.config import Config

from sandbox.dataplane.snapshot import (
    Listener,
    LoadBalancer,
    Record,
    Scope,
    Target,
    TargetGroup,
)


class Reader:
    """The AWS APIs of one scope at `url`. The account is the access key, as the emulator has it."""

    def __init__(self, url: str, scope: Scope) -> None:
        self._scope = scope
        self._elbv2: Any = _client("elbv2", url, scope)
        self._wafv2: Any = _client("wafv2", url, scope)

    def balancers(self) -> Iterator[LoadBalancer]:
        """Every load balancer; raises ClientError when one goes while it is read."""
        for record in self._all("describe_load_balancers", "LoadBalancers"):
            yield self._balancer(record)

    def _balancer(self, record: Record) -> LoadBalancer:
        arn = record["LoadBalancerArn"]
        listeners = self._all("describe_listeners", "Listeners", LoadBalancerArn=arn)
        groups = self._all("describe_target_groups", "TargetGroups", LoadBalancerArn=arn)
        attributes = self._elbv2.describe_load_balancer_attributes(LoadBalancerArn=arn)
        guard = self._wafv2.get_web_acl_for_resource(ResourceArn=arn)
        return LoadBalancer(
            scope=self._scope,
            record=record,
            attributes=_attributes(attributes),
            listeners=tuple(self._listener(listener) for listener in listeners),
            groups=tuple(self._group(group) for group in groups),
            web_acl=guard.get("WebACL"),
        )

    def _listener(self, record: Record) -> Listener:
        arn = record["ListenerArn"]
        rules = list(self._all("describe_rules", "Rules", ListenerArn=arn))
        certificates: list[Record] = []
        if record["Protocol"] == "HTTPS":
            certificates = self._elbv2.describe_listener_certificates(ListenerArn=arn)[
                "Certificates"
            ]
        return Listener(
            record=record,
            rules=tuple(sorted(rules, key=_priority)),
            certificates=tuple(
                c["CertificateArn"] for c in sorted(certificates, key=lambda c: not c["IsDefault"])
            ),
        )

    def _group(self, record: Record) -> TargetGroup:
        arn = record["TargetGroupArn"]
        attributes = self._elbv2.describe_target_group_attributes(TargetGroupArn=arn)
        found = self._elbv2.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
        return TargetGroup(
            record=record, attributes=_attributes(attributes), targets=tuple(map(_target, found))
        )

    def _all(self, call: str, member: str, **parameters: str) -> Iterator[Record]:
        for page in self._elbv2.get_paginator(call).paginate(**parameters):
            yield from page[member]


def _client(service: str, url: str, scope: Scope) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=url,
        region_name=scope.region,
        aws_access_key_id=scope.account,
        aws_secret_access_key="sandbox",
        config=Config(retries={"max_attempts": 0}, read_timeout=30),
    )


def _attributes(answer: Record) -> Mapping[str, str]:
    return {attribute["Key"]: attribute["Value"] for attribute in answer["Attributes"]}


def _target(description: Record) -> Target:
    target = description["Target"]
    draining = description["TargetHealth"]["State"] == "draining"
    return Target(address=target["Id"], port=target["Port"], draining=draining)


def _priority(rule: Record) -> int:
    return 1_000_000 if rule["IsDefault"] else int(rule["Priority"])
