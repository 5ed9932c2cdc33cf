"""The pack as the engine talks to it."""

from typing import Any

import grpc
from google.protobuf import json_format
from pulumi.runtime.config import CONFIG, get_config_env
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel, PolicyPack
from pulumi_policy import policy as sdk

from policies import configuration
from policies.facts import has_stage
from policies.pack import CATALOGUE

MANDATORY = {rule.name for rule in CATALOGUE if not rule.advisory}
SILENT = {analyzer_pb2.DISABLED}
WEAKER = {analyzer_pb2.ADVISORY: "advisory", analyzer_pb2.DISABLED: "disabled"}


class Analyzer(sdk._PolicyAnalyzerServicer):
    """The SDK's servicer, which takes any configuration; this one refuses what cannot be right."""

    def Configure(  # noqa: N802, the name in the protocol
        self, request: analyzer_pb2.ConfigureAnalyzerRequest, context: grpc.ServicerContext
    ) -> Any:
        given = request.policyConfig
        config = {
            name: _whole(json_format.MessageToDict(each.properties)) for name, each in given.items()
        }
        weakened = {
            name: WEAKER[each.enforcementLevel]
            for name, each in given.items()
            if name in MANDATORY and each.enforcementLevel in WEAKER
        }
        problems = configuration.problems(
            config,
            weakened,
            [name for name, each in given.items() if each.enforcementLevel in SILENT],
            {rule.name: rule.numbers for rule in CATALOGUE},
            has_stage=has_stage({**get_config_env(), **CONFIG.get()}),
        )
        if text := "\n".join(problems):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"nothing was judged:\n{text}")
        configuration.apply(config)
        return super().Configure(request, context)  # type: ignore[no-untyped-call]


def _whole(value: Any) -> Any:
    """*value* as its JSON file has it: on the wire every number is a float."""
    if isinstance(value, dict):
        return {key: _whole(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def serve() -> None:
    """Serve the catalogue until the process is ended."""
    # PolicyPack makes its servicer by this name and offers no hook for the configuration.
    setattr(sdk, "_PolicyAnalyzerServicer", Analyzer)  # noqa: B010, mypy knows classes are not set
    PolicyPack(
        "evenkeel",
        [rule.policy() for rule in CATALOGUE],
        enforcement_level=EnforcementLevel.MANDATORY,
        initial_config=_initial(),
    )


def _initial() -> dict[str, EnforcementLevel | dict[str, Any]]:
    """Each policy's own level, said once more beside one for `all`.

    The engine refuses a name that has no level, and would refuse `all.stage` without one.
    """
    advisories = {rule.name: EnforcementLevel.ADVISORY for rule in CATALOGUE if rule.advisory}
    return {configuration.ALL: EnforcementLevel.MANDATORY, **advisories}
