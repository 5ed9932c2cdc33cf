"""The bucket that the load balancer writes its access logs to."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import iam

LOG_DELIVERY = "logdelivery.elasticloadbalancing.amazonaws.com"
# Elastic Load Balancing's own account in each region opened before August 2022: there its nodes
# may still write under it (ELB user guide, access logs; the list is the one of the Terraform AWS
# provider's aws_elb_service_account). In later regions the service principal alone writes.
ELB_ACCOUNTS = {
    "af-south-1": "098369216593",
    "ap-east-1": "754344448648",
    "ap-northeast-1": "582318560864",
    "ap-northeast-2": "600734575887",
    "ap-northeast-3": "383597477331",
    "ap-south-1": "718504428378",
    "ap-southeast-1": "114774131450",
    "ap-southeast-2": "783225319266",
    "ap-southeast-3": "589379963580",
    "ca-central-1": "985666609251",
    "cn-north-1": "638102146993",
    "cn-northwest-1": "037604701340",
    "eu-central-1": "054676820928",
    "eu-north-1": "897822967062",
    "eu-south-1": "635631232127",
    "eu-west-1": "156460612806",
    "eu-west-2": "652711504416",
    "eu-west-3": "009996457667",
    "me-south-1": "076674570225",
    "sa-east-1": "507241528517",
    "us-east-1": "127311923021",
    "us-east-2": "033677994240",
    "us-gov-east-1": "190560391635",
    "us-gov-west-1": "048591011584",
    "us-west-1": "027434742980",
    "us-west-2": "797873946194",
}


@dataclass(frozen=True, kw_only=True)
class AccessLogs:
    """Where access logs go, and how long they stay."""

    bucket: str
    retention_days: int
    region: str
    account: str
    keep: bool  # a destroy leaves a bucket that still holds logs, and fails


def bucket_policy(logs: AccessLogs) -> str:
    """Elastic Load Balancing may write this account's logs, over TLS; nobody else gets anything."""
    partition = iam.partition(logs.region)
    objects = f"arn:{partition}:s3:::{logs.bucket}/AWSLogs/{logs.account}/*"
    principals = [{"Service": LOG_DELIVERY}]
    if owner := ELB_ACCOUNTS.get(logs.region):
        principals.append({"AWS": f"arn:{partition}:iam::{owner}:root"})
    return iam.policy_document(
        iam.statement(["s3:PutObject"], [objects], principal=principal) for principal in principals
    )


def make(
    name: str, logs: AccessLogs, child: pulumi.ResourceOptions
) -> tuple[aws.s3.Bucket, aws.s3.BucketPolicy]:
    """The bucket and its policy; AWS tries a write as soon as a load balancer names the bucket."""
    bucket = aws.s3.Bucket(
        f"{name}-access-logs", bucket=logs.bucket, force_destroy=not logs.keep, opts=child
    )
    _close(f"{name}-access-logs", bucket, logs.retention_days, child)
    policy = aws.s3.BucketPolicy(
        f"{name}-access-logs", bucket=bucket.bucket, policy=bucket_policy(logs), opts=child
    )
    return bucket, policy


def _close(
    name: str, bucket: aws.s3.Bucket, retention_days: int, child: pulumi.ResourceOptions
) -> None:
    """No public access, encryption, and an end to every object."""
    aws.s3.BucketPublicAccessBlock(
        name,
        bucket=bucket.bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=child,
    )
    # SSE-S3 is the only encryption that a load balancer can write under (ELB user guide).
    aws.s3.BucketServerSideEncryptionConfiguration(
        name,
        bucket=bucket.bucket,
        rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
        opts=child,
    )
    aws.s3.BucketLifecycleConfiguration(
        name,
        bucket=bucket.bucket,
        rules=[
            {
                "id": "expire",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "expiration": {"days": retention_days},
            }
        ],
        opts=child,
    )
