"""Tells a secret by its shape or by its name; says what it is, never what it holds."""

import base64
import re

# "AKIA" begins a user's key, "ASIA" a temporary one (IAM user guide, unique identifiers).
ACCESS_KEY = re.compile(r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])")
# RFC 7468, and PGP's (RFC 9580).
PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----")
# The same in base64, in which such text often comes: "-----BEGIN" begins so.
ENCODED = re.compile(r"LS0tLS1CRUdJTi[A-Za-z0-9+/\s]+")
# RFC 3986, userinfo with a password that is no variable of a shell.
CREDENTIALS = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]{0,31}://[^/\s:@]{0,255}:(?!\$(?:\w+|[{(][^@\s]{0,99}[)}])@)[^/\s@]+@"
)
# name=value, --name=value and "name": "value" inside a longer text.
ASSIGNED = re.compile(r"""([A-Za-z][\w.-]{0,99})(?:=|["']\s*:\s*)["']?([^\s"'&;,]+)""")

SAYS_SECRET = re.compile(
    r"PASSWORD|PASSWD|PASSPHRASE|SECRET|CREDENTIAL|TOKEN(?!IZ)"
    r"|(?:API|ACCESS|PRIVATE|SIGNING|ENCRYPTION|MASTER)KEY"
)
SHORT = frozenset({"PASS", "PWD"})  # as the last of several words: DB_PASS, but PWD is a folder
WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# A name that ends so is about a secret, and its value is none.
ABOUT = frozenset(
    {
        "ALGORITHM", "ARN", "AUDIENCE", "COUNT", "DAYS", "DIR", "ENABLED", "ENDPOINT", "EXPIRY",
        "FILE", "HEADER", "HOURS", "ISSUER", "LENGTH", "LIFETIME", "LIMIT", "MINUTES", "NAME",
        "PATH", "POLICY", "PREFIX", "REGION", "REQUIRED", "SECONDS", "SIZE", "TTL", "TYPE", "URI",
        "URL", "VERSION",
    }
)  # fmt: skip
TOLD = "a value whose name says that it is secret"
# A value that is no secret: a switch, where a secret is, or what a shell fills in.
REFERENCE = re.compile(
    r"(?i)true|false|arn:[\w-]+:(?:secretsmanager|ssm|kms):.*|\$(?:\w+|[{(].*)|`.*"
)


def found(name: str, value: str) -> str | None:
    """What of *value*, which goes by *name*, is a secret; None where nothing is."""
    if what := shape(value):
        return what
    return TOLD if _is_told(name, value) else None


def shape(text: str) -> str | None:
    """What in *text* is a secret, told by its shape alone; None where nothing is."""
    if PRIVATE_KEY.search(text) or any(map(_is_encoded_key, ENCODED.findall(text))):
        return "a private key"
    if ACCESS_KEY.search(text):
        return "an AWS access key id"
    if CREDENTIALS.search(text):
        return "a password in a URL"
    is_told = any(_is_told(name, value) for name, value in ASSIGNED.findall(text))
    # Not which name: it may be the end of a secret that an equals sign follows.
    return TOLD if is_told else None


def _is_told(name: str, value: str) -> bool:
    words = [word.upper() for word in WORDS.findall(name)]
    if not words or not value.strip() or REFERENCE.fullmatch(value):
        return False
    if words[-1] in ABOUT or (not {"MAX", "MIN"}.isdisjoint(words) and value.isdecimal()):
        return False
    is_short = len(words) > 1 and words[-1] in SHORT
    return is_short or SAYS_SECRET.search("".join(words)) is not None


def _is_encoded_key(text: str) -> bool:
    whole = "".join(text.split())
    plain = base64.b64decode(whole[: len(whole) // 4 * 4]).decode(errors="replace")
    return PRIVATE_KEY.search(plain) is not None
