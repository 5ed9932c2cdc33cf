"""Our Python language host: what the engine asks in order to run a program or a policy pack.

Pulumi's own host comes only with Pulumi's installer. This one serves machines that reach nothing
but package registries: `python -m sandbox.engine.language_host ENGINE_ADDRESS`; it prints its port.
"""
# ruff: noqa: N802, ARG002  the names and arguments are those of the service

import argparse
import asyncio
import importlib.metadata
import json
import os
import platform
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from sandbox.engine import children
from sandbox.engine.policy_proxy import MESSAGE_LIMIT, Context, PolicyProxy

EXECUTOR = Path(__file__).with_name("executor.py")
SHOWN = 32  # as in executor.py, which runs in the program's own Python


def python_of(info: language_pb2.ProgramInfo) -> Path:
    """The interpreter that a program or pack asks for."""
    return children.interpreter(info.root_directory, json_format.MessageToDict(info.options))


def required_plugins(python: Path) -> Iterator[plugin_pb2.PackageDependency]:
    """The resource plugins that the packages beside `python` declare."""
    for file in sorted(
        python.parent.parent.glob("lib/python3*/site-packages/*/pulumi-plugin.json")
    ):
        plugin = json.loads(file.read_text())
        if plugin.get("resource"):
            yield plugin_pb2.PackageDependency(
                name=plugin["name"],
                kind="resource",
                version="v" + plugin["version"],
                server=plugin.get("server", ""),
            )


def program_command(request: language_pb2.RunRequest, engine: str) -> list[str | Path]:
    """The command that runs the program of `request` under the executor."""
    info = request.info
    values = {
        "monitor": request.monitor_address,
        "engine": engine,
        "project": request.project,
        "root_directory": info.root_directory,
        "stack": request.stack,
        "pwd": request.pwd,
        "parallel": str(request.parallel),
        "organization": request.organization,
    }
    flags = [f"--{flag}={value}" for flag, value in values.items() if value]
    dry = ["--dry_run"] if request.dryRun else []
    entry = Path(info.program_directory, info.entry_point)
    return [python_of(info), "-P", "-u", EXECUTOR, *flags, *dry, entry, *request.args]


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Answers one engine; holds the programs that it runs."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._programs: set[asyncio.subprocess.Process] = set()

    async def Handshake(
        self, request: language_pb2.LanguageHandshakeRequest, context: Context
    ) -> language_pb2.LanguageHandshakeResponse:
        """An engine that attaches to a running host says where it is."""
        self._engine = request.engine_address
        return language_pb2.LanguageHandshakeResponse()

    async def GetPluginInfo(
        self, request: empty_pb2.Empty, context: Context
    ) -> plugin_pb2.PluginInfo:
        """The version of the SDK whose protocol is spoken."""
        return plugin_pb2.PluginInfo(version=importlib.metadata.version("pulumi"))

    async def GetRequiredPackages(
        self, request: language_pb2.GetRequiredPackagesRequest, context: Context
    ) -> language_pb2.GetRequiredPackagesResponse:
        """The plugins that the program's packages need."""
        python = await self._python(request.info, context)
        return language_pb2.GetRequiredPackagesResponse(packages=required_plugins(python))

    async def Run(
        self, request: language_pb2.RunRequest, context: Context
    ) -> language_pb2.RunResponse:
        """Runs the program to its end."""
        await self._python(request.info, context)
        env = {
            **os.environ,
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        program = await children.start(program_command(request, self._engine), env=env)
        self._programs.add(program)
        try:
            status = await program.wait()
        finally:
            self._programs.discard(program)
        if status == 0:
            return language_pb2.RunResponse()
        if status in (SHOWN, -signal.SIGINT):
            return language_pb2.RunResponse(bail=True)
        ended = f"by {signal.Signals(-status).name}" if status < 0 else f"with exit status {status}"
        return language_pb2.RunResponse(error=f"the program ended {ended}")

    async def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: Context
    ) -> AsyncIterator[language_pb2.RunPluginResponse]:
        """Runs a policy pack; this project has no other plugin that needs a language host."""
        if request.kind != "analyzer":
            await context.abort(
                grpc.StatusCode.UNIMPLEMENTED, f"this language host runs no {request.kind} plugin"
            )
        folder = request.info.program_directory
        python = await self._python(request.info, context)
        command: list[str | Path] = [python, "-u", "-m", "pulumi.policy", *request.args, folder]
        env = {**os.environ, **dict(pair.split("=", 1) for pair in request.env)}
        async for stream, data in PolicyProxy(command, folder, env).serve():
            if stream == "stdout":
                yield language_pb2.RunPluginResponse(stdout=data)
            else:
                yield language_pb2.RunPluginResponse(stderr=data)

    async def About(
        self, request: language_pb2.AboutRequest, context: Context
    ) -> language_pb2.AboutResponse:
        """The Python that runs programs, for `pulumi about`."""
        return language_pb2.AboutResponse(
            executable=sys.executable, version=platform.python_version()
        )

    async def GetProgramDependencies(
        self, request: language_pb2.GetProgramDependenciesRequest, context: Context
    ) -> language_pb2.GetProgramDependenciesResponse:
        """The installed packages, for `pulumi about`."""
        installed = importlib.metadata.distributions()
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[
                language_pb2.DependencyInfo(name=package.name, version=package.version)
                for package in installed
            ]
        )

    async def Cancel(self, request: empty_pb2.Empty, context: Context) -> empty_pb2.Empty:
        """Interrupts the programs; the engine has given their update up."""
        for program in self._programs:
            children.end(program, signal.SIGINT)
        return empty_pb2.Empty()

    async def _python(self, info: language_pb2.ProgramInfo, context: Context) -> Path:
        try:
            return python_of(info)
        except FileNotFoundError as error:
            await context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        raise AssertionError("abort raises")


async def serve(engine: str) -> None:
    """Serves until the engine interrupts; says the port first, as the engine expects."""
    server = grpc.aio.server(options=MESSAGE_LIMIT)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageHost(engine), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    stopped = asyncio.Event()
    for signalled in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signalled, stopped.set)
    print(port, flush=True)
    await stopped.wait()
    await server.stop(grace=0.2)
    os._exit(0)  # programs and packs end with this process; none of them is waited for


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", nargs="?", default="", help="the engine's address")
    asyncio.run(serve(parser.parse_known_args()[0].engine))
