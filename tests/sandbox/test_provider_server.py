"""The provider as the engine meets it: a process with a port, gRPC calls, and messages."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.provider.values import UNKNOWN, from_struct, to_struct
from tests.support.emulator import until
from tests.support.provider import urn

pytestmark = pytest.mark.sandbox
VPC = "aws:ec2/vpc:Vpc"
# A start through a shell of its own, which can be killed while the plugin lives.
ORPHAN = "import subprocess,sys;print(subprocess.Popen(sys.argv[1:]).pid,flush=True);input()"


@contextmanager
def plugin(module: str = "sandbox.provider") -> Iterator[Any]:
    """A started plugin and the stub that calls it."""
    command = [sys.executable, "-m", module, "127.0.0.1:1"]
    credentials = {"AWS_ACCESS_KEY_ID": "111122223333", "AWS_SECRET_ACCESS_KEY": "sandbox"}
    nowhere = {"AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    environment = {**os.environ, **credentials, **nowhere}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield provider_pb2_grpc.ResourceProviderStub(channel)
    finally:
        process.terminate()
        process.communicate(timeout=10)


def struct(**values: Any) -> struct_pb2.Struct:
    """The values as the engine sends them."""
    return to_struct(values)


def test_preview_of_a_create() -> None:
    """Configuration, check and a previewed create: inputs complete, outputs unknown."""
    with plugin() as stub:
        assert stub.GetPluginInfo(empty_pb2.Empty()).version == "7.51.1"
        tags = struct(defaultTags='{"tags": {"Project": "evenkeel"}}', region="eu-west-1")
        answer = stub.Configure(provider_pb2.ConfigureRequest(args=tags))
        assert answer.supportsPreview
        asked = provider_pb2.CheckRequest(urn=urn(VPC, "net"), news=struct(cidrBlock="10.0.0.0/16"))
        inputs = stub.Check(asked).inputs
        assert from_struct(inputs)["tags"] == {"Project": "evenkeel"}
        create = provider_pb2.CreateRequest(urn=urn(VPC, "net"), properties=inputs, preview=True)
        outputs = from_struct(stub.Create(create).properties)
        assert outputs["arn"] == UNKNOWN
        assert outputs["cidrBlock"] == "10.0.0.0/16"
        stub.Cancel(empty_pb2.Empty())


def test_differences_are_told_by_kind() -> None:
    """A change in place, a replacement, and no change, as the engine's diff has them."""
    with plugin() as stub:
        stub.Configure(provider_pb2.ConfigureRequest())
        old = struct(cidrBlock="10.0.0.0/16", enableDnsHostnames=True)

        def diff(**news: Any) -> Any:
            where, new = urn(VPC, "net"), struct(**news)
            asked = provider_pb2.DiffRequest(urn=where, old_inputs=old, olds=old, news=new)
            return stub.Diff(asked)

        none = diff(cidrBlock="10.0.0.0/16", enableDnsHostnames=True, enableDnsSupport=True)
        assert none.changes == provider_pb2.DiffResponse.DIFF_NONE
        place = diff(cidrBlock="10.0.0.0/16")
        assert list(place.diffs) == ["enableDnsHostnames"]
        assert list(place.replaces) == []
        replaced = diff(cidrBlock="10.1.0.0/16", enableDnsHostnames=True)
        assert list(replaced.replaces) == ["cidrBlock"]
        kind = replaced.detailedDiff["cidrBlock"].kind
        assert kind == provider_pb2.PropertyDiff.UPDATE_REPLACE


def test_refusals_are_one_readable_line() -> None:
    """An error names the resource and says why, without a stack trace."""
    with plugin() as stub:
        stub.Configure(provider_pb2.ConfigureRequest())
        asked = provider_pb2.CheckRequest(urn=urn("aws:ec2/instance:Instance", "x"))
        with pytest.raises(grpc.RpcError) as caught:
            stub.Check(asked)
        said = caught.value.details()
        assert said == (
            "aws:ec2/instance:Instance x: NotCovered: the sandbox's provider has no "
            "aws:ec2/instance:Instance; docs/sandbox-provider.md lists those it has"
        )
        create = provider_pb2.CreateRequest(
            urn=urn("aws:sns/topic:Topic", "t"), properties=struct(name="t")
        )
        with pytest.raises(grpc.RpcError) as caught:
            stub.Create(create)
        said = caught.value.details() or ""
        assert said.startswith("aws:sns/topic:Topic t: EndpointConnectionError: ")
        assert "Traceback" not in said


def test_ends_with_its_parent() -> None:
    """When the engine dies without a word, the plugin ends by itself."""
    command = [sys.executable, "-c", ORPHAN, sys.executable, "-m", "sandbox.provider"]
    parent = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    pid, port = int(parent.stdout.readline()), int(parent.stdout.readline())
    assert port > 0
    parent.send_signal(signal.SIGKILL)
    parent.communicate(timeout=10)
    until(lambda: None if _alive(pid) else True, "the plugin ends")


def _alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_nothing_remembers_its_inputs() -> None:
    """The provider for benchmarks makes nothing: unknown at preview, the inputs afterwards."""
    with plugin("sandbox.provider.nothing") as stub:
        stub.Configure(provider_pb2.ConfigureRequest())

        def create(preview: bool) -> Any:
            inputs = struct(cidrBlock="10.0.0.0/16")
            asked = provider_pb2.CreateRequest(urn=urn(VPC, "net"), properties=inputs,
                                               preview=preview)  # fmt: skip
            return stub.Create(asked)

        assert from_struct(create(True).properties)["arn"] == UNKNOWN
        made = create(False)
        assert made.id == "net"
        assert from_struct(made.properties)["cidrBlock"] == "10.0.0.0/16"
        zones = "aws:index/getAvailabilityZones:getAvailabilityZones"
        answer = stub.Invoke(provider_pb2.InvokeRequest(tok=zones))
        assert len(from_struct(getattr(answer, "return"))["names"]) == 3
