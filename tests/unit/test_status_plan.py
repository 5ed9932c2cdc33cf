"""The live scaling policies against those of the stage file."""

from tests.support.fake_stage import FakeStage, stage_of
from tests.support.stages import changed, shipped

STEP = {"metric": "cpu", "threshold": 70, "adjustments": [{"from": 0, "to": None, "add": 1}]}


def staging() -> FakeStage:
    """Staging tracks cpu at 60 and memory at 80, both out after 60 s and in after 300 s."""
    return stage_of(shipped("staging"))


def test_policies_as_planned_are_no_finding() -> None:
    """S2-18: both targets and all four cooldowns are those of the stage file."""
    assert staging().report()["findings"] == []


def test_another_target_is_a_finding() -> None:
    """S2-18: the metric, what is there, and what the stage file says."""
    stage = staging()
    stage.track("cpu", 10, "OK", "OK", None)
    assert stage.report()["findings"] == [
        "the policy TargetTrackingScaling on cpu has target 10; the stage file says 60"
    ]


def test_another_cooldown_is_a_finding() -> None:
    """S2-18: each cooldown by its name in the stage file."""
    stage = staging()
    configuration = stage.policies[1]["TargetTrackingScalingPolicyConfiguration"]
    configuration |= {"ScaleOutCooldown": 0, "ScaleInCooldown": 60}
    assert stage.report()["findings"] == [
        f"the policy TargetTrackingScaling on memory has {name}; the stage file says {planned}"
        for name, planned in (("scaleOutCooldown 0", 60), ("scaleInCooldown 60", 300))
    ]


def test_missing_and_foreign_policies_are_findings() -> None:
    """S2-18: memory is not scaled on, and somebody has made a forecast."""
    stage = staging()
    stage.policies[1] |= {"PolicyType": "PredictiveScaling"}
    del stage.policies[1]["TargetTrackingScalingPolicyConfiguration"]
    assert stage.report()["findings"] == [
        "no policy TargetTrackingScaling on memory, which the stage file has",
        "a policy PredictiveScaling, which the stage file has not",
    ]


def test_a_step_policy_of_the_stage_file_is_looked_for() -> None:
    """S2-06, S2-18: target tracking on the same metric does not stand for it."""
    stage = stage_of(changed(shipped("staging"), {"scaling.steps": [STEP]}))
    assert stage.report()["findings"] == ["no policy StepScaling on cpu, which the stage file has"]


def test_policies_that_cannot_be_read_are_no_finding() -> None:
    """Without the permission the part is said, and nothing is called missing."""
    stage = staging()
    stage.refused["describe_scaling_policies"] = "AccessDeniedException"
    found = stage.report()
    assert found["findings"] == []
    assert any(each.startswith("the policies:") for each in found["cannotTell"])
