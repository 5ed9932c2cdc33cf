"""A provider that does nothing but remember its inputs: what benchmarks compare with.

`python -m sandbox.provider.nothing` serves it as a plugin named `aws`.
"""

from sandbox.provider.engine import Difference, Failure, name_of, type_of
from sandbox.provider.server import serve
from sandbox.provider.values import UNKNOWN, Properties

_ACCOUNT = "000000000000"
_REGION = "us-east-1"

_UNKNOWN_UNTIL_CREATED = (
    "arn", "arnSuffix", "allocationId", "dnsName", "zoneId", "revision", "vpcId", "capacity",
)  # fmt: skip


class Nothing:
    """Computes nothing; every resource has an id and an ARN once created."""

    def configure(self, config: Properties) -> None:
        """Needs no configuration."""

    def check(
        self, _urn: str, _old: Properties, new: Properties, _seed: bytes
    ) -> tuple[Properties, list[Failure]]:
        """Accepts everything."""
        return new, []

    def diff(self, _urn: str, old: Properties, new: Properties) -> Difference:
        """The inputs that are not equal; nothing replaces."""
        changed = [name for name in old.keys() | new.keys() if old.get(name) != new.get(name)]
        return Difference(dict.fromkeys(changed, "update"))

    def create(self, urn: str, inputs: Properties, preview: bool) -> tuple[str, Properties]:
        """The inputs, with the usual outputs unknown at a preview and made up afterwards."""
        if preview:
            return "", {**dict.fromkeys(_UNKNOWN_UNTIL_CREATED, UNKNOWN), **inputs}
        name = name_of(urn)
        service = type_of(urn).split(":")[1].split("/")[0]
        arn = f"arn:aws:{service}:{_REGION}:{_ACCOUNT}:{name}"
        computed = dict.fromkeys(_UNKNOWN_UNTIL_CREATED, name)
        suffix = f"app/{name}/0"  # the policy pack knows a load balancer in an alarm by it
        shaped = {"arn": arn, "arnSuffix": suffix, "revision": 1, "capacity": 1}
        return name, {**computed, **shaped, **inputs}

    def read(
        self, urn: str, _resource_id: str, inputs: Properties
    ) -> tuple[Properties, Properties] | None:
        """What was remembered."""
        return self.create(urn, inputs, False)[1], inputs

    def update(
        self, _urn: str, _resource_id: str, _old: Properties, outputs: Properties, new: Properties,
        _preview: bool,
    ) -> Properties:  # fmt: skip
        """The new inputs over the old outputs."""
        return {**outputs, **new}

    def delete(self, urn: str, resource_id: str, outputs: Properties) -> None:
        """Nothing to delete."""

    def invoke(self, token: str, _arguments: Properties) -> Properties:
        """The functions that programs call, with made-up answers."""
        if token.endswith(":getCallerIdentity"):
            user = f"arn:aws:iam::{_ACCOUNT}:root"
            return {"accountId": _ACCOUNT, "arn": user, "id": _ACCOUNT, "userId": _ACCOUNT}
        if token.endswith(":getParametersByPath"):
            return {"id": "/", "path": "/", "names": [], "values": []}
        zones = [f"{_REGION}{letter}" for letter in "abc"]
        return {"id": _REGION, "names": zones, "zoneIds": [f"use1-az{n}" for n in (1, 2, 3)]}

    def cancel(self) -> None:
        """Nothing waits."""


if __name__ == "__main__":
    serve(Nothing())
