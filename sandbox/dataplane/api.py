"""What a data plane says of itself on its own port: health, local addresses, what is live."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sandbox.dataplane.plane import Plane
from sandbox.dataplane.snapshot import LoadBalancer
from sandbox.errors import SandboxError


def serve(plane: Plane, port: int) -> None:
    """Answers on 127.0.0.1:`port`, in a thread of its own; raises SandboxError where it cannot."""
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), _handler(plane))
    except OSError as error:
        raise SandboxError(
            f"--port is {port}, and 127.0.0.1:{port} cannot be served ({error.strerror});"
            " give another"
        ) from error
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()


def _handler(plane: Plane) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, data = answer(plane, self.path)
            body = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


def answer(plane: Plane, path: str) -> tuple[int, Any]:
    """Status and body of a GET."""
    live = plane.live
    if path == "/health":
        return (503, {"status": "starting"}) if live.number is None else (200, {"status": "ok"})
    if path == "/configuration":
        return 200, {"number": live.number}
    if path == "/load-balancers":
        return 200, [_described(plane, balancer) for balancer in live.snapshot.balancers]
    return 404, {"error": f"no such path: {path}"}


def _described(plane: Plane, balancer: LoadBalancer) -> dict[str, Any]:
    ports = plane.configuration.known_ports(balancer)
    return {
        "arn": balancer.arn,
        "dnsName": balancer.record["DNSName"],
        "account": balancer.scope.account,
        "region": balancer.scope.region,
        "listeners": {
            str(x.port): f"{'https' if x.secure else 'http'}://127.0.0.1:{ports[x.port]}"
            for x in balancer.listeners
            if x.port in ports
        },
    }
