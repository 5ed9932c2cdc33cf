"""The program under the shipped stages and the practice articles' own, judged by the pack."""

import json
from datetime import UTC, datetime

import pytest

from infra.settings import Settings
from infra.stack import build
from policies.resource_types import SCALABLE_TARGET, SCALING_POLICY, SCHEDULED_ACTION, TARGET_GROUPS
from tests.policies.articles import ADVISORY, ARTICLES, Judged
from tests.policies.judging import findings, fired
from tests.support.program import UNKNOWN, Program, register
from tests.support.stages import changed, config_of, shipped

NIGHT = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


def _built(settings: Settings, *, preview: bool, now: datetime = NOON) -> Program:
    return register(
        lambda: build(settings, now),
        preview=preview,
        stage=settings.stage,
        config=config_of(settings),
    )


DOCUMENTS = {
    "aws:ecs/taskDefinition:TaskDefinition": "containerDefinitions",
    "aws:iam/role:Role": "assumeRolePolicy",
    "aws:iam/rolePolicy:RolePolicy": "policy",
    "aws:s3/bucketPolicy:BucketPolicy": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
    "aws:wafv2/webAcl:WebAcl": "rules",
}


@pytest.mark.parametrize("now", [NIGHT, NOON])
@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize("stage", ["staging", "production"])
def test_nothing_fires(stage: str, preview: bool, now: datetime) -> None:
    """No policy fires on a shipped stage, at any hour, and none meets a value it cannot know."""
    assert findings(_built(shipped(stage), preview=preview, now=now)) == []


@pytest.mark.parametrize("stage", ["staging", "production"])
def test_there_is_something_to_judge(stage: str) -> None:
    """Each stage registers every kind of resource that the pack judges: silence means yes."""
    registered = _built(shipped(stage), preview=True).registered
    kinds = {resource.type for resource in registered}

    assert {SCALABLE_TARGET, SCALING_POLICY} <= kinds
    assert kinds & TARGET_GROUPS
    assert (SCHEDULED_ACTION in kinds) is bool(shipped(stage).capacity.schedules)


@pytest.mark.parametrize("stage", ["staging", "production"])
def test_documents_are_known_at_the_first_preview(stage: str) -> None:
    """Container definitions, IAM documents and firewall rules hold no value that AWS computes."""
    registered = _built(shipped(stage), preview=True).registered
    documents = {
        (resource.type, resource.name): json.dumps(resource.inputs[DOCUMENTS[resource.type]])
        for resource in registered
        if resource.type in DOCUMENTS
    }

    assert {kind for kind, _ in documents} == set(DOCUMENTS)
    assert [which for which, text in documents.items() if UNKNOWN in text] == []


def test_a_max_beyond_the_database_fires_on_the_target() -> None:
    """Production with a max of 25 is refused by the sum of a deploy and by the sum at rest."""
    broken = changed(shipped("production"), {"capacity.max": 25, "capacity.schedules[0].max": 25})
    found = findings(_built(broken, preview=True, now=NIGHT))

    assert {policy for policy, _ in fired(found)} == {"capacity-db-steady", "capacity-db-surge"}
    assert any("= 1012 > 405" in finding.message for finding in found)


def test_the_literal_fix_passes() -> None:
    """The largest max that the message names, written into the stage, passes the whole pack."""
    broken = changed(shipped("production"), {"capacity.max": 25})
    fixed = changed(broken, {"capacity.max": 9})
    over = changed(broken, {"capacity.max": 10})

    assert all("task is 9;" in f.message for f in findings(_built(broken, preview=True)))
    assert findings(_built(fixed, preview=True, now=NIGHT)) == []
    assert fired(findings(_built(over, preview=True))) == {
        ("capacity-db-surge", "evenkeel-production")
    }


def test_bounds_that_a_schedule_hides_are_judged() -> None:
    """S0-12, S3-12: a base max or min that a schedule overrides today comes back with its end."""
    stage = changed(shipped("production"), {"capacity.max": 25, "capacity.min": 1})
    built = _built(stage, preview=True)

    assert built.one("aws:appautoscaling/target:Target").inputs["maxCapacity"] == 8
    assert {policy for policy, _ in fired(findings(built))} == {
        "capacity-floor",
        "capacity-db-steady",
        "capacity-db-surge",
    }


def test_symmetric_cooldowns_fire() -> None:
    """S4-06: 60 out and 60 in on the shipped production stage are refused for that metric alone."""
    broken = changed(shipped("production"), {"scaling.targets[0].scaleInCooldown": 60})
    found = findings(_built(broken, preview=True))

    assert fired(found) == {
        ("cooldown-asymmetric", "evenkeel-production-cpu"),
        ("cooldown-production-scale-in", "evenkeel-production-cpu"),
        ("cooldown-covers-drain", "evenkeel-production-cpu"),
    }


@pytest.mark.parametrize("preview", [False, True], ids=["update", "preview"])
@pytest.mark.parametrize("article", ARTICLES, ids=str)
def test_the_articles_are_judged(article: Judged, preview: bool) -> None:
    """S0's 4 tasks of 20 pass at rest and not through a deploy (S0-11), 5 pass neither (S0-12);
    S3's 64 tasks need a database for them (S3-02), S4's 60/60 and target 10 are for tier test
    (S4-06), least outstanding requests have no slow start (S3-09, S3-10), the rest passes."""
    found = {finding.policy for finding in article.findings(preview=preview)}

    assert found - ADVISORY == article.refused_by
    assert found & ADVISORY == article.advised_by


def test_the_event_switch_alone_is_accepted() -> None:
    """S3-17: isScaledUp: true on the shipped production stage passes the whole pack."""
    event = {"capacity.isScaledUp": True, "capacity.scaledUp.until": "2099-12-01T23:00:00Z"}

    assert findings(_built(changed(shipped("production"), event), preview=True)) == []
