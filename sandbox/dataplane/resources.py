"""Envoy's configuration as JSON: typed messages, and files that it watches.

A resource is a JSON object with an `@type`. Envoy takes over a file the moment that another one is
renamed into its place, so a file is always whole.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

Resource: TypeAlias = dict[str, Any]

LISTENER = "envoy.config.listener.v3.Listener"
CLUSTER = "envoy.config.cluster.v3.Cluster"
ROUTES = "envoy.config.route.v3.RouteConfiguration"
ENDPOINTS = "envoy.config.endpoint.v3.ClusterLoadAssignment"
FILTERS = "envoy.extensions.filters"


def typed(kind: str, /, **members: Any) -> Resource:
    """A message of the protobuf type `kind`."""
    return {"@type": f"type.googleapis.com/{kind}", **members}


def extension(name: str, kind: str, /, **members: Any) -> Resource:
    """A named extension, such as a filter, and its configuration of type `kind`."""
    return {"name": name, "typed_config": typed(kind, **members)}


def seconds(value: float) -> str:
    """A duration as protobuf writes it in JSON."""
    return f"{value:.9f}".rstrip("0").rstrip(".") + "s"


def address(host: str, port: int) -> Resource:
    """A TCP address."""
    return {"socket_address": {"address": host, "port_value": port}}


class Files:
    """The folder that Envoy reads its resources from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._written: dict[str, str] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def source(self, name: str) -> Resource:
        """Where Envoy finds `name`, as a ConfigSource."""
        path = {"path": str(self.folder / f"{name}.json")}
        return {"path_config_source": path, "resource_api_version": "V3"}

    def write(self, name: str, resources: Sequence[Mapping[str, Any]]) -> str:
        """Replaces `name` unless it was last written so; the version that Envoy then reports.

        A file must be there before another one names it.
        """
        text = json.dumps(resources, sort_keys=True)
        version = hashlib.sha256(text.encode()).hexdigest()[:16]
        file = self.folder / f"{name}.json"
        if self._written.get(name) != version:
            part = file.with_suffix(".part")
            part.write_text(json.dumps({"version_info": version, "resources": resources}))
            part.replace(file)
            self._written[name] = version
        return version

    def write_again(self) -> None:
        """Forgets what was written: Envoy refused some of it, and is to read all of it again."""
        self._written.clear()

    def keep_only(self, names: set[str]) -> None:
        """Deletes what no resource refers to any more."""
        for file in self.folder.glob("*.json"):
            if file.stem not in names:
                file.unlink()
                self._written.pop(file.stem, None)
