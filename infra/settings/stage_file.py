"""Reading a stage file's YAML the way the Pulumi CLI does."""

import re
from pathlib import Path
from typing import Any

import yaml

from infra.settings.problems import Problem, SettingsError

NULL = "tag:yaml.org,2002:null"
PLAIN_SCALARS = {
    "tag:yaml.org,2002:bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "tag:yaml.org,2002:int": (r"[-+]?(0|[1-9][0-9]*)|0x[0-9a-fA-F]+", "-+0123456789"),
    "tag:yaml.org,2002:float": (
        r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?",
        "-+.0123456789",
    ),
    NULL: (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "tag:yaml.org,2002:timestamp": (
        r"\d{4}-\d\d?-\d\d?([Tt ]+\d\d?:\d\d:\d\d(\.\d*)?\s*(Z|[-+]\d\d?(:\d\d)?)?)?",
        "0123456789",
    ),
    "tag:yaml.org,2002:merge": (r"<<", "<"),
}


class _Loader(yaml.SafeLoader):
    """YAML's safe loader, with two differences.

    Only true and false are booleans, as for the Pulumi CLI: yes, no, on and off stay texts. A key
    that is written twice is refused, where PyYAML silently takes the last.
    """

    yaml_implicit_resolvers: dict[str, Any] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key, _ in node.value:
            if key.value in seen:
                what = f"the key {key.value} is here twice"
                raise yaml.constructor.ConstructorError(None, None, what, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


for _tag, (_pattern, _first) in PLAIN_SCALARS.items():
    _Loader.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern})$"), list(_first))


def stage_of(path: Path) -> str:
    """The stack that `Pulumi.<stage>.yaml` belongs to."""
    name = re.fullmatch(r"Pulumi\.(.+)\.ya?ml", path.name)
    if name is None:
        raise _unusable(path, "the file", "a file named Pulumi.<stage>.yaml", "rename it")
    return name[1]


def config_of(path: Path) -> dict[str, Any]:
    """The `config` mapping of a stage file."""
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(path, "the file", "a readable text file", f"{error}") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the file"
        step = f"correct it: {error.problem or error.context}"
        raise _unusable(path, where, "YAML", step) from None
    except yaml.YAMLError as error:
        raise _unusable(path, "the file", "YAML", f"correct it: {error}") from None
    except ValueError as error:  # A timestamp that no calendar has.
        raise _unusable(path, "a date", "a day that exists", f"correct it: {error}") from None
    config = document.get("config") if isinstance(document, dict) else None
    if not isinstance(config, dict):
        step = "write config: and the settings below it, indented"
        raise _unusable(path, "config", "a mapping of settings", step)
    return {str(key): value for key, value in config.items()}


def _unusable(path: Path, where: str, allowed: str, step: str) -> SettingsError:
    return SettingsError(path.name, [Problem(where, "not usable", allowed, step)])
