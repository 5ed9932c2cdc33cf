"""What AWS refuses in a load balancer."""

from sandbox.provider.elbv2.calls import name_fault, out_of
from sandbox.provider.resource_type import rule
from sandbox.provider.values import Properties


@rule(
    "name",
    what="name of 1-32 letters, digits and inner hyphens",
    source="BC:elbv2/CreateLoadBalancerInput.Name",
)
def _name(inputs: Properties) -> str | None:
    return name_fault("Load balancer", str(inputs["name"]))


@rule(
    "idleTimeout", "clientKeepAlive",
    what="idle timeout 1-4000 s, client keep-alive 60-604800 s",
    source="BC:elbv2/LoadBalancerAttribute",
)  # fmt: skip
def _timeouts(inputs: Properties) -> str | None:
    idle = out_of("idle_timeout.timeout_seconds", inputs.get("idleTimeout"), 1, 4000)
    return idle or out_of("client_keep_alive.seconds", inputs.get("clientKeepAlive"), 60, 604800)


@rule(
    "desyncMitigationMode", "xffHeaderProcessingMode",
    what="desync mode monitor, defensive or strictest; X-Forwarded-For append, preserve or remove",
    source="BC:elbv2/LoadBalancerAttribute",
)  # fmt: skip
def _modes(inputs: Properties) -> str | None:
    allowed = {
        "desyncMitigationMode": ("monitor", "defensive", "strictest"),
        "xffHeaderProcessingMode": ("append", "preserve", "remove"),
    }
    for name, values in allowed.items():
        if inputs.get(name, values[0]) not in values:
            return (
                f"ValidationError: '{inputs[name]}' is no {name}; it is one of {', '.join(values)}"
            )
    return None


@rule(
    "accessLogs",
    what="access logs name a bucket; their prefix is without AWSLogs",
    source="ELB23 enable-access-logging.md",
)
def _access_logs(inputs: Properties) -> str | None:
    logs = inputs.get("accessLogs") or {}
    if logs.get("enabled") and not logs.get("bucket"):
        return "InvalidConfigurationRequest: Access logs need a bucket: access_logs.s3.bucket"
    if "AWSLogs" in str(logs.get("prefix", "")):
        return "InvalidConfigurationRequest: The prefix of access logs must not contain AWSLogs"
    return None


@rule(
    "subnets",
    what="at least two subnets, each once",
    source="BC:elbv2/CreateLoadBalancerInput.Subnets",
)
def _two_subnets(inputs: Properties) -> str | None:
    subnets = inputs["subnets"]
    if len(set(subnets)) < 2:
        return (
            "ValidationError: At least two subnets in two different Availability Zones must be "
            "specified"
        )
    return None


@rule(
    "loadBalancerType",
    what="application load balancers only (network and gateway ones are not covered)",
    source="the sandbox",
)
def _application(inputs: Properties) -> str | None:
    kind = inputs.get("loadBalancerType", "application")
    return None if kind == "application" else f"load balancers of type {kind} are not covered"


RULES = (
    _name,
    _timeouts,
    _modes,
    _access_logs,
    _two_subnets,
    _application,
)
