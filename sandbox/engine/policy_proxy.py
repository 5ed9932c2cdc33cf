"""Stands between the engine and a Python policy pack, so that the pack knows the stack's config.

The engine asks for the pack's port before it sends the configuration, while the pack reads that
configuration from its environment at start. So the host answers with a port of its own, starts the
pack when the configuration has come, and hands every other call through untouched.
"""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import grpc
from pulumi.runtime.proto import analyzer_pb2

from sandbox.engine import children

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"  # generic for types, not at run time
SERVICE = "/pulumirpc.Analyzer/"
GRACE = 5.0  # seconds for answers under way: why a pack did not start is one of them
HANDSHAKE = SERVICE + "Handshake"
CONFIGURE = SERVICE + "ConfigureStack"
# The engine's own limit (rpcutil.GrpcChannelOptions): a whole stack travels in one message.
MESSAGE_LIMIT = [
    ("grpc.max_receive_message_length", 400 << 20),
    ("grpc.max_send_message_length", 400 << 20),
]


def environment(stack: analyzer_pb2.AnalyzerStackConfigureRequest) -> dict[str, str]:
    """The variables in which a Python pack looks for the stack that it judges."""
    return {
        "PULUMI_ORGANIZATION": stack.organization or "organization",
        "PULUMI_PROJECT": stack.project,
        "PULUMI_STACK": stack.stack,
        "PULUMI_DRY_RUN": str(stack.dry_run).lower(),
        "PULUMI_CONFIG": json.dumps(dict(stack.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(stack.config_secret_keys)),
    }


class PolicyProxy(grpc.GenericRpcHandler):
    """One pack: serves the engine at once, and the pack behind it once it is configured."""

    def __init__(self, command: Sequence[str | Path], cwd: str, env: Mapping[str, str]) -> None:
        self._command, self._cwd, self._env = command, cwd, env
        self._pack: asyncio.subprocess.Process | None = None
        self._channel: grpc.aio.Channel | None = None
        self._written: asyncio.Queue[tuple[str, bytes] | None] = asyncio.Queue()
        self._starting = asyncio.Lock()
        self._pump: asyncio.Task[None] | None = None
        self._last_line = ""  # of the pack's stderr

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """Every call of the analyzer service; none of another."""
        method = str(handler_call_details.method)
        if not method.startswith(SERVICE):
            return None

        async def call(request: bytes, context: Context) -> bytes:
            return await self._call(method, request, context)

        return grpc.unary_unary_rpc_method_handler(call)

    async def serve(self) -> AsyncIterator[tuple[str, bytes]]:
        """Serves until the pack ends; yields its output, the proxy's port first."""
        server = grpc.aio.server(options=MESSAGE_LIMIT)
        server.add_generic_rpc_handlers([self])
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        try:
            yield "stdout", f"{port}\n".encode()
            while item := await self._written.get():
                yield item
        finally:
            if self._pack is not None:
                children.end(self._pack, signal.SIGTERM)
            await server.stop(GRACE)

    async def _call(self, method: str, request: bytes, context: Context) -> bytes:
        if method == HANDSHAKE:  # the pack serves no engine but through us
            return b""
        try:
            channel = await self._started(request if method == CONFIGURE else None)
        except ChildProcessError as error:
            await context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        try:
            hand_through: Any = channel.unary_unary(method)  # bytes both ways, as they came
            return bytes(await hand_through(request))
        except grpc.aio.AioRpcError as error:
            if method == CONFIGURE and error.code() == grpc.StatusCode.UNIMPLEMENTED:
                return b""  # a Python pack has read the environment instead
            await context.abort(error.code(), error.details() or "")
        raise AssertionError("abort raises")

    async def _started(self, configuration: bytes | None) -> grpc.aio.Channel:
        """The channel to the pack, started at the first call."""
        async with self._starting:
            if self._channel is None:
                port = await self._start(configuration)
                self._channel = grpc.aio.insecure_channel(
                    f"127.0.0.1:{port}", options=MESSAGE_LIMIT
                )
            return self._channel

    async def _start(self, configuration: bytes | None) -> int:
        """Starts the pack; returns its port. Raises ChildProcessError when it ends instead."""
        stack = analyzer_pb2.AnalyzerStackConfigureRequest.FromString(configuration or b"")
        env = {**self._env, **(environment(stack) if configuration is not None else {})}
        self._pack = await children.start(self._command, cwd=self._cwd, env=env, piped=True)
        assert self._pack.stdout is not None
        line = await self._pack.stdout.readline()
        self._pump = asyncio.create_task(self._relay(self._pack))
        if not line.strip().isdigit():
            self._written.put_nowait(("stderr", line))
            await self._pump
            # Its last line here: the engine may stop listening to its output before it has read it.
            raise ChildProcessError(
                f"the policy pack in {self._cwd} ended before it served, "
                f"exit status {await self._pack.wait()}: {self._last_line or 'it wrote nothing'}"
            )
        return int(line)

    async def _relay(self, pack: asyncio.subprocess.Process) -> None:
        async for name, data in children.output(pack):
            self._written.put_nowait((name, data))
            if name == "stderr" and data.strip():
                self._last_line = data.decode(errors="replace").strip().splitlines()[-1]
        self._written.put_nowait(None)
