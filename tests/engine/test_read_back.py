"""What the engine says it has made is what AWS tells: every resource, every declared value."""

from collections.abc import Iterator

import pytest

from sandbox.paths import PROJECT
from sandbox.provider.table import TYPES
from tests.support.engine import MakeWorkspace
from tests.support.read_back import ec2, entrance, operation, workload
from tests.support.read_back.answers import Account, Properties, Reader, Resource
from tests.support.read_back.comparison import differences
from tests.support.workspace import Workspace

PAGE = PROJECT / "docs" / "sandbox-provider.md"
READERS: dict[str, Reader] = {
    **ec2.READERS,
    **entrance.READERS,
    **workload.READERS,
    **operation.READERS,
}
# Inputs that only steer the provider: AWS never learns of them, so it cannot tell them.
STEERING = {
    "aws:s3/bucket:Bucket": {"forceDestroy"},  # what a destroy does with the objects
    "aws:ecs/service:Service": {
        "forceNewDeployment",  # part of a call, not of the service
        "triggers",  # when that call is due
        "waitForSteadyState",  # whether the provider waits
    },
    "aws:ecs/taskDefinition:TaskDefinition": {"skipDestroy"},  # what a replacement does
}

# Between them the two stages make every type of resource that the program can make.
# The schedules of production fire never: they would change the bounds that are read back.
PRODUCTION = {
    '"0 8 ? * MON-FRI *"': '"0 8 ? * MON-FRI 2099"',
    '"0 22 ? * MON-FRI *"': '"0 22 ? * MON-FRI 2099"',
}
LOG_GROUP = "/evenkeel/staging/service"
STEPS = (
    "{metric: cpu, threshold: 70, cooldown: 60, "
    "adjustments: [{from: 0, to: 15, add: 1}, {from: 15, add: 3}]}"
)
STAGING = {
    "egress: nat": "egress: endpoints",
    "    max: 2\n": "    max: 2\n    isScaledUp: true\n"
    '    scaledUp: {min: 2, until: "2099-01-01T00:00:00Z"}\n',
    "  evenkeel:scaling:\n": f"  evenkeel:scaling:\n    steps: [{STEPS}]\n"
    "    predictive: {metric: cpu, target: 60, mode: forecastAndScale}\n",
    "transport: websocket": "transport: polling",
    "order: before, command: [alembic, upgrade, head]": "order: expandContract, "
    "expand: [alembic, upgrade, expand], contract: [alembic, upgrade, contract]",
}


def made(stage: Workspace) -> list[Resource]:
    """Every resource of AWS in the stage's state."""
    return [
        Resource(
            type=each["type"],
            name=each["urn"].rpartition("::")[2],
            id=each["id"],
            inputs={key: value for key, value in each["inputs"].items() if key[:2] != "__"},
        )
        for each in stage.resources()
        if each["type"].startswith("aws:")
    ]


def declared(resource: Resource) -> Properties:
    """What AWS was told of the resource."""
    steering = STEERING.get(resource.type, set())
    return {key: value for key, value in resource.inputs.items() if key not in steering}


def departures(account: Account, resources: list[Resource]) -> Iterator[str]:
    """Each declared value that AWS does not tell, with its resource."""
    for resource in resources:
        actual = READERS[resource.type](account, resource)
        for each in differences(declared(resource), actual):
            yield f"{resource.type} {resource.name}: {each}"


@pytest.mark.engine
@pytest.mark.timeout(600)
def test_aws_tells_what_was_declared(workspace: MakeWorkspace) -> None:
    """S3-01, S4-10: each resource of two stages, which have every type, is as declared in AWS."""
    page = PAGE.read_text()
    seen: set[str] = set()
    for name, edits in (("production", PRODUCTION), ("staging", STAGING)):
        stage = workspace(name)
        for old, new in edits.items():
            stage.edit(old, new)
        created = stage.up()
        assert created.status == 0, created.text
        resources = made(stage)
        seen |= {resource.type for resource in resources}
        assert seen <= READERS.keys()
        assert list(departures(Account(stage.aws, {}), resources)) == []
    assert seen == TYPES.keys()
    stage.aws("logs").put_retention_policy(logGroupName=LOG_GROUP, retentionInDays=7)
    (changed,) = departures(Account(stage.aws, {}), resources)
    assert changed.endswith("retentionInDays: declared 30, AWS tells 7")
    assert [token for token in sorted(seen) if f"`{token}`" not in page] == []
