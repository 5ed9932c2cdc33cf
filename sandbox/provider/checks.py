"""What `check` does with a resource's inputs before the engine plans with them."""

from sandbox.provider.aws import Aws
from sandbox.provider.engine import Failure
from sandbox.provider.resource_type import ResourceType
from sandbox.provider.tags import TAGS
from sandbox.provider.values import UNKNOWN, Properties, is_known


def completed(
    aws: Aws, entry: ResourceType, logical: str, old: Properties, new: Properties, seed: bytes
) -> Properties:
    """The new inputs with the stack's default tags and a generated name.

    A name that was generated before is kept. Raises ValueError where none can be generated.
    """
    inputs = {name: value for name, value in new.items() if not name.startswith("__")}
    if entry.taggable and is_known(inputs.get("tags")):
        tags = {**aws.default_tags, **(inputs.get("tags") or {})}
        inputs = {**inputs, "tags": tags} if tags else inputs
    name = entry.name
    if name and not inputs.get(name.property):
        kept = old.get(name.property)
        generated = kept if name.is_generated(logical, kept) else name.generate(logical, seed)
        inputs[name.property] = generated
    return inputs


def refusals(aws: Aws, entry: ResourceType, inputs: Properties) -> list[Failure]:
    """What AWS would refuse in the inputs: first the rules, then its model."""
    if inputs.get("region", aws.region) not in (aws.region, UNKNOWN):
        return [Failure("region", f"the sandbox covers one region a stack, {aws.region}")]
    rules = (*entry.rules, *(TAGS if entry.taggable else ()))
    failures = [
        Failure(rule.properties[0], said) for rule in rules if (said := rule.failure(inputs))
    ]
    if failures:
        return failures
    first = min(inputs, default="")
    return [
        Failure(first, f"{asked.operation}: ValidationException: {said}")
        for asked in entry.requests(inputs)
        for said in asked.refusals()
    ]
