"""Makes docs/sandbox-provider.md from the table: `python -m sandbox.provider.page` writes it."""

from pathlib import Path

from sandbox.provider.resource_type import ResourceType, Rule
from sandbox.provider.table import TYPES
from sandbox.provider.tags import TAGS

PAGE = Path(__file__).parents[2] / "docs" / "sandbox-provider.md"

_INTRODUCTION = """\
# What the sandbox's provider checks

Made by `python -m sandbox.provider.page` from the provider's table.

In the sandbox the engine speaks to a provider of our own in place of AWS's: a plugin named `aws`
that makes the same resources through the same AWS API. It refuses what AWS refuses, in AWS's words:

- **Every request, by AWS's own API model** (the one that ships with botocore), walked strictly:
  required, unknown and mistyped fields, enumerations, ranges, lengths and patterns. botocore by
  itself checks neither enumerations nor maxima nor patterns.
- **The rules below**, which the model does not hold. They judge what is known, so a preview
  refuses already; a value that only AWS will know is judged at the update.
- **What only AWS can answer**, asked at the update before the call that would make the resource.

An input that the provider does not carry out is refused as not covered, never ignored.

Sources: *BC* is AWS's API model in botocore; *PAWS* the docstrings of `pulumi_aws`; *ELB23, ECS23,
AAS23, WAF23* AWS's developer guides on GitHub (`awsdocs`, 2023); others are named.

Everything else that differs from AWS: a default that AWS's provider writes into the inputs (such
as `enableDnsSupport: true`) stays out of them; the id of a task definition is its ARN; a create
that is repeated after its update was killed takes up what AWS has already, under the name that was
generated then (found by name, or by its inputs, and by the stack's tags; a resource without tags,
or changed in the stage file since, is made anew); `pulumi import` is not covered.
"""


_BREAK = "\n"


def render() -> str:
    """The page as Markdown."""
    lines = [
        _INTRODUCTION,
        f"On every type that bears tags: {_cell(_rules(TAGS))}.",
        "",
        "| type | refused at preview | refused at the update | what replaces | not checked |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [_row(entry) for _, entry in sorted(TYPES.items())]
    return "\n".join(lines) + "\n"


def _row(entry: ResourceType) -> str:
    replaces = entry.replaces if entry.update else entry.properties
    cells = (
        f"`{entry.token}`",
        _rules(entry.rules) or "-",
        "; ".join(entry.asks_aws) or "-",
        ", ".join(f"`{name}`" for name in sorted(replaces)),
        "; ".join(entry.open) or "-",
    )
    return "| " + " | ".join(_cell(text) for text in cells) + " |"


def _cell(text: str) -> str:
    plain = text.replace("<", "&lt;").replace("|", "\\|")
    return plain.replace(_BREAK, "<br>")


def _rules(rules: tuple[Rule, ...]) -> str:
    return _BREAK.join(f"{rule.what} ({rule.source})" for rule in rules)


if __name__ == "__main__":
    PAGE.write_text(render())
