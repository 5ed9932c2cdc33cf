# ruff: noqa: N802 - gRPC methods bear the names of the protocol.
"""A Pulumi resource provider over gRPC, on the stubs that come with `pulumi`.

`pulumi.provider.experimental` is not used: in 3.272 it can neither read nor write an unknown
value, hides the old inputs from `diff`, and puts a stack trace behind every refusal.
"""

import argparse
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from concurrent import futures
from typing import Any, NoReturn, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from sandbox.provider.aws import AwsError, CancelledError
from sandbox.provider.engine import Provider, name_of, type_of
from sandbox.provider.values import Properties, document, from_struct, to_struct

VERSION = "7.51.1"
"""The version of pulumi-aws that the plugin stands in for."""

THREADS = 48
"""Resources made at once; the engine starts as many creates as it has ready."""

_MESSAGE_BYTES = 400 << 20  # as the engine's own limit

_Answer = TypeVar("_Answer")


class Plugin(provider_pb2_grpc.ResourceProviderServicer):
    """The engine's calls, translated to plain values and back."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def Handshake(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        return provider_pb2.ProviderHandshakeResponse()

    def Attach(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        """An engine that finds the provider running (PULUMI_DEBUG_PROVIDERS) says where it is."""
        return empty_pb2.Empty()

    def GetPluginInfo(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        return provider_pb2.GetSchemaResponse(schema="{}")

    def CheckConfig(self, request: Any, _context: grpc.ServicerContext) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, _context: grpc.ServicerContext) -> Any:
        same = from_struct(request.olds) == from_struct(request.news)
        some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(changes=none if same else some)

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        config: Properties = {
            key.removeprefix("aws:config:"): value for key, value in request.variables.items()
        }
        for key, value in from_struct(request.args).items():
            parsed = document(value)  # nested configuration travels as JSON text
            config[key] = value if parsed is None else parsed
        self._answer(context, lambda: self.provider.configure(config))
        # Secrets and outputs come as plain values; the engine marks the results itself.
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        old, new = from_struct(request.olds), from_struct(request.news)
        inputs, failures = self._answer(
            context, lambda: self.provider.check(request.urn, old, new, request.randomSeed), request
        )
        return provider_pb2.CheckResponse(
            inputs=to_struct(inputs),
            failures=[
                provider_pb2.CheckFailure(property=f.property, reason=f.reason) for f in failures
            ],
        )

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        old, new = from_struct(request.old_inputs), from_struct(request.news)
        found = self._answer(context, lambda: self.provider.diff(request.urn, old, new), request)
        response = provider_pb2.DiffResponse
        return response(
            changes=response.DIFF_SOME if found.kinds else response.DIFF_NONE,
            diffs=list(found.kinds),
            replaces=found.replaces,
            deleteBeforeReplace=found.delete_before_replace,
            hasDetailedDiff=True,
            detailedDiff={
                name: provider_pb2.PropertyDiff(
                    kind=_kind(kind, replaces=name in found.replaces), inputDiff=True
                )
                for name, kind in found.kinds.items()
            },
        )

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        inputs = from_struct(request.properties)
        resource_id, outputs = self._answer(
            context, lambda: self.provider.create(request.urn, inputs, request.preview), request
        )
        return provider_pb2.CreateResponse(id=resource_id, properties=to_struct(outputs))

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        inputs = from_struct(request.inputs)
        state = self._answer(
            context, lambda: self.provider.read(request.urn, request.id, inputs), request
        )
        if state is None:
            return provider_pb2.ReadResponse(id="")
        outputs, current = state
        return provider_pb2.ReadResponse(
            id=request.id, properties=to_struct(outputs), inputs=to_struct(current)
        )

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        old, new = from_struct(request.old_inputs), from_struct(request.news)
        before = from_struct(request.olds)
        outputs = self._answer(
            context,
            lambda: self.provider.update(
                request.urn, request.id, old, before, new, request.preview
            ),
            request,
        )
        return provider_pb2.UpdateResponse(properties=to_struct(outputs))

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        outputs = from_struct(request.properties)
        self._answer(
            context, lambda: self.provider.delete(request.urn, request.id, outputs), request
        )
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        arguments = from_struct(request.args)
        answer = self._answer(context, lambda: self.provider.invoke(request.tok, arguments))
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(to_struct(answer))  # a word of Python's own
        return response

    def Cancel(self, _request: Any, _context: grpc.ServicerContext) -> Any:
        self.provider.cancel()
        return empty_pb2.Empty()

    def _answer(
        self, context: grpc.ServicerContext, ask: Callable[[], _Answer], request: Any = None
    ) -> _Answer:
        """The answer, or the call ended with a message that names the resource."""
        about = ""
        if request is not None:
            about = f"{type_of(request.urn)} {name_of(request.urn)}: "
        try:
            return ask()
        except (AwsError, CancelledError) as error:
            _abort(context, about + str(error))
        except Exception as error:
            # A defect of ours, not of the program: the trace goes to the plugin's log.
            traceback.print_exc()
            _abort(
                context, f"{about}the sandbox's provider failed: {type(error).__name__}: {error}"
            )


def _abort(context: grpc.ServicerContext, message: str) -> NoReturn:
    context.abort(grpc.StatusCode.UNKNOWN, message)
    raise AssertionError("abort does not return")


def _kind(kind: str, *, replaces: bool) -> Any:
    name = kind.upper() + ("_REPLACE" if replaces else "")
    return provider_pb2.PropertyDiff.Kind.Value(name)


def serve(provider: Provider, arguments: list[str] | None = None) -> None:
    """Serves until it is ended or its parent dies; prints the port, as the engine expects."""
    parser = argparse.ArgumentParser(description="Pulumi resource provider (gRPC server)")
    parser.add_argument("engine", nargs="?", help="the engine's address; not needed")
    parser.parse_known_args(arguments)
    options = [("grpc.max_receive_message_length", _MESSAGE_BYTES)]
    server = grpc.server(futures.ThreadPoolExecutor(THREADS), options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Plugin(provider), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    # Before the port is out: the engine may die as soon as it knows it.
    watch = threading.Thread(target=_end_with_parent, args=[os.getppid()], daemon=True)
    watch.start()
    print(port, flush=True)
    try:
        server.wait_for_termination()
    except KeyboardInterrupt:  # the engine has cancelled, and has said why
        server.stop(grace=None)


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    sys.stderr.flush()
    os._exit(0)
