"""A release with a fault that only its requests show.

Every answer is 200, but 503 where the target matches UNHEALTHY. A minute, on the sandbox clock,
after the first target that matches LAST_MINUTE the process ends: exit code 4.
"""

import json
import os
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NEVER = "(?!)"
UNHEALTHY = re.compile(os.environ.get("UNHEALTHY", NEVER))
LAST_MINUTE = re.compile(os.environ.get("LAST_MINUTE", NEVER))
MINUTE = 60 / float(os.environ["SANDBOX_SPEED"])  # wall seconds
asked = threading.Event()


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if LAST_MINUTE.search(self.path):
            asked.set()
        body = json.dumps({"release": os.environ["RELEASE"]}).encode()
        self.send_response(503 if UNHEALTHY.search(self.path) else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    asked.wait()
    threading.Event().wait(MINUTE)
    print("a minute is over", flush=True)
    os._exit(4)
