"""Listeners, their certificates and attributes, and the actions that rules share with them."""

from ministack.services import acm

from sandbox.emulator import elbv2_attributes, elbv2_rules, seed
from sandbox.emulator.elbv2_actions import normal
from sandbox.emulator.elbv2_policies import DEFAULT_POLICY, POLICIES
from sandbox.emulator.elbv2_records import (
    arn,
    balancer,
    invalid,
    keep_tags,
    listener,
    listeners,
    page,
    rules,
    tags,
    unique,
)
from sandbox.emulator.refusals import Refusal
from sandbox.emulator.wire import Record


def create(request: Record) -> Record:
    """CreateListener, with its default rule."""
    owner = balancer(request["LoadBalancerArn"])
    for member in ("Port", "Protocol"):
        if member not in request:
            raise invalid(f"A listener {member.lower()} must be specified")
    record = {
        "LoadBalancerArn": owner["LoadBalancerArn"],
        "Port": request["Port"],
        "Protocol": request["Protocol"],
        "DefaultActions": normal(request["DefaultActions"]),
        "_attributes": elbv2_attributes.defaults(elbv2_attributes.LISTENER),
        "_certificates": [],
        **_secure(request),
    }
    _check_port(record)
    tail = owner["LoadBalancerArn"].rpartition(":loadbalancer/")[2]
    name = arn(f"listener/{tail}/{unique()}")
    record["ListenerArn"] = name
    listeners[name] = record
    keep_tags(name, request)
    elbv2_rules.put_default(record)
    return {"Listeners": [record]}


def modify(request: Record) -> Record:
    """ModifyListener: the given members."""
    old = listener(request["ListenerArn"])
    record: Record = dict(old)
    record.update({n: request[n] for n in ("Port", "Protocol") if n in request})
    if "DefaultActions" in request:
        record["DefaultActions"] = normal(request["DefaultActions"])
    for member in ("Certificates", "SslPolicy", "AlpnPolicy", "MutualAuthentication"):
        if member in request:
            record[member] = request[member]
    if record["Protocol"] == "HTTPS":
        record.update(_secure(record))
    else:
        for member in ("Certificates", "SslPolicy"):
            record.pop(member, None)
    _check_port(record)
    listeners[record["ListenerArn"]] = record
    elbv2_rules.put_default(record)
    return {"Listeners": [record]}


def describe(request: Record) -> Record:
    """DescribeListeners of a load balancer, or by ARN."""
    arns, owner = request.get("ListenerArns"), request.get("LoadBalancerArn")
    if owner:
        balancer(owner)
    elif not arns:
        raise invalid("You must specify either listener ARNs or a load balancer ARN")
    found = [
        x
        for x in listeners.values()
        if (not arns or x["ListenerArn"] in arns) and (not owner or x["LoadBalancerArn"] == owner)
    ]
    if arns and len(found) < len(set(arns)):
        raise Refusal("ListenerNotFound", "One or more listeners not found")
    return page(found, request, "Listeners")


def delete(request: Record) -> None:
    """DeleteListener, with its rules."""
    record = listener(request["ListenerArn"])
    for rule in [r for r in rules.values() if r["_listener"] == record["ListenerArn"]]:
        rules.pop(rule["RuleArn"])
        tags.pop(rule["RuleArn"], None)
    listeners.pop(record["ListenerArn"])
    tags.pop(record["ListenerArn"], None)


def describe_attributes(request: Record) -> Record:
    """DescribeListenerAttributes: all of them, defaults too."""
    record = listener(request["ListenerArn"])
    return {"Attributes": elbv2_attributes.listed(record["_attributes"])}


def modify_attributes(request: Record) -> Record:
    """ModifyListenerAttributes."""
    record = listener(request["ListenerArn"])
    changed = elbv2_attributes.changed(elbv2_attributes.LISTENER, record["_attributes"], request)
    record["_attributes"] = changed
    return {"Attributes": elbv2_attributes.listed(changed)}


def add_certificates(request: Record) -> Record:
    """AddListenerCertificates: the further ones, chosen by server name."""
    record = listener(request["ListenerArn"])
    for certificate in request["Certificates"]:
        _check_certificate(certificate["CertificateArn"])
        if certificate["CertificateArn"] not in record["_certificates"]:
            record["_certificates"].append(certificate["CertificateArn"])
    return {"Certificates": [{"CertificateArn": c} for c in record["_certificates"]]}


def remove_certificates(request: Record) -> None:
    """RemoveListenerCertificates."""
    record = listener(request["ListenerArn"])
    gone = {certificate["CertificateArn"] for certificate in request["Certificates"]}
    record["_certificates"] = [c for c in record["_certificates"] if c not in gone]


def describe_certificates(request: Record) -> Record:
    """DescribeListenerCertificates: the default one first."""
    record = listener(request["ListenerArn"])
    default = [{**c, "IsDefault": True} for c in record.get("Certificates", [])]
    further = [{"CertificateArn": c, "IsDefault": False} for c in record["_certificates"]]
    return page(default + further, request, "Certificates")


def _secure(request: Record) -> Record:
    """The members that only an HTTPS listener has."""
    if request["Protocol"] != "HTTPS":
        return {}
    certificates = request.get("Certificates") or []
    if len(certificates) != 1:
        raise Refusal(
            "CertificateNotFound" if certificates else "ValidationError",
            "A certificate must be specified for HTTPS listeners",
        )
    name = certificates[0]["CertificateArn"]
    _check_certificate(name)
    policy = request.get("SslPolicy", DEFAULT_POLICY)
    if policy not in POLICIES:
        raise Refusal("SSLPolicyNotFound", f"SSL policy '{policy}' not found")
    return {
        "Certificates": [{"CertificateArn": name}],
        "SslPolicy": policy,
        "MutualAuthentication": request.get("MutualAuthentication", {"Mode": "off"}),
    }


def _check_certificate(name: str) -> None:
    if not seed.knows_certificate(name) and name not in acm._certificates:
        raise Refusal("CertificateNotFound", f"Certificate ARN '{name}' is not valid")


def _check_port(record: Record) -> None:
    if record["Protocol"] not in ("HTTP", "HTTPS"):
        raise invalid(f"Listener protocol '{record['Protocol']}' is not supported by an ALB")
    for other in listeners.values():
        same_place = (other["LoadBalancerArn"], other["Port"]) == (
            record["LoadBalancerArn"],
            record["Port"],
        )
        if same_place and other["ListenerArn"] != record.get("ListenerArn"):
            raise Refusal(
                "DuplicateListener",
                "A listener already exists on this port for this load balancer"
                f" '{record['LoadBalancerArn']}'",
            )
