"""The scaling policies of a stage as a table for people."""

from typing import Any

from rich.table import Table

# CloudWatch's INSUFFICIENT_DATA, shorter; an ALARM of these is scaling at work, nothing bad.
WORDS = {"INSUFFICIENT_DATA": "no data"}


def policy_table(policies: list[dict[str, Any]]) -> Table:
    """One row for each policy: what it measures, at what it acts, whether it does."""
    table = Table(title="Scaling", title_justify="left", box=None, padding=(0, 1))
    table.add_column("", style="cyan", min_width=12)
    for title in ("now", "target", "out above", "in below", "cooldown out, in"):
        table.add_column(title)
    for each in policies:
        unit = f" {each['unit']}" if each["unit"] else ""
        table.add_row(
            _name(each),
            _value(each, unit),
            f"{each['target']:g}{unit}" if "target" in each else "",
            _side(each, "high", unit),
            _side(each, "low", unit),
            _cooldowns(each),
        )
    return table


def _name(policy: dict[str, Any]) -> str:
    if policy["kind"] == "StepScaling":
        return f"{policy['metric']}, steps"
    if policy["kind"] == "PredictiveScaling":
        return f"forecast: {policy['mode']}"
    return str(policy["metric"])


def _value(policy: dict[str, Any], unit: str) -> str:
    if policy["value"] is not None:
        return f"{policy['value']:g}{unit}"
    return "no data" if policy["alarms"] else ""


def _side(policy: dict[str, Any], side: str, unit: str) -> str:
    return ", ".join(
        f"{each['threshold']:g}{unit}: {WORDS.get(each['state'], each['state'])}"
        for each in policy["alarms"]
        if each["side"] == side
    )


def _cooldowns(policy: dict[str, Any]) -> str:
    ways = ("scaleOutCooldown", *(["scaleInCooldown"] if policy.get("scalesIn") else []))
    return ", ".join(f"{policy[way]} s" for way in ways if policy.get(way) is not None)
