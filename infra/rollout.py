"""The rollout as a resource: an update is done when the service runs what was asked for.

`RolloutProvider` is stored in the stack's state by the path of this module: neither moves.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import dynamic

from infra.account import connect, told_plainly
from infra.rollout_view import Watched
from infra.rollout_wait import RolloutFailedError, wait_until_settled

Props = dict[str, Any]
# What makes a rollout due again. A longer time limit or another profile does not.
DECIDES = (
    "inputsHash",
    "taskDefinition",
    "cluster",
    "service",
    "targetGroupArns",
    "account",
    "region",
)


@dataclass(frozen=True, kw_only=True)
class RolloutArgs:
    """`inputs_hash` changes with every input of the ECS service."""

    cluster_name: str
    service_name: str
    task_definition_arn: pulumi.Input[str]
    inputs_hash: pulumi.Input[str]
    capacity_provider: str
    target_group_arns: Sequence[pulumi.Input[str]]
    timeout_seconds: int  # for everything, from the first look
    region: str
    account: str
    profile: str = ""
    role_arn: str = ""


class RolloutProvider(dynamic.ResourceProvider):
    """Judges the service in an update, never in a preview; `destroy` has nothing to undo."""

    # Nothing of the program is captured, so nothing is secret, and the state can be read.
    serialize_as_secret_always = False

    def diff(self, _id: str, _olds: Props, _news: Props) -> dynamic.DiffResult:
        return dynamic.DiffResult(changes=any(_olds.get(key) != _news[key] for key in DECIDES))

    def create(self, props: Props) -> dynamic.CreateResult:
        outs = self._judge(props)
        return dynamic.CreateResult(f"{props['cluster']}/{props['service']}", outs)

    def update(self, _id: str, _olds: Props, _news: Props) -> dynamic.UpdateResult:
        return dynamic.UpdateResult(self._judge(_news))

    def _judge(self, props: Props) -> Props:
        with told_plainly(RolloutFailedError):
            settled = wait_until_settled(_watched(props), connect(props), sleep=time.sleep)
        asked = "ECS was asked for the revision again; " if settled.asked_again else ""
        # The engine shows what a provider prints; pulumi.log does not reach it from here.
        print(
            f"rollout: {asked}deployment completed after {settled.completed_seconds} s, everything "
            f"healthy and the tasks of before gone after {settled.settled_seconds} s; "
            f"{settled.running} running, minimum in force {settled.minimum}",
            flush=True,
        )
        return {
            **props,
            "deployment": settled.deployment,
            "completedSeconds": settled.completed_seconds,
            "settledSeconds": settled.settled_seconds,
        }


class Rollout(dynamic.Resource, module="evenkeel", name="Rollout"):
    """The requested revision is PRIMARY, COMPLETED and healthy, and nothing of before is left."""

    deployment: pulumi.Output[str]

    def __init__(
        self, name: str, args: RolloutArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        props = {
            "cluster": args.cluster_name,
            "service": args.service_name,
            "taskDefinition": args.task_definition_arn,
            "inputsHash": args.inputs_hash,
            "capacityProvider": args.capacity_provider,
            "targetGroupArns": args.target_group_arns,
            "timeoutSeconds": args.timeout_seconds,
            "account": args.account,
            "region": args.region,
            "profile": args.profile,
            "roleArn": args.role_arn,
            "deployment": None,
        }
        super().__init__(RolloutProvider(), name, props, opts)


def _watched(props: Mapping[str, Any]) -> Watched:
    return Watched(
        cluster=props["cluster"],
        service=props["service"],
        task_definition=props["taskDefinition"],
        capacity_provider=props["capacityProvider"],
        target_group_arns=props["targetGroupArns"],
        timeout_seconds=int(props["timeoutSeconds"]),
    )
