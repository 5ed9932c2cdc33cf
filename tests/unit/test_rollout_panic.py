"""The rollout during a panic: the fixed count is what must run."""

from typing import Any

import pytest

from infra.rollout_wait import RolloutFailedError
from tests.support.fake_service import settled, wait


@pytest.mark.parametrize(
    ("suspended", "desired", "minimum"),
    [
        ((True, True, True), 1, 1),
        ((True, True, True), 0, 0),
        ((True, True, True), 3, 2),
        ((False, True, True), 1, 2),
        ((True, False, True), 1, 2),
        ((True, True, False), 1, 2),
        ((False, False, False), 1, 2),
        ((), 1, 2),
    ],
)
def test_the_minimum_is_the_count_while_all_scaling_is_suspended(
    suspended: tuple[bool, ...], desired: int, minimum: int
) -> None:
    """S0-22, S3-15: below MinCapacity a fixed count is enough; what still scales must reach it."""
    service = settled()
    service.suspended, service.desired = suspended, desired
    service.deployments[0]["runningCount"] = desired
    service.health = {group: ["healthy"] * desired for group in service.health}
    if desired < minimum:
        with pytest.raises(RolloutFailedError, match="1 running, the minimum in force is 2"):
            wait(service, 60)
    else:
        assert wait(service, 60).minimum == minimum


def test_a_switch_that_aws_leaves_out_is_off() -> None:
    """S0-22, S3-15: a partial answer says nothing of the other kinds of scaling, which run."""
    service = settled()
    service.desired = 1
    whole = service.describe_scalable_targets

    def partial(**asked: Any) -> dict[str, Any]:
        answer = whole(**asked)
        answer["ScalableTargets"][0]["SuspendedState"] = {"DynamicScalingInSuspended": True}
        return answer

    service.describe_scalable_targets = partial  # type: ignore[method-assign, assignment]
    service.deployments[0]["runningCount"] = 1
    with pytest.raises(RolloutFailedError, match="1 running, the minimum in force is 2"):
        wait(service, 60)
