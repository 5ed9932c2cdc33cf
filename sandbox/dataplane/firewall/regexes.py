"""Regular expressions of a web ACL, as RE2 reads them.

AWS WAF takes a part of PCRE, Envoy takes RE2. What both read in the same way is covered; anything
else is refused, because a guess would let a path through or keep one out.
"""

import re
from math import prod

from sandbox.dataplane.firewall.errors import UnsupportedRuleError

# RE2 refuses repetitions, multiplied where they nest, beyond this (RE2, syntax page).
MOST_REPETITIONS = 1000
_MEMBER = r"\\[^\w\s]|\\[dDwWsS]|[a-z]-[a-z]|[A-Z]-[A-Z]|[0-9]-[0-9]|[^\]\[\\\s-]"
_TOKEN = re.compile(
    rf"(?P<atom>\\[^\w\s]|\\[dDwWsS]|\[\^?-?(?:{_MEMBER})+-?\]|[^\\\[\](){{}}|*+?^$\s])"
    r"|(?P<assertion>[\^$]|\\[bB])"
    r"|(?P<open>\((?:\?:)?(?!\?))"
    r"|(?P<close>\))"
    r"|(?P<either>\|)"
    r"|(?P<repeat>(?:[*+?]|\{(?P<least>\d{1,4})(?:,(?P<most>\d{1,4})?)?\})\??)",
    re.ASCII,
)


def found_in(regex: str, *, lowercase: bool) -> str:
    """An RE2 text that matches a whole path in which *regex* is found, lower-cased or as it is."""
    letters = _checked(regex)
    if lowercase and re.search("[A-Z]", letters):
        # In a lower-cased path a capital is never found, but a range or a complement may be.
        raise _refused(regex, "it has capital letters, and the path is lower-cased before")
    flags = "i" if lowercase else ""
    return f"(?s:.*)(?{flags}:{regex})(?s:.*)"


def _checked(regex: str) -> str:
    """What *regex* holds beside classes such as \\D; raises if its parts are not all covered."""
    depth, at, before, repetitions = 0, 0, "open", [1]
    while at < len(regex):
        token = _TOKEN.match(regex, at)
        if token is None or not regex.isascii():
            raise _refused(regex, f"no text beginning {regex[at : at + 8]!r} is covered")
        kind = str(token.lastgroup if token.lastgroup not in ("least", "most") else "repeat")
        depth += {"open": 1, "close": -1}.get(kind, 0)
        if depth < 0 or (kind == "repeat" and before not in ("atom", "close")):
            raise _refused(regex, f"{token.group()!r} has nothing that it belongs to")
        repetitions.append(int(token["most"] or token["least"] or 1))
        before, at = kind, token.end()
    if depth or prod(filter(None, repetitions)) > MOST_REPETITIONS:
        raise _refused(regex, f"a group is open, or it repeats more than {MOST_REPETITIONS} times")
    return re.sub(r"\\[a-zA-Z]", "", regex)


def _refused(regex: str, reason: str) -> UnsupportedRuleError:
    return UnsupportedRuleError(
        f"the sandbox's firewall does not judge the regular expression {regex!r}: {reason}; "
        "covered: printable ASCII, groups, alternatives, classes, \\d \\w \\s \\b, ^ and $, "
        "* + ? {n,m}"
    )
