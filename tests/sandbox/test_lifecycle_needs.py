"""What a stage needs beside its stack: a known image, a database, secrets, a local address."""

import http.server
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.settings import Settings, parse, read
from sandbox import database, entrance, loopback, needs, processes
from sandbox.errors import SandboxError, WrongUseError
from sandbox.paths import IMAGES, PROJECT, Root
from sandbox.state import Part, State
from tests.support.emulator import REGION, Account, Emulator, running

SIMULATED = PROJECT / "tests" / "support" / "images.yaml"
SECRET = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:evenkeel/database-AbCdEf"
OTHER = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:evenkeel/other-AbCdEf"


def stage(**sections: dict[str, Any]) -> Settings:
    """The staging stage with some keys of some sections replaced."""
    data = read(PROJECT / "Pulumi.staging.yaml").as_data()
    for section, keys in sections.items():
        data[section] |= keys
    config = {f"evenkeel:{k}": v for k, v in data.items() if k not in ("stage", "region")}
    return parse("staging", {"aws:region": data["region"], **config})


@pytest.mark.parametrize("images", [IMAGES, SIMULATED])
@pytest.mark.parametrize("name", ["staging", "production"])
def test_shipped_stages_have_what_they_need(name: str, images: Path) -> None:
    """Every shipped stage's image and database are known to the sandbox, and to the tests'."""
    needs.check(read(PROJECT / f"Pulumi.{name}.yaml"), images)


def test_an_unknown_image_is_refused_by_file() -> None:
    """The message names the setting, the image, the file and the next step."""
    settings = stage(service={"image": "elsewhere/api@sha256:" + "0" * 64})
    with pytest.raises(WrongUseError) as refused:
        needs.check(settings, IMAGES)
    for part in ("evenkeel:service.image", "elsewhere/api@sha256:", "images.yaml", "Add an entry"):
        assert part in str(refused.value)


def test_a_database_that_the_sandbox_lacks_is_refused() -> None:
    """MySQL for tasks that run: the setting, the engines there are, and the way round."""
    settings = stage(database={"engine": "mysql", "instanceClass": "db.t4g.medium"})
    with pytest.raises(WrongUseError) as refused:
        needs.check(settings, IMAGES)
    said = "evenkeel:database.engine is mysql, which the sandbox does not have; allowed here is "
    assert str(refused.value).startswith(said + "postgres or aurora-postgresql.")
    assert "simulate the image" in str(refused.value)


def test_simulated_tasks_need_no_database(tmp_path: Path) -> None:
    """The same stage is fine where its image is simulated, and no database is started for it."""
    settings = stage(database={"engine": "mysql", "instanceClass": "db.t4g.medium"})
    needs.check(settings, SIMULATED)
    assert needs.databases(Root(tmp_path), settings, SIMULATED) == {}


def test_the_database_has_the_stage_s_limit(tmp_path: Path) -> None:
    """78 connections, which explain says for db.t4g.micro; a declared limit goes before."""
    assert needs.databases(Root(tmp_path), stage(), IMAGES) == {"staging": 78}
    declared = stage(database={"maxConnections": 90})
    assert needs.databases(Root(tmp_path), declared, IMAGES) == {"staging": 90}
    assert needs.databases(Root(tmp_path), None, IMAGES) == {}


