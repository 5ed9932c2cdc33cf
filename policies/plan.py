"""What a policy sees: a resource, and the plan that it stands in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_policy import PolicyResource, ResourceValidationArgs, StackValidationArgs


@dataclass(frozen=True, eq=False)
class Resource:
    """One resource of a plan.

    `props` are in wire names and raise `UnknownValueError` where a value is touched that only the
    update will know. `config` has the policy's own numbers.
    """

    type: str
    name: str
    urn: str
    props: Mapping[str, Any]
    ignore_changes: Sequence[str]
    config: Mapping[str, Any]


def resource_of(
    args: ResourceValidationArgs | PolicyResource, config: Mapping[str, Any]
) -> Resource:
    """*args* as the SDK hands them to a policy, with the policy's numbers."""
    ignored = args.opts.ignore_changes
    return Resource(args.resource_type, args.name, args.urn, args.props, ignored, config)


class Plan:
    """Every resource of a stack after the update, and what each is made from."""

    def __init__(self, stack: StackValidationArgs, config: Mapping[str, Any]) -> None:
        # By name: the engine's order is that of its threads, another with every run.
        self.resources = [
            resource_of(resource, config)
            for resource in sorted(stack.resources, key=lambda each: (each.name, each.urn))
        ]
        self._by_urn = {resource.urn: resource for resource in self.resources}
        self._before = {
            resource.urn: {earlier.urn for earlier in resource.dependencies}
            for resource in stack.resources
        }
        self._behind = {
            resource.urn: {
                name: [source.urn for source in sources]
                for name, sources in resource.property_dependencies.items()
            }
            for resource in stack.resources
        }

    def of_type(self, types: Collection[str]) -> list[Resource]:
        """Every resource of one of *types*, by name."""
        return [resource for resource in self.resources if resource.type in types]

    def behind(self, resource: Resource, name: str) -> list[Resource]:
        """The resources whose outputs make up the property *name* of *resource*."""
        return [self._by_urn[urn] for urn in self._behind[resource.urn].get(name, ())]

    def pointing_at(self, target: Resource, types: Collection[str], name: str) -> list[Resource]:
        """The resources of *types* whose property *name* is made from an output of *target*."""
        return [
            resource
            for resource in self.of_type(types)
            if target.urn in self._behind[resource.urn].get(name, ())
        ]

    def comes_after(self, later: Resource, earlier: Resource) -> bool:
        """Whether *later* is changed only once *earlier* is there, directly or through others."""
        seen: set[str] = set()
        open_ends = [later.urn]
        while open_ends:
            for urn in self._before.get(open_ends.pop(), set()) - seen:
                seen.add(urn)
                open_ends.append(urn)
        return earlier.urn in seen
