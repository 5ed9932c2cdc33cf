"""An Envoy with a listener for each of some web ACLs, all before one target."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, cast

from infra.stack import build
from sandbox.dataplane import firewall, listeners
from sandbox.dataplane.envoy import Envoy
from sandbox.dataplane.resources import (
    CLUSTER,
    ROUTES,
    Files,
    Resource,
    address,
    typed,
)
from sandbox.dataplane.snapshot import Listener
from sandbox.provider.wafv2.web_acls import WEB_ACL
from tests.support.balancers import PREFIX, balancer
from tests.support.emulator import until
from tests.support.program import register
from tests.support.raw_http import LIMIT, Target, serving
from tests.support.stages import shipped

WebAcl = dict[str, Any]


@cache
def shipped_web_acl(stage: str) -> WebAcl:
    """The web ACL of a shipped stage, as boto3's get_web_acl would answer with it."""
    settings = shipped(stage)
    program = register(lambda: build(settings), stage=stage)
    (request,) = WEB_ACL.requests(_whole(program.one("aws:wafv2/webAcl:WebAcl").inputs))
    return {"ARN": f"arn:aws:wafv2:eu-west-1:111122223333:{stage}", **request.parameters}


def _whole(value: Any) -> Any:
    """`value` with whole numbers, which the engine makes of Pulumi's floats."""
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _whole(item) for name, item in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


@dataclass
class Guard:
    """One Envoy with a listener for each web ACL, by name."""

    envoy: Envoy
    files: Files
    target: Target
    folder: Path
    ports: Mapping[str, int] = field(default_factory=dict)
    _read: int = field(default=0)

    def listening(self, listeners: int) -> dict[str, int] | None:
        """The port of each listener, by name, once so many are open."""
        started = "listener_manager.listener_create_success"  # with one worker, once a listener
        if self.envoy.stats(started).get(started) != listeners:
            return None
        found = json.loads(self.envoy.get("/listeners?format=json"))["listener_statuses"]
        places = {each["name"]: each["local_address"]["socket_address"] for each in found}
        return {name: int(place["port_value"]) for name, place in places.items()}

    def set(self, name: str, web_acl: WebAcl | None, speed: float = 1.0, mark: str = "") -> None:
        """Guard the listener `name` with another web ACL; its listener itself stays."""
        version = self.files.write(f"routes-{name}", [_routes(name, web_acl, speed, mark)])
        self.until_live(name, version)

    def until_live(self, name: str, version: str) -> None:
        """Wait until Envoy has taken over this version of the routes of `name`."""

        def live() -> bool | None:
            found = self.envoy.stats(f"^http.{name}.rds.{name}.version_text")
            return True if version in found.values() else None

        until(live, f"the routes of {name} are live", seconds=LIMIT)

    def log(self, lines: int) -> list[dict[str, Any]]:
        """The next lines of the decision log."""
        file = self.folder / "firewall.log"

        def written() -> list[str] | None:
            found = file.read_text().splitlines()[self._read :] if file.exists() else []
            return found if len(found) >= lines else None

        found = cast(list[str], until(written, f"{lines} decisions are logged", seconds=LIMIT))
        self._read += len(found)
        return [json.loads(line) for line in found]


@contextlib.contextmanager
def guarded(folder: Path, web_acls: Mapping[str, WebAcl | None]) -> Iterator[Guard]:
    """An Envoy of the caller's own, before one target."""
    files = Files(folder / "envoy")
    with serving() as target:
        files.write("clusters", [_cluster(target.server_address[1])])
        versions = {
            name: files.write(f"routes-{name}", [_routes(name, web_acl, 1.0, "")])
            for name, web_acl in web_acls.items()
        }
        found = [_listener(name, web_acl, files, folder) for name, web_acl in web_acls.items()]
        files.write("listeners", found)
        envoy = Envoy(folder, files)
        guard = Guard(envoy, files, target, folder)
        try:
            for name, version in versions.items():
                guard.until_live(name, version)
            guard.ports = until(
                lambda: guard.listening(len(versions)), "Envoy listens", seconds=LIMIT
            )
            yield guard
        finally:
            envoy.stop()


def _cluster(port: int) -> Resource:
    endpoint = {"endpoint": {"address": address("127.0.0.1", port)}}
    assignment = {"cluster_name": "target", "endpoints": [{"lb_endpoints": [endpoint]}]}
    return typed(CLUSTER, name="target", type="STATIC", load_assignment=assignment)


def _routes(name: str, web_acl: WebAcl | None, speed: float, mark: str) -> Resource:
    host = {
        "name": f"all{mark}",
        "domains": ["*"],
        "routes": [{"match": {"prefix": ""}, "route": {"cluster": "target"}}],
        "typed_per_filter_config": firewall.per_route(web_acl, speed),
    }
    return typed(ROUTES, name=name, virtual_hosts=[host])


class _Named(Listener):
    """A listener of the load balancer, under a short name."""

    @property
    def key(self) -> str:
        return str(self.record["Name"])


def _listener(name: str, web_acl: WebAcl | None, files: Files, folder: Path) -> Resource:
    """The load balancer's own listener, but that it speaks HTTP/2 without TLS too."""
    record = {"ListenerArn": f"{PREFIX}:listener/{name}", "Port": 80, "Protocol": "HTTP"}
    named = _Named(record={**record, "Name": name}, rules=(), certificates=())
    guarded = replace(balancer([]), web_acl=web_acl, listeners=(named,))
    found = listeners.listener(guarded, named, 0, listeners.Place(folder, files.source))
    found["filter_chains"][0]["filters"][0]["typed_config"]["codec_type"] = "AUTO"
    return found
