"""S3: buckets."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Any

from sandbox.provider.aws import Aws, AwsError
from sandbox.provider.requests import Request
from sandbox.provider.resource_type import Name, ResourceType, nothing_in_place, rule
from sandbox.provider.tags import as_list, from_list, ours
from sandbox.provider.values import Properties

NO_BUCKET = "NoSuchBucket"


@rule(
    "bucket",
    what="name of 3-63 lower-case letters, digits, hyphens and dots, no address, no reserved ends",
    source="S3 User Guide, bucket naming rules",
)
def _bucket_name(inputs: Properties) -> str | None:
    name = str(inputs.get("bucket", ""))
    valid = re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name) and ".." not in name
    reserved = name.startswith(("xn--", "sthree-", "amzn-s3-demo-")) or name.endswith(
        ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
    )
    if valid and not reserved and not _is_address(name):
        return None
    return f"InvalidBucketName: The specified bucket is not valid: '{name}'"


def _is_address(name: str) -> bool:
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return True


def _bucket_request(inputs: Properties) -> Iterator[Request]:
    yield Request("s3", "CreateBucket", {"Bucket": inputs.get("bucket")})


def _create_bucket(aws: Aws, inputs: Properties) -> str:
    name = str(inputs["bucket"])
    try:
        found = aws.found("s3", "HeadBucket", "404", NO_BUCKET, "NotFound", Bucket=name)
    except AwsError as refused:
        if refused.code != "403":
            raise
        text = "The requested bucket name is not available: another account has it."
        raise AwsError("BucketAlreadyExists", text) from refused
    if found is not None:
        if not ours(_bucket_tags(aws, name), inputs):
            raise AwsError("BucketAlreadyOwnedByYou", f"bucket {name} exists, without these tags")
        return name  # left by a create that crashed
    # us-east-1 alone takes no location. Source: BC:s3/CreateBucketConfiguration.
    elsewhere = {"LocationConstraint": aws.region} if aws.region != "us-east-1" else None
    aws.call("s3", "CreateBucket", Bucket=name, CreateBucketConfiguration=elsewhere)
    if as_list(inputs):
        aws.call("s3", "PutBucketTagging", Bucket=name, Tagging={"TagSet": as_list(inputs)})
    return name


def _left_bucket(_aws: Aws, inputs: Properties) -> Iterator[str]:
    yield str(inputs["bucket"])


def _bucket_tags(aws: Aws, name: str) -> dict[str, str]:
    answer = aws.found("s3", "GetBucketTagging", "NoSuchTagSet", Bucket=name)
    return from_list((answer or {}).get("TagSet"))


def _retag_bucket(aws: Aws, name: str, _old: Any, new: Any) -> None:
    tags = as_list({"tags": dict(new)})
    if tags:
        aws.call("s3", "PutBucketTagging", Bucket=name, Tagging={"TagSet": tags})
    else:
        aws.call("s3", "DeleteBucketTagging", Bucket=name)


def _read_bucket(aws: Aws, name: str, _inputs: Properties) -> Properties | None:
    if aws.found("s3", "HeadBucket", "404", NO_BUCKET, "NotFound", Bucket=name) is None:
        return None
    location = aws.call("s3", "GetBucketLocation", Bucket=name).get("LocationConstraint")
    region = location or "us-east-1"  # S3 answers nothing for its first region
    return {
        "bucket": name,
        "arn": f"arn:{aws.partition}:s3:::{name}",
        "bucketRegion": region,
        "bucketDomainName": f"{name}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{name}.s3.{region}.amazonaws.com",
        "tags": _bucket_tags(aws, name),
    }


def _delete_bucket(aws: Aws, name: str, outputs: Properties) -> None:
    if outputs.get("forceDestroy"):
        _empty(aws, name)
    aws.found("s3", "DeleteBucket", NO_BUCKET, Bucket=name)


def _empty(aws: Aws, name: str) -> None:
    while True:
        page = aws.found("s3", "ListObjectVersions", NO_BUCKET, Bucket=name) or {}
        items = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if not items:
            return
        objects = [{"Key": i["Key"], "VersionId": i.get("VersionId")} for i in items]
        aws.call("s3", "DeleteObjects", Bucket=name, Delete={"Objects": objects, "Quiet": True})


BUCKET = ResourceType(
    token="aws:s3/bucket:Bucket",
    create=_create_bucket,
    left=_left_bucket,
    tags_follow=True,
    read=_read_bucket,
    update=nothing_in_place,
    delete=_delete_bucket,
    requests=_bucket_request,
    properties=frozenset({"bucket", "forceDestroy"}),
    replaces=frozenset({"bucket"}),
    computed=frozenset({"arn", "bucketRegion", "bucketDomainName", "bucketRegionalDomainName"}),
    name=Name(63, "bucket"),
    unique=("bucket",),
    unread=frozenset({"forceDestroy"}),
    defaults={"forceDestroy": False},
    retag=_retag_bucket,
    rules=(_bucket_name,),
    asks_aws=("the name is free, or bears this stack's tags", "it is empty at deletion"),
    open=("names taken by other accounts",),
)
