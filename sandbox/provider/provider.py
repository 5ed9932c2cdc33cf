"""What the engine asks of a provider, answered from the table of resource types."""

import os
from collections.abc import Callable, Mapping

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.checks import completed, refusals
from sandbox.provider.comparison import reconciled, renamed
from sandbox.provider.engine import Difference, Failure, name_of, type_of
from sandbox.provider.interrupted import Interrupted, is_left
from sandbox.provider.resource_type import ResourceType
from sandbox.provider.tags import own_tags
from sandbox.provider.values import UNKNOWN, Properties, document

Invoke = Callable[[Aws, Properties], Properties]


class AwsProvider:
    """AWS's resources, made through AWS's API at AWS_ENDPOINT_URL."""

    def __init__(self, types: Mapping[str, ResourceType], invokes: Mapping[str, Invoke]) -> None:
        self.types = types
        self.invokes = invokes
        self.aws: Aws | None = None
        self.interrupted = Interrupted()

    def configure(self, config: Properties) -> None:
        """Takes region and default tags; what only steers AWS's own provider is left alone."""
        region = config.get("region") or os.environ.get("AWS_REGION")
        if not region:
            message = "no region: set aws:region in the stage file, or AWS_REGION"
            raise AwsError("InvalidConfiguration", message)
        tags = config.get("defaultTags") or {}
        given = document(tags) if isinstance(tags, str) else tags
        self.aws = Aws(str(region), (given or {}).get("tags") or {})

    def check(
        self, urn: str, old: Properties, new: Properties, seed: bytes
    ) -> tuple[Properties, list[Failure]]:
        """The inputs with generated name and default tags, and what AWS would refuse."""
        entry = self._entry(urn)
        try:
            before = old or self.interrupted.before(entry, urn, new)
            inputs = completed(self._aws, entry, name_of(urn), before, new, seed)
        except ValueError as error:
            return new, [Failure(entry.name.property if entry.name else "", str(error))]
        failures = [
            Failure(name, f"{name} of {entry.token} is not covered by the sandbox's provider")
            for name in sorted(inputs.keys() - entry.inputs)
        ]
        failures += [
            Failure(name, f'Missing required argument: "{name}"')
            for name in sorted(entry.required - inputs.keys())
        ]
        if failures:
            return inputs, failures
        return inputs, refusals(self._aws, entry, inputs)

    def diff(self, urn: str, old: Properties, new: Properties) -> Difference:
        """The inputs that differ in meaning."""
        entry = self._entry(urn)
        kinds = {
            name: "add" if name not in old else "delete" if name not in new else "update"
            for name in sorted(old.keys() | new.keys())
            if not entry.same(name, old, new)
        }
        said = entry.refuses_change(old, new) if kinds and entry.refuses_change else None
        if said:
            raise AwsError("InvalidParameterException", said)
        replaceable = entry.replaces if entry.update else entry.properties
        replaces = [
            name
            for name, kind in kinds.items()
            if name in replaceable or (name in entry.alternatives and kind != "update")
        ]
        return Difference(kinds, replaces, bool(replaces) and self._in_its_own_way(urn, old, new))

    def create(self, urn: str, inputs: Properties, preview: bool) -> tuple[str, Properties]:
        """The id and outputs of the new resource; at a preview what is not known yet is UNKNOWN."""
        entry = self._entry(urn)
        if preview:
            unknown = dict.fromkeys(entry.computed, UNKNOWN)
            return "", {**entry.defaults, **unknown, **self._echo(entry, inputs)}
        resource_id = self._left(entry, urn, inputs) or entry.create(self._aws, inputs)
        state = self._state(entry, resource_id, inputs)
        if state is None:
            raise AwsError(
                "NotFound", f"{name_of(urn)} ({resource_id}) is gone right after its creation"
            )
        return resource_id, state[0]

    def read(
        self, urn: str, resource_id: str, inputs: Properties
    ) -> tuple[Properties, Properties] | None:
        """Outputs and inputs as they stand in AWS; None when it is gone."""
        return self._state(self._entry(urn), resource_id, inputs)

    def update(
        self, urn: str, resource_id: str, old: Properties, outputs: Properties, new: Properties,
        preview: bool,
    ) -> Properties:  # fmt: skip
        """The outputs after the change from the *old* inputs to the *new*."""
        entry = self._entry(urn)
        if preview:
            kept = {name: value for name, value in outputs.items() if name not in old}
            unknown = dict.fromkeys(entry.volatile, UNKNOWN)
            return {**kept, **unknown, **self._echo(entry, new)}
        if entry.update is None:
            raise AwsError("InvalidOperation", f"{entry.token} has nothing to change in place")
        entry.update(self._aws, resource_id, old, new)
        self._tag(entry, resource_id, old, new)
        state = self._state(entry, resource_id, new)
        if state is None:
            raise AwsError("NotFound", f"{name_of(urn)} ({resource_id}) is gone")
        return state[0]

    def delete(self, urn: str, resource_id: str, outputs: Properties) -> None:
        """Deletes it; one that is gone already is no error."""
        self._entry(urn).delete(self._aws, resource_id, outputs)

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """The answer of one of AWS's functions."""
        if token not in self.invokes:
            raise AwsError("NotCovered", f"{token} is no function that the sandbox covers")
        return self.invokes[token](self._aws, arguments)

    def cancel(self) -> None:
        """Ends every wait."""
        if self.aws:
            self.aws.cancelled.set()

    @property
    def _aws(self) -> Aws:
        if self.aws is None:
            raise AwsError(
                "InvalidConfiguration", "the provider was called before its configuration"
            )
        return self.aws

    def _entry(self, urn: str) -> ResourceType:
        token = type_of(urn)
        if token not in self.types:
            page = "docs/sandbox-provider.md lists those it has"
            raise AwsError("NotCovered", f"the sandbox's provider has no {token}; {page}")
        return self.types[token]

    def _left(self, entry: ResourceType, urn: str, inputs: Properties) -> str | None:
        """The id of what an interrupted create has made, brought to its end; None: nothing."""
        if entry.left is None or entry.update is None or self.interrupted.inputs(urn) is None:
            return None
        for found in entry.left(self._aws, inputs):
            _, current = self._state(entry, found, inputs) or ({}, {})
            if is_left(entry, current, inputs) and self.interrupted.claim(found):
                entry.update(self._aws, found, current, inputs)
                if not current.get("tags"):
                    self._tag(entry, found, current, inputs)
                return found
        return None

    def _in_its_own_way(self, urn: str, old: Properties, new: Properties) -> bool:
        entry = self._entry(urn)
        if not entry.unique:
            return False
        if entry.name and entry.name.is_generated(name_of(urn), new.get(entry.name.property)):
            return False  # the replacement gets a new name
        return all(entry.same(name, old, new) for name in entry.unique)

    def _echo(self, entry: ResourceType, inputs: Properties) -> Properties:
        outputs = dict(inputs)
        if entry.regional:
            outputs.setdefault("region", self._aws.region)
        if entry.taggable:
            outputs["tagsAll"] = inputs.get("tags") or {}
        return outputs

    def _state(
        self, entry: ResourceType, resource_id: str, inputs: Properties
    ) -> tuple[Properties, Properties] | None:
        actual = entry.read(self._aws, resource_id, inputs)
        if actual is None:
            return None
        unread = {name: inputs[name] for name in entry.unread if name in inputs}
        tags = own_tags(actual.pop("tags", None) or {})
        current = reconciled(
            {name: value for name, value in inputs.items() if name not in ("tags", "region")},
            {**actual, **unread},
            entry.sets,
        )
        if "region" in inputs:
            current["region"] = inputs["region"]
        if entry.taggable and (tags or inputs.get("tags")):
            current["tags"] = tags
        outputs = {name: renamed(value) for name, value in actual.items() if value is not None}
        return {**outputs, **self._echo(entry, current)}, current

    def _tag(self, entry: ResourceType, resource_id: str, old: Properties, new: Properties) -> None:
        if entry.retag and old.get("tags") != new.get("tags"):
            entry.retag(self._aws, resource_id, old.get("tags") or {}, new.get("tags") or {})
