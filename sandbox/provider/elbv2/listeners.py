"""Elastic Load Balancing: listeners."""

import re
from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.elbv2.actions import actions, actions_fault, actions_read
from sandbox.provider.elbv2.calls import MISSING, RETAG, out_of, tags_of
from sandbox.provider.requests import Request, request
from sandbox.provider.resource_type import ResourceType, rule
from sandbox.provider.tags import as_list, ours
from sandbox.provider.values import Properties


@rule(
    "defaultActions",
    what="actions complete; the last forwards, redirects or answers; no redirect loop",
    source="BC:elbv2/Action, FixedResponseActionConfig, RedirectActionConfig",
)
def _default_actions(inputs: Properties) -> str | None:
    return actions_fault(inputs, "defaultActions")


@rule(
    "protocol", "certificateArn", "sslPolicy",
    what="HTTPS needs a certificate; HTTP takes neither certificate nor policy",
    source="BC:elbv2/CreateListenerInput",
)  # fmt: skip
def _certificate(inputs: Properties) -> str | None:
    protocol = inputs.get("protocol", "HTTP")
    if protocol not in ("HTTP", "HTTPS"):
        return f"ValidationError: Listener protocol '{protocol}' must be one of 'HTTP, HTTPS'"
    if protocol == "HTTPS" and not inputs.get("certificateArn"):
        return "CertificateNotFound: A certificate must be specified for HTTPS listeners"
    if protocol == "HTTP" and (inputs.get("certificateArn") or inputs.get("sslPolicy")):
        return (
            "InvalidConfigurationRequest: A certificate or SSL policy cannot be specified for "
            "HTTP listeners"
        )
    return None


@rule(
    "sslPolicy",
    what="a policy of AWS's name form (ELBSecurityPolicy-…)",
    source="BC:elbv2/CreateListenerInput.SslPolicy",
)
def _ssl_policy(inputs: Properties) -> str | None:
    name = inputs.get("sslPolicy")
    if name and not re.fullmatch(r"ELBSecurityPolicy-[A-Za-z0-9-]+", name):
        return f"SSLPolicyNotFound: SSL policy '{name}' not found"
    return None


@rule("port", what="port 1-65535", source="BC:elbv2/Port")
def _port(inputs: Properties) -> str | None:
    return out_of("port", inputs.get("port"), 1, 65535)


def _listener_parameters(inputs: Properties) -> dict[str, Any]:
    certificate = inputs.get("certificateArn")
    return {
        "Protocol": inputs.get("protocol", "HTTP"),
        "Certificates": [{"CertificateArn": certificate}] if certificate else None,
        "DefaultActions": actions(inputs.get("defaultActions")),
    }


def _listener_request(inputs: Properties) -> Iterator[Request]:
    given = _listener_parameters(inputs)
    yield request("elbv2", "CreateListener", inputs, **given, Tags=as_list(inputs))


def _create_listener(aws: Aws, inputs: Properties) -> str:
    balancer = inputs["loadBalancerArn"]
    found = aws.call("elbv2", "DescribeListeners", LoadBalancerArn=balancer)["Listeners"]
    same = next((item for item in found if item["Port"] == inputs["port"]), None)
    if same is None:
        return str(aws.send(next(_listener_request(inputs)))["Listeners"][0]["ListenerArn"])
    arn = str(same["ListenerArn"])
    if not ours(tags_of(aws, arn), inputs):
        text = f"A listener already exists on this port for this load balancer '{balancer}'"
        raise AwsError("DuplicateListener", text)
    _update_listener(aws, arn, {}, inputs)  # left by a create that crashed
    return arn


def _update_listener(aws: Aws, arn: str, old: Properties, new: Properties) -> None:
    if any(old.get(name) != new.get(name) for name in _LISTENER - {"loadBalancerArn"}):
        aws.carry("elbv2", "ModifyListener", new, ListenerArn=arn, **_listener_parameters(new))


def _read_listener(aws: Aws, arn: str, _inputs: Properties) -> Properties | None:
    found = aws.found("elbv2", "DescribeListeners", MISSING, ListenerArns=[arn])
    if not found or not found["Listeners"]:
        return None
    listener = found["Listeners"][0]
    certificates = listener.get("Certificates") or [{}]
    return {
        "loadBalancerArn": listener["LoadBalancerArn"],
        "port": listener["Port"],
        "protocol": listener["Protocol"],
        "sslPolicy": listener.get("SslPolicy"),
        "certificateArn": certificates[0].get("CertificateArn"),
        "defaultActions": actions_read(listener["DefaultActions"]),
        "arn": arn,
        "tags": tags_of(aws, arn),
    }


def _delete_listener(aws: Aws, arn: str, _outputs: Properties) -> None:
    aws.found("elbv2", "DeleteListener", MISSING, ListenerArn=arn)


_LISTENER = frozenset(
    {"loadBalancerArn", "port", "protocol", "sslPolicy", "certificateArn", "defaultActions"}
)


LISTENER = ResourceType(
    token="aws:lb/listener:Listener",
    create=_create_listener,
    read=_read_listener,
    update=_update_listener,
    delete=_delete_listener,
    requests=_listener_request,
    properties=_LISTENER,
    required=frozenset({"loadBalancerArn", "defaultActions", "port"}),
    replaces=frozenset({"loadBalancerArn"}),
    computed=frozenset({"arn", "sslPolicy"}),
    unique=("loadBalancerArn", "port"),
    defaults={"protocol": "HTTP"},
    retag=RETAG,
    rules=(_certificate, _ssl_policy, _port, _default_actions),
    asks_aws=("one listener a port", "certificate and target groups exist (the emulator)"),
    open=("mutual TLS, header attributes (not covered)",),
)
