"""What finds refused requests to allowed-looking paths in a web ACL's log."""

from collections.abc import Sequence

LONGEST_PATTERN = 1024


def refused_patterns(allowed_paths: Sequence[str], blocking_rules: Sequence[str]) -> list[str]:
    """Filter patterns over the web ACL's log: blocked, though the path looks allowed.

    *blocking_rules* are those whose blocks are meant for such paths too. A pattern holds up to
    1,024 characters (CloudWatch Logs API, PutMetricFilter), so there may be several.
    """
    head = " && ".join(
        ['($.action = "BLOCK")', *(f'($.terminatingRuleId != "{r}")' for r in blocking_rules)]
    )
    # Without the boundary: /apps is as suspicious a refusal as /app/x where /app is allowed.
    looks = [path[1:] if path.startswith("=") else f"{path}*" for path in allowed_paths]
    patterns: list[str] = []
    for look in dict.fromkeys(f'($.httpRequest.uri = "{each}")' for each in looks):
        longer = f"{patterns[-1].removesuffix(') }')} || {look}) }}" if patterns else ""
        if longer and len(longer) <= LONGEST_PATTERN:
            patterns[-1] = longer
        else:
            patterns.append(f"{{ {head} && ({look}) }}")
    return patterns
