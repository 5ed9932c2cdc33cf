"""What tasks are told to use: the bodies of the call that are refused."""

import json
from typing import Any

import pytest

from sandbox.emulator import ecs_use


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"cpuTotal": -1}, "cpuTotal: Input should be greater than or equal to 0"),
        ({"cpuTotal": "much"}, "cpuTotal: Input should be a valid number"),
        ({"memoryEach": 1e400}, "memoryEach: Input should be a finite number"),
        ({"account": "main"}, "account: String should match"),
        ({"cpu_total": 5}, "cpu_total: Extra inputs are not permitted"),
        ({"tasks": {"abc": {"disk": 5}}}, "tasks.abc.disk: Extra inputs"),
        ({"service": None}, "service: Input should be a valid string"),
    ],
)
def test_a_call_that_is_wrong_says_where(changed: dict[str, Any], where: str) -> None:
    """Of a body that cannot be meant, the place and what is allowed there are named."""
    right = {"account": "111122223333", "region": "eu-west-1", "cluster": "main", "service": "web"}
    with pytest.raises(ecs_use.UseError, match=f"^{where}"):
        ecs_use.take(json.dumps(right | changed).encode())


def test_a_body_that_is_not_json_is_refused() -> None:
    """What is no JSON at all has no place to name."""
    with pytest.raises(ecs_use.UseError, match=r"^the body: Invalid JSON"):
        ecs_use.take(b"cpuTotal=340")
