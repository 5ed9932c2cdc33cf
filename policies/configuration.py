"""The pack's own configuration: `--policy-pack-config FILE`, as JSON.

Every policy with numbers has a schema, which the engine checks. What the engine lets pass is
refused here: a name that no policy has, and a mandatory policy made weaker where a suppression
with a reason, an owner and an end is the way.
"""

import difflib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pulumi

from infra.settings import SettingsError, parse

ALL = "all"
LISTED = "suppression-listed"
STAGE = "stage"
MANY = 5  # more names than this are a number
# Kept by `apply` for the life of the process: the engine configures a pack once.
numbers: dict[str, Mapping[str, Any]] = {}
stage: dict[str, Any] = {}


def apply(config: Mapping[str, Mapping[str, Any]]) -> None:
    """Let *config* (policy → its properties) count from now on."""
    numbers.clear()
    numbers.update({name: given for name, given in config.items() if name != ALL})
    stage.clear()
    stage.update(config.get(ALL, {}).get(STAGE, {}))


def problems(
    config: Mapping[str, Mapping[str, Any]],
    weakened: Mapping[str, str],
    silenced: Collection[str],
    catalogue: Mapping[str, Collection[str]],
    *,
    has_stage: bool,
) -> Iterator[str]:
    """What is wrong with *config*.

    *weakened* has the level of each weakened mandatory policy, *silenced* the advisories that are
    disabled, *catalogue* the names of each policy's numbers.
    """
    for name in sorted(config.keys() - catalogue.keys() - {ALL}):
        yield _problem(f"{name} is no policy of this pack", _nearest(name, catalogue))
    for name in sorted(config.keys() & catalogue.keys()):
        for key in sorted(config[name].keys() - set(catalogue[name])):
            known = ", ".join([*catalogue[name], "enforcementLevel"])
            yield _problem(f"{name}.{key} is an unknown key", "remove it", known)
    if has_stage and weakened:
        named = ", ".join(sorted(weakened)) if len(weakened) < MANY else f"{len(weakened)} policies"
        yield _problem(
            f"enforcementLevel of {named} is {' or '.join(sorted(set(weakened.values())))}",
            "remove it; evenkeel:suppressions sets a policy aside for one resource and a while",
            "mandatory, on a stack with a stage file",
        )
    if has_stage and LISTED in silenced:
        yield _problem(
            f"{LISTED} is disabled", "remove it; what is set aside is told on every preview"
        )
    yield from _about_all(config.get(ALL, {}), has_stage=has_stage)


def _about_all(given: Mapping[str, Any], *, has_stage: bool) -> Iterator[str]:
    for key in sorted(given.keys() - {STAGE}):
        yield _problem(f"all.{key} is an unknown key", "remove it", f"{STAGE}, enforcementLevel")
    if STAGE not in given:
        return
    if has_stage:
        yield _problem("all.stage is given beside the stack's own stage file", "remove all.stage")
        return
    try:
        parse(pulumi.get_stack(), given[STAGE])
    except SettingsError as error:
        yield "\n".join(["  all.stage cannot be read:", *map(str, error.problems)])
    except AttributeError:
        section = "an object with keys as in a stage file's `config:`"
        yield _problem("all.stage is no object", "correct it", section)


def _problem(what: str, next_step: str, allowed: str | None = None) -> str:
    says = f"\n      allowed: {allowed}" if allowed else ""
    return f"  {what}{says}\n      next: {next_step}"


def _nearest(name: str, catalogue: Collection[str]) -> str:
    near = difflib.get_close_matches(name, catalogue, n=1)
    return f"did you mean {near[0]}?" if near else "docs/policies.md lists every policy"
