"""CloudWatch Logs filter patterns: terms, and conditions on a JSON message.

Grammar: CloudWatch Logs user guide, "Filter pattern syntax for metric filters, subscription
filters, filter log events, and Live Tail". Patterns of space-delimited fields are not offered.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from sandbox.emulator.logs_json_patterns import PatternError, json_condition, plain

_TERM = re.compile(r'([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\w+))(?=\s|$)')


@lru_cache(maxsize=256)
def condition(pattern: str) -> Callable[[str], bool]:
    """What decides whether a message matches *pattern*; raises PatternError."""
    text = pattern.strip()
    if not text.startswith("{"):
        return _terms(text)
    if not text.endswith("}"):
        raise PatternError("a pattern that begins with { must end with }")
    return json_condition(text[1:-1])


def _terms(text: str) -> Callable[[str], bool]:
    """Every plain term, no term after `-`; where all stand after `?`, any of them."""
    found: dict[str, list[str]] = {"": [], "-": [], "?": []}
    at = 0
    while at < len(text):
        term = _TERM.match(text, at)
        if term is None:
            raise PatternError(
                f"{text[at:]!r}: a term is a word, or text in double quotes; expressions between %"
                " and fields between [ and ] are not offered by the sandbox"
            )
        found[term[1]].append(plain(term[2]) if term[3] is None else term[3])
        at = term.end() + len(text[term.end() :]) - len(text[term.end() :].lstrip())
    some = found["?"] if not found[""] and not found["-"] else []
    return lambda message: (
        all(term in message for term in found[""])
        and not any(term in message for term in found["-"])
        and (not some or any(term in message for term in some))
    )
