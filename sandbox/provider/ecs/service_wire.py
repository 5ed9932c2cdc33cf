"""ECS: a service's properties as CreateService and UpdateService take them."""

from typing import Any

from sandbox.provider.values import UNKNOWN, Properties

ROLLING = {
    "deploymentMaximumPercent": ("maximumPercent", 200),
    "deploymentMinimumHealthyPercent": ("minimumHealthyPercent", 100),
}


DEPLOYMENT = (*ROLLING, "deploymentCircuitBreaker", "alarms", "deploymentConfiguration")

STEERING = frozenset(
    {"forceNewDeployment", "triggers", "waitForSteadyState", "forceDelete", "sigintRollback"}
)


def _network_configuration(inputs: Properties) -> Any:
    given = inputs.get("networkConfiguration")
    if not isinstance(given, dict):
        return given
    public = given.get("assignPublicIp", False)
    address = public if public == UNKNOWN else "ENABLED" if public else "DISABLED"
    return {"awsvpcConfiguration": {**given, "assignPublicIp": address}}


def _deployment(inputs: Properties) -> Any:
    """The deployment configuration, out of the properties that Pulumi has beside it."""
    found: Properties = dict(inputs.get("deploymentConfiguration") or {})
    for name, (member, _) in ROLLING.items():
        if inputs.get(name) is not None:
            found[member] = inputs[name]
    if inputs.get("deploymentCircuitBreaker"):
        found["deploymentCircuitBreaker"] = inputs["deploymentCircuitBreaker"]
    if inputs.get("alarms"):
        found["alarms"] = inputs["alarms"]
    return found or None


def wire(inputs: Properties) -> Properties:
    """The inputs with AWS's two nested configurations in place of Pulumi's properties."""
    other = {*DEPLOYMENT, *STEERING, "name", "tags"}
    rest = {name: value for name, value in inputs.items() if name not in other}
    nested = {
        "networkConfiguration": _network_configuration(inputs),
        "deploymentConfiguration": _deployment(inputs),
    }
    return {**rest, **{name: value for name, value in nested.items() if value is not None}}
