"""ECS: a cluster's capacity providers."""

from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.ecs.clusters import described, unless_busy
from sandbox.provider.requests import Request, request
from sandbox.provider.resource_type import ResourceType, rule
from sandbox.provider.values import Properties


def strategy_fault(items: list[dict[str, Any]]) -> str | None:
    """AWS's words against a capacity provider strategy.

    Source: BC:ecs/CapacityProviderStrategyItem, CreateServiceRequest.
    """
    if len(items) > 20:
        return "InvalidParameterException: a capacity provider strategy has at most 20 items"
    if sum(1 for item in items if item.get("base")) > 1:
        return (
            "InvalidParameterException: Only one capacity provider in a strategy can have a base "
            "defined"
        )
    if items and not any(item.get("weight") for item in items):
        return (
            "InvalidParameterException: at least one capacity provider must have a weight "
            "greater than 0"
        )
    providers = [item.get("capacityProvider") for item in items]
    if len(set(providers)) < len(providers):
        return "InvalidParameterException: a capacity provider stands once in a strategy"
    return None


@rule(
    "defaultCapacityProviderStrategies",
    what="one base, some weight above 0, each provider once",
    source="BC:ecs/CapacityProviderStrategyItem",
)
def _default_strategy(inputs: Properties) -> str | None:
    return strategy_fault(inputs.get("defaultCapacityProviderStrategies") or [])


@rule(
    "capacityProviders", "defaultCapacityProviderStrategies",
    what="the default strategy names associated providers",
    source="BC:ecs/PutClusterCapacityProvidersRequest",
)  # fmt: skip
def _associated(inputs: Properties) -> str | None:
    associated = inputs.get("capacityProviders") or []
    for item in inputs.get("defaultCapacityProviderStrategies") or []:
        if item.get("capacityProvider") not in associated:
            return (
                "InvalidParameterException: The specified capacity provider "
                f"'{item.get('capacityProvider')}' is not associated with the cluster"
            )
    return None


def _providers_request(inputs: Properties) -> Iterator[Request]:
    wanted = {"capacityProviders": [], "defaultCapacityProviderStrategies": [], **inputs}
    yield request("ecs", "PutClusterCapacityProviders", wanted, cluster=inputs.get("clusterName"))


def _put_providers(aws: Aws, inputs: Properties) -> str:
    asked = next(_providers_request(inputs))
    name = str(inputs["clusterName"])
    unless_busy(aws, f"cluster {name}", asked.operation, **asked.parameters)
    return name


def _update_providers(aws: Aws, _name: str, _old: Properties, new: Properties) -> None:
    _put_providers(aws, new)


def _read_providers(aws: Aws, name: str, _inputs: Properties) -> Properties | None:
    found = described(aws, name)
    if found is None:
        return None
    return {
        "clusterName": found["clusterName"],
        "capacityProviders": found.get("capacityProviders"),
        "defaultCapacityProviderStrategies": found.get("defaultCapacityProviderStrategy"),
    }


def _delete_providers(aws: Aws, name: str, _outputs: Properties) -> None:
    if described(aws, name) is not None:
        _put_providers(aws, {"clusterName": name})


CLUSTER_CAPACITY_PROVIDERS = ResourceType(
    token="aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    create=_put_providers,
    read=_read_providers,
    update=_update_providers,
    delete=_delete_providers,
    requests=_providers_request,
    properties=frozenset({"clusterName", "capacityProviders", "defaultCapacityProviderStrategies"}),
    required=frozenset({"clusterName"}),
    replaces=frozenset({"clusterName"}),
    unique=("clusterName",),
    sets=frozenset({"capacityProviders", "defaultCapacityProviderStrategies"}),
    rules=(_default_strategy, _associated),
    asks_aws=("the cluster exists",),
)