def test_too_few_connections_are_refused() -> None:
    """Below 6 no application can connect: the setting, its source and what to write."""
    with pytest.raises(WrongUseError, match=r"takes 5 connections .*maxConnections.*6 or more"):
        needs.check(stage(database={"maxConnections": 5}), IMAGES)


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running(tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


def planted(emulator: Emulator, arn: str) -> str:
    """What a secret holds."""
    found = Account(emulator.url).secretsmanager.get_secret_value(SecretId=arn)
    return str(found["SecretString"])


@pytest.fixture
def part(tmp_path: Path) -> Part:
    """A database of this folder, which nobody has started."""
    process = processes.find(os.getpid())
    assert process is not None
    return Part(process=process, port=5432, log=tmp_path / "postgres.log")


@pytest.mark.sandbox
def test_the_database_s_url_is_planted(emulator: Emulator, part: Part) -> None:
    """DATABASE_URL holds the address of the stage's database, any other secret a text."""
    settings = stage(service={"secrets": {"DATABASE_URL": SECRET, "API_KEY": OTHER}})
    needs.seed(settings, emulator.url, part)
    assert planted(emulator, SECRET) == database.url(part)
    assert planted(emulator, OTHER) == "sandbox API_KEY"


@pytest.mark.sandbox
def test_keys_of_one_secret_are_planted_together(emulator: Emulator, part: Part) -> None:
    """`arn:…:key::` names a key of a secret that is an object; a stage may name several."""
    keys = {"DATABASE_URL": f"{SECRET}:url::", "DATABASE_USER": f"{SECRET}:user::"}
    needs.seed(stage(service={"secrets": keys}), emulator.url, part)
    assert json.loads(planted(emulator, SECRET)) == {
        "url": database.url(part),
        "user": "sandbox DATABASE_USER",
    }


@pytest.mark.sandbox
def test_an_arn_that_is_none_is_named(emulator: Emulator) -> None:
    """What the emulator refuses is said in its words, with the ARN."""
    settings = stage(service={"secrets": {"API_KEY": SECRET.replace("/", "*")}})
    with pytest.raises(SandboxError, match=r"refused the stage's ARNs: secrets: 'arn:.*\*database"):
        needs.seed(settings, emulator.url)


class DataPlane:
    """Answers as the control port of a data plane and of an emulator, as a test tells it."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {
            "/_evenkeel/changes": {"number": 7, "scopes": []},
            "/configuration": {"number": 7},
            "/load-balancers": [
                {"dnsName": "Web-1.elb.amazonaws.com", "listeners": {"80": "http://127.0.0.1:1"}}
            ],
        }
        plane = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = plane.answers[self.path]
                if isinstance(found, list) and self.path == "/configuration":
                    found = found.pop(0)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(found).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever).start()

    def state(self, log: Path) -> State:
        """A sandbox of which this is emulator and data plane."""
        process = processes.Process(pid=1, started=0, boot="")
        part = Part(process=process, port=self.server.server_port, log=log)
        return State(speed=1, emulator=part, dataplane=part)


@pytest.fixture
def plane() -> Iterator[DataPlane]:
    made = DataPlane()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_the_local_address_is_of_the_same_listener(plane: DataPlane, tmp_path: Path) -> None:
    """The url's host names the load balancer, its scheme the listener; nothing is said."""
    said: list[str] = []
    found = entrance.local("http://web-1.elb.amazonaws.com", plane.state(tmp_path), said.append)
    assert (found, said) == ("http://127.0.0.1:1", [])


def test_a_local_address_is_waited_for(plane: DataPlane, tmp_path: Path) -> None:
    """While the data plane starts, or is behind what was built, that is said once."""
    said: list[str] = []
    plane.answers["/configuration"] = [{"number": None}, {"number": 6}, {"number": 7}]
    url = "http://web-1.elb.amazonaws.com"
    assert entrance.local(url, plane.state(tmp_path), said.append) == "http://127.0.0.1:1"
    assert said == [f"sandbox: waiting until {url} is live on this machine"]


def test_an_address_that_never_comes_is_a_message(
    plane: DataPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message has the url and the end of the data plane's log."""
    monkeypatch.setattr(entrance, "LIVE_WITHIN", 0.0)
    log = tmp_path / "dataplane.log"
    log.write_text("Envoy refused the configuration\n")
    with pytest.raises(SandboxError, match=r"(?s)https://web-1\S+ is not live.*Envoy refused"):
        entrance.local("https://web-1.elb.amazonaws.com", plane.state(log), lambda _: None)


def test_loopback_is_never_asked_through_a_proxy(
    plane: DataPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy of the caller's environment does not stand between the parts of a sandbox."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    url = f"http://127.0.0.1:{plane.server.server_port}/configuration"
    assert loopback.answers(url)
    assert loopback.call(url) == {"number": 7}
