"""What the load balancers of an emulator are told to do: plain records, read at one moment.

`reader.py` reads them through the AWS APIs; everything else of the data plane works from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Record: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, order=True)
class Scope:
    """One account in one region."""

    account: str
    region: str


@dataclass(frozen=True, kw_only=True)
class Target:
    """A registered address; one that drains takes no new requests."""

    address: str
    port: int
    draining: bool


@dataclass(frozen=True, kw_only=True)
class TargetGroup:
    """A target group as DescribeTargetGroups has it, with its attributes and its targets."""

    record: Record
    attributes: Mapping[str, str]
    targets: tuple[Target, ...]

    @property
    def arn(self) -> str:
        return str(self.record["TargetGroupArn"])

    @property
    def key(self) -> str:
        """The name of its Envoy cluster, and so in statistics: no other group's."""
        return _key(self.arn)

    @property
    def serving(self) -> bool:
        """Whether any target may take new requests."""
        return any(not target.draining for target in self.targets)


@dataclass(frozen=True, kw_only=True)
class Listener:
    """A listener and its rules by priority, the default rule last, as the AWS APIs have them."""

    record: Record
    rules: tuple[Record, ...]
    certificates: tuple[str, ...]
    """ARNs; the default certificate first."""

    @property
    def arn(self) -> str:
        return str(self.record["ListenerArn"])

    @property
    def port(self) -> int:
        """Its port on AWS, where this machine gives it another."""
        return int(self.record["Port"])

    @property
    def secure(self) -> bool:
        return bool(self.record["Protocol"] == "HTTPS")

    @property
    def key(self) -> str:
        """The name of its Envoy listener, and so in statistics: no other listener's."""
        return _key(self.arn)


@dataclass(frozen=True, kw_only=True)
class LoadBalancer:
    """A load balancer with all that hangs on it."""

    scope: Scope
    record: Record
    attributes: Mapping[str, str]
    listeners: tuple[Listener, ...]
    groups: tuple[TargetGroup, ...]
    web_acl: Record | None

    @property
    def arn(self) -> str:
        return str(self.record["LoadBalancerArn"])

    @property
    def waf_source(self) -> str:
        """`httpSourceId` in a web ACL's log: `<account>-app/<name>/<id>`."""
        return f"{self.scope.account}-{self.arn.partition(':loadbalancer/')[2]}"

    @property
    def idle_timeout(self) -> int:
        """Seconds without data after which a connection is given up."""
        return int(self.attributes["idle_timeout.timeout_seconds"])

    def group(self, arn: str) -> TargetGroup:
        """The target group of an ARN that a rule names.

        Raises LookupError: rules and groups were read one after the other.
        """
        found = next((group for group in self.groups if group.arn == arn), None)
        if found is None:
            raise LookupError(f"{self.arn} forwards to {arn}, which it does not have")
        return found


@dataclass(frozen=True)
class Snapshot:
    """Every load balancer of every scope."""

    balancers: tuple[LoadBalancer, ...] = ()

    @property
    def groups(self) -> Mapping[str, TargetGroup]:
        """Every target group by its key."""
        return {group.key: group for balancer in self.balancers for group in balancer.groups}


def _key(arn: str) -> str:
    """An ARN as one word: account, region and resource."""
    _, _, _, region, account, resource = arn.split(":", 5)
    return "_".join([account, region, *resource.split("/")[1:]])
