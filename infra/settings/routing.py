"""How requests reach tasks: certificate, and the two target groups."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from infra.settings.section import Seconds, Section
from infra.settings.words import CertificateArn, WebsocketPath

NO_SLOW_START = (
    "remove it: the http group routes by least outstanding requests, and AWS refuses that "
    "together with slow start on one group; the websocket group has round robin and slow start, "
    "so set routing.websocket.slowStart"
)


class Http(Section):
    """The target group of allowed paths, by least outstanding requests."""

    refused_keys: ClassVar[Mapping[str, str]] = {"slowStart": NO_SLOW_START}

    deregistration_delay: Seconds = Field(
        60, ge=0, le=3600, description="Longest time that a leaving task keeps its requests."
    )


class Websocket(Section):
    """The target group of the websocket path, by round robin with slow start."""

    path: WebsocketPath = Field("/socket.io", description="Path of the websocket endpoint.")
    transport: Literal["websocket", "polling"] = Field(
        "websocket",
        description="polling: clients may start with long polling, so the group is sticky.",
    )
    slow_start: Seconds = Field(
        60, ge=30, le=900, description="Time in which a new task's share of connections grows."
    )
    deregistration_delay: Seconds = Field(
        300, ge=0, le=3600, description="Longest time that a leaving task keeps its connections."
    )
    # The load balancer's idle timeout, at most 4,000 s, is two pings and 10 s.
    ping_interval_seconds: Seconds = Field(
        25, ge=1, le=1995, description="Time between two pings of the websocket server."
    )


class Routing(Section):
    """How requests reach tasks."""

    certificate_arn: CertificateArn | None = Field(
        description="Certificate of the HTTPS listener; null: HTTP only, refused in production."
    )
    http: Http = Field(default_factory=Http, description="The http target group.")
    websocket: Websocket | None = Field(
        None, description="The websocket target group; null: the http group alone."
    )

    @property
    def drains(self) -> tuple[int, ...]:
        """Deregistration delay of each target group, in seconds."""
        socket = self.websocket
        return (self.http.deregistration_delay, *([socket.deregistration_delay] if socket else []))
