"""The catalogue as a whole: what is in it, how it is reported, and that it starts."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pulumi_aws as aws
import yaml
from pulumi import get_type_token
from pulumi_policy import EnforcementLevel

from policies import resource_types
from policies.pack import POLICIES
from tests.support.program import register

PACK = Path(__file__).parents[2] / "policies"
MANDATORY = EnforcementLevel.MANDATORY


def test_the_catalogue_is_pinned() -> None:
    """Identifiers, order and levels: no policy is dropped or softened unnoticed."""
    assert [(policy.name, policy.enforcement_level) for policy in POLICIES] == [
        ("capacity-floor", MANDATORY),
        ("capacity-db-steady", MANDATORY),
        ("capacity-db-surge", MANDATORY),
        ("cooldown-asymmetric", MANDATORY),
        ("routing-lor-xor-slow-start", MANDATORY),
    ]


def test_every_policy_explains_itself() -> None:
    """Each has a description in one sentence, a severity and steps to remedy."""
    for policy in POLICIES:
        assert policy.description.endswith(".")
        assert policy.severity is not None
        assert policy.remediation_steps


def test_type_tokens_are_the_sdks() -> None:
    """The constants equal the tokens of the SDK's classes."""
    assert get_type_token(aws.appautoscaling.Target) == resource_types.SCALABLE_TARGET
    assert get_type_token(aws.appautoscaling.ScheduledAction) == resource_types.SCHEDULED_ACTION
    assert get_type_token(aws.appautoscaling.Policy) == resource_types.SCALING_POLICY


def test_type_tokens_of_target_groups_are_the_sdks() -> None:
    """Both classes of target group, each with the token it had before, are in the constant."""

    def program() -> None:
        for kind in (aws.lb.TargetGroup, aws.alb.TargetGroup):
            kind("web", port=80, vpc_id="vpc-1")

    registered = register(program).registered
    assert {token for group in registered for token in (group.type, *group.former_types)} == (
        resource_types.TARGET_GROUPS
    )


def test_the_pack_starts_light() -> None:
    """The pack runs at every preview: it imports neither the AWS SDKs nor a component."""
    code = "import sys, json, policies.pack;print(json.dumps(sorted({m for m in sys.modules} )))"
    loaded = json.loads(
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, check=True, text=True, cwd=PACK
        ).stdout
    )
    assert not {"pulumi_aws", "boto3", "botocore", "infra.stack"} & set(loaded)


def test_no_module_hides_one_of_the_standard_library() -> None:
    """The pack's folder is first on its path: a file named like `logging` would break it."""
    assert not {path.stem for path in PACK.glob("*.py")} & set(sys.stdlib_module_names)


def test_the_entry_point_only_starts_the_server() -> None:
    """`__main__` holds imports and the call that never returns: all else can be imported."""
    body = ast.parse((PACK / "__main__.py").read_text()).body[1:]

    assert [type(node) for node in body] == [ast.ImportFrom, ast.ImportFrom, ast.Expr]


def test_the_pack_serves() -> None:
    """Started as the engine starts it, from its own folder, the pack prints the port it serves."""
    assert yaml.safe_load((PACK / "PulumiPolicy.yaml").read_text())["runtime"]["name"] == "python"
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(PACK)]
    with subprocess.Popen(
        command,
        cwd=PACK,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PULUMI_CONFIG": "{}"},
    ) as pack:
        assert pack.stdout is not None
        port = pack.stdout.readline()
        pack.terminate()
    assert 1024 <= int(port) <= 65535
