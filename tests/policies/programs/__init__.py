"""Programs that are not Evenkeel's: its own with one thing changed, or small ones of others.

Each file is a whole Pulumi program. Tests judge it without an engine and under the real one.
"""

from collections.abc import Callable
from typing import Any

import pulumi

from infra.settings import load
from infra.stack import build

Change = Callable[[Any], Any]


def mutated(
    token: str,
    *,
    name: str | None = None,
    options: Callable[[pulumi.ResourceOptions], pulumi.ResourceOptions] | None = None,
    **properties: Any,
) -> None:
    """Evenkeel's program, with other *properties* for its resources of type *token*.

    A property is given by its Python name: a value in its place, or a function from the old value
    to the new one. *name* keeps it to the resource of that logical name; *options* changes what
    the resource depends on or ignores. Something must be changed, or the program fails.
    """
    hits: list[str] = []

    def change(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
        if args.type_ != token or name not in (None, args.name):
            return pulumi.ResourceTransformationResult(args.props, args.opts)
        hits.append(args.name)
        props = dict(args.props)
        for key, value in properties.items():
            assert key in props, f"{token} has no property {key}: {sorted(props)}"
            props[key] = value(props[key]) if callable(value) else value
        return pulumi.ResourceTransformationResult(
            props, options(args.opts) if options else args.opts
        )

    pulumi.runtime.register_stack_transformation(change)
    build(load())
    assert hits, f"nothing of {token} {name or ''} to change"
