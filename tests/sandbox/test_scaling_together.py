"""Several policies, suspended scaling and deployments, under a clock that the test moves."""

import pytest

from tests.support.scaling_emulator import aws, emulator
from tests.support.scaling_scene import CPU, MEMORY, Scene
from tests.support.stepped import Stepped

__all__ = ["aws", "emulator"]
pytestmark = pytest.mark.sandbox


def both(scene: Scene, **memory: bool) -> None:
    """CPU at 70 and memory at 75, as the article has them."""
    scene.track(70, CPU)
    scene.track(75, MEMORY, **memory)


def test_memory_alone_scales_out(aws: Stepped) -> None:
    """S4-09: CPU is idle, memory at 90 % of 75: 1 task becomes 2."""
    scene = Scene(aws, 1, high=2)
    both(scene)
    scene.use(cpu=5, memory=90)
    aws.forward(minutes=6)
    assert scene.did() == [("3:30", "2")]
    assert scene.activities()[0]["Cause"].endswith("triggered policy memory")


def test_a_resting_memory_holds_up_scale_in(aws: Stepped) -> None:
    """F13: idle at 70 % of a target of 75 is not below 67.5, so CPU never scales in."""
    scene = Scene(aws, 4)
    both(scene)
    scene.use(cpu=20, memory=70)
    aws.forward(minutes=40)
    assert scene.did() == []
    assert scene.whys() == [(None, "no agreement to scale in from memory")]
    scene.use(cpu=20, memory=20)
    aws.forward(minutes=17)
    assert scene.set_counts() == [3]


def test_a_memory_policy_without_scale_in_holds_up_nothing(aws: Stepped) -> None:
    """F13's cure: DisableScaleIn leaves the memory policy out of the vote."""
    scene = Scene(aws, 4)
    both(scene, DisableScaleIn=True)
    scene.use(cpu=20, memory=70)
    aws.forward(minutes=17)
    assert scene.set_counts() == [3]


def test_the_largest_demand_is_one_decision(aws: Stepped) -> None:
    """S2-19: CPU asks for 5 tasks, memory for 6; there is one activity, for 6."""
    scene = Scene(aws, 4)
    both(scene, DisableScaleIn=True)
    scene.use(cpu=340, memory=100)
    aws.forward(minutes=4)
    assert scene.did() == [("3:30", "6")]


def test_suspended_directions_are_closed(aws: Stepped) -> None:
    """S0-22: suspended scaling does nothing and says so; resumed, it acts on what is in ALARM."""
    scene = Scene(aws, 3)
    scene.track(70)
    switches = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended")
    scene.bound(SuspendedState=dict.fromkeys(switches, True))
    scene.use(cpu=270)
    aws.forward(minutes=6)
    scene.use(cpu=10)
    aws.forward(minutes=20)
    assert scene.did() == []
    assert [words for _, words in scene.whys()] == [
        "DynamicScalingOutSuspended is true",
        "DynamicScalingInSuspended is true",
    ]
    scene.bound(SuspendedState=dict.fromkeys(switches, False))
    aws.forward(minutes=1)
    assert scene.set_counts() == [2]


def test_no_task_is_taken_away_during_a_deployment(aws: Stepped) -> None:
    """ECS guide: scale-in waits for the deployment's end, scale-out does not."""
    scene = Scene(aws, 3)
    scene.track(70)
    scene.use(cpu=20)
    aws.forward(minutes=14)
    scene.service.deploy("never:1")  # its tasks never start, so it stays in progress
    aws.forward(minutes=6)
    assert scene.did() == []
    code, words = scene.whys()[-1]
    assert (code, words) == (
        "TargetServicePutResourceAsUnscalable",
        "a deployment is in progress",
    )
    scene.use(cpu=1000)
    aws.forward(minutes=5)
    assert scene.set_counts() == [5]  # 3 x 100 / 70, of the tasks that run
    scene.use(cpu=20)
    aws.forward(minutes=5)
    scene.service.update(taskDefinition=scene.service.first)
    aws.forward(minutes=15)
    assert scene.set_counts()[1:2] == [4]


def test_a_desired_count_set_by_hand_starts_no_cooldown(aws: Stepped) -> None:
    """UpdateService: the next decision starts from the tasks that run."""
    scene = Scene(aws, 2)
    scene.track(70, ScaleOutCooldown=3600)
    scene.use(cpu=360)
    scene.service.update(desiredCount=4)
    aws.forward(minutes=6)
    assert scene.did() == [("3:30", "6")]  # 4 x 90 / 70
