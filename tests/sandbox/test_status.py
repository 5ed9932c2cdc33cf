"""`evenkeel status` against a running account: what it says while things happen."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops import reach as reaching
from ops import status
from ops.errors import OpsError
from ops.reach import reach
from ops.status import SWITCHES
from sandbox import environment
from tests.support import emulator
from tests.support.stages import changed, shipped
from tests.support.watched_stage import WatchedStage, as_sandbox, watched

pytestmark = pytest.mark.sandbox
SUNDAY = "2026-11-22T12:00:00Z"
MONDAY = "2026-11-23T07:30:00Z"


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchedStage]:
    """Production on a Sunday, with whatever load the test before has left."""
    folder = tmp_path_factory.mktemp("aws")
    with watched(folder, shipped("production"), SUNDAY, environment.ACCOUNT) as stage:
        stage.aws.forward(minutes=5)
        yield stage


def test_an_alarm_that_rings_is_a_finding(production: WatchedStage) -> None:
    """S0-23: at the maximum the alarm rings, and the command says so with status 1."""
    production.use(cpu_total=900)
    production.aws.forward(minutes=30)
    found = json.loads(production.done("status", "production", "--json", status=1))
    assert found["tasks"]["desired"] == 8
    assert found["alarms"][0]["name"] == "at-max"
    assert found["alarms"][0]["description"].startswith("The service wants 8 tasks, its maximum")
    assert "alarm at-max is in ALARM" in found["findings"]


def test_bounds_that_somebody_changed_are_a_finding(production: WatchedStage) -> None:
    """F8: by hand, or by an update that has not run."""
    production.register(MaxCapacity=5)
    production.aws.forward(minutes=5)
    [finding] = [each for each in production.report()["findings"] if "bounds" in each]
    assert finding.startswith("the bounds 2 to 5 are not what the stage file says: 2 to 8 are due")
    production.register(MaxCapacity=8)


def test_an_event_is_the_reason_of_its_bounds(tmp_path: Path) -> None:
    """S3-17: staging's event raises 1 to 2, and its end brings the base back by itself."""
    changes = {
        "capacity.isScaledUp": True,
        "capacity.scaledUp": {"min": 2, "until": "2026-11-23T09:00:00Z"},
    }
    with watched(tmp_path, changed(shipped("staging"), changes), MONDAY) as staging:
        staging.aws.forward(minutes=5)
        during = staging.report()
        assert during["bounds"]["why"] == "event until 2026-11-23T09:00:00Z, over base"
        assert (during["bounds"]["min"], during["bounds"]["isAsPlanned"]) == (2, True)
        staging.aws.until("2026-11-23T09:05:00Z")
        after = staging.report()
        assert (after["bounds"]["min"], after["bounds"]["why"]) == (1, "base")


def test_a_panic_is_in_force_until_it_is_resumed(production: WatchedStage) -> None:
    """S0-22: the commands of the same name, and what status says in between."""
    said = production.done("panic", "production", "--count", "3")
    assert said.startswith(f"panic: production in account {production.account.name} in eu-west-1")
    found = production.report()
    assert found["panic"]["count"] == 3
    assert found["suspended"] == {"out": True, "in": True, "scheduled": True}
    assert any(each.startswith("a panic is in force since") for each in found["findings"])
    production.done("resume", "production")
    after = production.report()
    assert (after["panic"], any(after["suspended"].values())) == (None, False)


def test_the_sandbox_is_reached_whatever_the_environment_says(
    production: WatchedStage, tmp_path: Path
) -> None:
    """Profiles, proxies and endpoints of the user's own accounts are nothing to it."""
    root = as_sandbox(production.aws, tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_PROFILE", "nobody")
        patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        patch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        patch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
        there = reach("production", sandbox=True, root=root)
        found = status.report(there)
        with pytest.raises(OpsError) as raised:
            status.report(reach("staging", sandbox=True, root=root))
    assert found["where"] == f"the sandbox at {production.aws.url}"
    assert there.aws == (
        f"AWS_ACCESS_KEY_ID={environment.ACCOUNT} AWS_SECRET_ACCESS_KEY=sandbox "
        f"aws --region eu-west-1 --endpoint-url {production.aws.url}"
    )
    assert found["deployment"]["state"] == "COMPLETED"
    assert str(raised.value) == (
        f"There is no service evenkeel-staging in the sandbox at {production.aws.url}.\n"
        "Next: is this the right stage? Build it: make up STAGE=staging."
    )
    assert raised.value.status == 1


def test_the_role_of_the_stage_file_is_taken(
    production: WatchedStage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """aws:assumeRoles: the account acted on is the role's, as for the program's own calls."""
    role = {"roleArn": "arn:aws:iam::222233334444:role/deploy"}
    monkeypatch.setattr(reaching, "_aws_config", lambda _: {"aws:assumeRoles": [role]})
    with emulator.running(tmp_path, speed=1) as today:  # a role's credentials end by our own clock
        monkeypatch.setenv("AWS_ENDPOINT_URL", today.url)
        there = production.there
    assert there.described.startswith("account 222233334444 in eu-west-1")
    # `aws` takes no role by itself: pasted as it stands the command is refused, not done elsewhere.
    assert there.aws.endswith(f"--profile '<one that assumes {role['roleArn']}>'")


def test_another_account_than_the_stage_file_allows_is_refused(
    production: WatchedStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S0-22: by what the account says of itself, before anything is asked of the stage."""
    allowed = {"aws:allowedAccountIds": ["222233334444"]}
    monkeypatch.setattr(reaching, "_aws_config", lambda _: allowed)
    with pytest.raises(OpsError, match=f"of account {production.account.name}, and aws:allowed"):
        _ = production.there


def test_a_panic_that_somebody_undid_is_said(production: WatchedStage) -> None:
    """S0-22: the record alone is no panic; the command in the finding brings it back."""
    production.done("panic", "production", "--count", "3")
    free = dict.fromkeys(SWITCHES.values(), False)
    production.register(SuspendedState=free)
    production.want(5)
    undone = production.report()["findings"]
    again = "evenkeel panic production --count 3"
    assert undone[0].endswith(
        f"but scaling is not suspended: {again}, or end it: evenkeel resume production"
    )
    assert undone[1] == f"the desired count is 5, not the panic's 3: {again}"
    production.done(*again.split()[1:])
    [held, *_] = production.report()["findings"]
    assert held.endswith("scaling is suspended at 3 tasks; end it: evenkeel resume production")
    production.done("resume", "production")


def test_a_service_that_somebody_set_to_nothing_is_a_finding(production: WatchedStage) -> None:
    """S2-10: no task, no target, no alarm, and scaling brings none back."""
    production.use(cpu_total=0)
    production.want(0)
    production.aws.forward(seconds=10)
    found = json.loads(production.done("status", "production", "--json", status=1))
    assert "the desired count is 0, below MinCapacity 2" in found["findings"]
    production.want(2)


def test_watching_ends_with_the_keyboard(production: WatchedStage) -> None:
    """Ctrl-C is how it ends: status 0, no trace, and it has drawn more than once."""
    command = production.command("status", "production", "--watch")
    assert command.stdout is not None
    lines: list[str] = []
    with command:
        while sum(line.startswith("production in account") for line in lines) < 2:
            lines.append(command.stdout.readline())
        command.send_signal(signal.SIGINT)
        _, trouble = command.communicate(timeout=30)
    assert (command.returncode, trouble) == (0, "")
