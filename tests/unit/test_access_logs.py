"""The access-log bucket: who may write, who may read, how long."""

import json
from dataclasses import replace

import pulumi
import pytest

from infra import access_logs
from infra.access_logs import AccessLogs
from tests.support.program import Program, register

LOGS = AccessLogs(
    bucket="evenkeel-x-access-logs-123456789012-eu-west-1",
    retention_days=30,
    region="eu-west-1",
    account="123456789012",
    keep=True,
)
OBJECTS = f"arn:aws:s3:::{LOGS.bucket}/AWSLogs/123456789012/*"
BUCKET = "aws:s3/bucket:Bucket"


def built(logs: AccessLogs) -> Program:
    return register(lambda: access_logs.make("lb", logs, pulumi.ResourceOptions()))


def test_only_elastic_load_balancing_writes() -> None:
    """The policy lets Elastic Load Balancing put this account's logs, and allows nothing else."""
    document = json.loads(access_logs.bucket_policy(LOGS))
    assert document["Statement"] == [
        {"Effect": "Allow", "Action": ["s3:PutObject"], "Principal": who, "Resource": [OBJECTS]}
        for who in (
            {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            {"AWS": "arn:aws:iam::156460612806:root"},
        )
    ]


def test_later_regions_have_no_account_of_the_balancer() -> None:
    """In a region opened after August 2022 the service principal alone writes."""
    document = json.loads(access_logs.bucket_policy(replace(LOGS, region="eu-central-2")))
    assert [s["Principal"] for s in document["Statement"]] == [
        {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    ]


def test_bucket_is_private_encrypted_and_expires() -> None:
    """The bucket is closed to the public, under SSE-S3, and forgets after the stage's retention."""
    program = built(LOGS)
    block = program.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs
    assert {value for key, value in block.items() if key != "bucket"} == {True}
    assert len(block) == 5
    encryption = "aws:s3/bucketServerSideEncryptionConfiguration"
    (rule,) = program.one(f"{encryption}:BucketServerSideEncryptionConfiguration").inputs["rules"]
    assert rule == {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
    lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    (expiry,) = program.one(lifecycle).inputs["rules"]
    assert (expiry["status"], expiry["expiration"]) == ("Enabled", {"days": 30})


@pytest.mark.parametrize("keep", [True, False])
def test_destroy_takes_logs_along_only_where_they_are_not_kept(keep: bool) -> None:
    """A bucket whose logs are kept stops a destroy while it holds any; another is emptied."""
    assert built(replace(LOGS, keep=keep)).one(BUCKET).inputs["forceDestroy"] is not keep
