"""Hostile request targets, made family by family: what a firewall must keep from every task.

`REFUSED` are targets of plain ASCII that the shipped web ACLs refuse with 403; `MALFORMED` are no
request targets at all, and the load balancer answers 400. All are bytes, to be sent raw.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

ALLOWED = ("/api", "/assets", "/socket.io")  # of the shipped stages, with all that is below each
SECRETS = ("admin", "etc/passwd")


def _below(*parts: str) -> Iterator[str]:
    """Every part after every allowed prefix."""
    return ("".join(pair) for pair in product(ALLOWED, parts))


def _up(*climbs: str) -> Iterator[str]:
    """Out of every allowed prefix by every climb."""
    for prefix, climb, secret in product(ALLOWED, climbs, SECRETS):
        yield f"{prefix}/{climb}{secret}"


def _letters(prefix: str) -> Iterator[str]:
    """The prefix with each of its letters percent-encoded, and then all of them."""
    for place, letter in enumerate(prefix):
        if letter.isalpha():
            yield f"{prefix[:place]}%{ord(letter):x}{prefix[place + 1 :]}"
    yield "/" + "".join(f"%{ord(letter):X}" for letter in prefix[1:])


def _families() -> Iterator[tuple[str, Iterable[str]]]:
    yield "traversal", _up("../", "../../", "a/../../", "./../", ".../", "..", "../.;/../")
    yield "encoded traversal", _up("%2e%2e/", "%2e./", ".%2e/", "%2e%2e%2f", "..%2f", "%2e%2e%5c")
    yield "capital encoding", _up("%2E%2E/", "%2E%2e/", "..%2F", "%2E%2E%2F", "%5C..%5C")
    yield "double encoding", _up("%252e%252e/", "%252e%252e%252f", "%25%32%65/", "%25252e/")
    yield "path parameters", _below("..;/admin", ";/../admin", ";x=1", "/;/admin", "/a;b=c/../d")
    yield "empty segments", _below("//", "//admin", "/a//b", "///..//admin", "//etc/passwd")
    yield (
        "doubled start",
        (f"/{prefix}{rest}" for prefix, rest in product(ALLOWED, ("", "/", "/x"))),
    )
    yield "backslashes", _below("\\", "\\..\\admin", "/\\admin", "/..\\admin", "\\\\host\\share")
    yield "encoded backslashes", _below("%5c", "%5C..%5Cadmin", "/%5cadmin", "/a%5c")
    yield "encoded slashes", _below("%2f", "%2Fadmin", "/a%2fb", "%2f%2fadmin")
    yield "encoded NUL", _below("%00", "/%00", "/a%00.png", "/../%00", "%00/admin")
    yield (
        "look-alikes",
        _below("x", ".", "-", "evil", "~", "%20", "%61", "..", "_", "*", "%", "%3f"),
    )
    yield (
        "upper case",
        (spelled for prefix in ALLOWED for spelled in (prefix.upper(), f"{prefix.title()}/x")),
    )
    yield "encoded letters", (spelled for prefix in ALLOWED for spelled in _letters(prefix))
    yield (
        "overlong UTF-8, encoded",
        (
            f"{allowed}/{dots}{slash}admin"
            for allowed, dots, slash in product(
                ("", "/api", "/socket.io"),
                ("%c0%ae%c0%ae", "%E0%80%AE%e0%80%ae", "%f0%80%80%ae%f0%80%80%ae"),
                ("/", "%c0%af", "%e0%80%af"),
            )
        ),
    )
    yield (
        "other encodings",
        (
            f"/{dots}/admin"
            for dots in ("%u002e%u002e", "%uff0e%uff0e", "%ef%bc%8e%ef%bc%8e", "&period;")
        ),
    )
    yield "not allowed", (
        f"/{path}"
        for path in (
            "admin", "health", "metrics", ".env", ".git/config", "wp-login.php", "cgi-bin/sh",
            "server-status", "actuator/env", "graphql", "socket", "socketio/", "socket.i/", "ap",
            "index.html", "x/api", "x/api/", "x/socket.io/", "x/assets/", "favicon.ico",
            "admin?/api/", "admin?/socket.io/",
        )
    )  # fmt: skip
    yield (
        "absolute form",
        (
            f"{scheme}://{host}{path}"
            for scheme, host, path in product(
                ("http", "https", "HTTP", "ftp"),
                ("service.test", "127.0.0.1", "user@service.test:80"),
                ("", "/", "/api", "/socket.io/", "/admin", "/api/../admin"),
            )
        ),
    )
    yield "asterisk form", ["*"]


def _malformed() -> Iterator[tuple[str, Iterable[bytes]]]:
    controls = [bytes([value]) for value in (*range(0x0A), *range(0x0B, 0x21), 0x7F)]
    yield "control bytes", (b"/api/" + byte + b"x" for byte in controls)
    yield "bare line feed", (b"/api/\nx", b"/\n/admin", b"/api\n")
    yield "no ASCII", (b"/api/" + bytes([value]) for value in range(0x80, 0x100, 8))
    yield (
        "overlong UTF-8",
        (
            b"/api/" + dots + slash + b"admin"
            for dots, slash in product(
                (b"\xc0\xae\xc0\xae", b"\xe0\x80\xae\xe0\x80\xae", b"\xf0\x80\x80\xae"),
                (b"/", b"\xc0\xaf", b"\xe0\x80\xaf"),
            )
        ),
    )
    yield (
        "UTF-8",
        (f"/{text}".encode() for text in ("äpi", "\u0430pi", "api/\u2025/admin", "api\uff0fx")),
    )
    yield "fragments", (b"/#", b"/api#x", b"/api/#/../admin", b"/socket.io/?x#y", b"/api%23#")
    yield (
        "no path",
        (b"api", b"../api", b"?x=1", b"", b"example.com", b"\\api", b";/api", b"%2fapi"),
    )


REFUSED: Mapping[str, tuple[bytes, ...]] = {
    name: tuple(dict.fromkeys(target.encode() for target in targets))
    for name, targets in _families()
}
MALFORMED: Mapping[str, tuple[bytes, ...]] = {name: tuple(t) for name, t in _malformed()}
