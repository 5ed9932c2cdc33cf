"""S3: the settings that stand beside a bucket, one resource a setting."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.provider.aws import Aws
from sandbox.provider.documents import policy
from sandbox.provider.requests import Request, translated
from sandbox.provider.resource_type import ResourceType, rule
from sandbox.provider.s3.buckets import NO_BUCKET
from sandbox.provider.values import UNKNOWN, Properties


@dataclass(frozen=True)
class _Setting:
    """One setting of a bucket: S3 puts, gets and deletes it whole."""

    put: str
    get: str
    delete: str
    parameter: str
    """the parameter of the put that carries it"""
    missing: str
    """the code with which S3 says that there is none"""

    def entry(
        self, token: str, properties: frozenset[str], write: Callable[[Properties], Any],
        read: Callable[[dict[str, Any]], Properties], **rest: Any,
    ) -> ResourceType:  # fmt: skip
        """The table entry of the setting; its id is the bucket's name."""

        def requests(inputs: Properties) -> Iterator[Request]:
            carried = {"Bucket": inputs["bucket"], self.parameter: write(inputs)}
            yield Request("s3", self.put, carried)

        def create(aws: Aws, inputs: Properties) -> str:
            aws.send(next(requests(inputs)))
            return str(inputs["bucket"])

        def update(aws: Aws, _bucket: str, _old: Properties, new: Properties) -> None:
            create(aws, new)

        def look(aws: Aws, bucket: str, _inputs: Properties) -> Properties | None:
            found = aws.found("s3", self.get, self.missing, NO_BUCKET, Bucket=bucket)
            return None if found is None else {"bucket": bucket, **read(found)}

        def delete(aws: Aws, bucket: str, _outputs: Properties) -> None:
            aws.found("s3", self.delete, self.missing, NO_BUCKET, Bucket=bucket)

        return ResourceType(
            token=token, create=create, read=look, update=update, delete=delete, requests=requests,
            properties=properties | {"bucket"}, replaces=frozenset({"bucket"}), unique=("bucket",),
            **rest,
        )  # fmt: skip


BUCKET_POLICY = _Setting(
    "PutBucketPolicy", "GetBucketPolicy", "DeleteBucketPolicy", "Policy", "NoSuchBucketPolicy"
).entry(
    "aws:s3/bucketPolicy:BucketPolicy",
    frozenset({"policy"}),
    lambda inputs: inputs["policy"],
    lambda found: {"policy": found["Policy"]},
    required=frozenset({"bucket", "policy"}),
    rules=(policy("policy", "resource", "MalformedPolicy"),),
    open=("that principals and actions exist",),
)


_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

BUCKET_PUBLIC_ACCESS_BLOCK = _Setting(
    "PutPublicAccessBlock", "GetPublicAccessBlock", "DeletePublicAccessBlock",
    "PublicAccessBlockConfiguration", "NoSuchPublicAccessBlockConfiguration",
).entry(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    frozenset(_BLOCKS),
    lambda inputs: {n[0].upper() + n[1:]: inputs.get(n, False) for n in _BLOCKS},
    lambda found: {
        n: found["PublicAccessBlockConfiguration"].get(n[0].upper() + n[1:]) for n in _BLOCKS
    },
    required=frozenset({"bucket"}),
    defaults=dict.fromkeys(_BLOCKS, False),
)  # fmt: skip


@rule("rules", what="a KMS key only with aws:kms", source="BC:s3/ServerSideEncryptionByDefault")
def _key_with_kms(inputs: Properties) -> str | None:
    for entry in inputs["rules"]:
        default = entry.get("applyServerSideEncryptionByDefault") or {}
        if default.get("kmsMasterKeyId") and "kms" not in str(default.get("sseAlgorithm")):
            return (
                "InvalidArgument: a KMSMasterKeyID is not applicable if the algorithm is not "
                "aws:kms"
            )
    return None


BUCKET_ENCRYPTION = _Setting(
    "PutBucketEncryption", "GetBucketEncryption", "DeleteBucketEncryption",
    "ServerSideEncryptionConfiguration", "ServerSideEncryptionConfigurationNotFoundError",
).entry(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    frozenset({"rules"}),
    lambda inputs: translated(
        "s3", "ServerSideEncryptionConfiguration", {"rules": inputs["rules"]}
    ),
    lambda found: {"rules": found["ServerSideEncryptionConfiguration"]["Rules"]},
    required=frozenset({"bucket", "rules"}),
    rules=(_key_with_kms,),
)  # fmt: skip


_LIFECYCLE_ACTIONS = (
    "expiration", "transitions", "noncurrentVersionExpiration", "noncurrentVersionTransitions",
    "abortIncompleteMultipartUpload",
)  # fmt: skip


@rule(
    "rules",
    what="rule ids unique, each rule with an action, days of at least 1",
    source="S3 User Guide, lifecycle configuration elements",
)
def _lifecycle(inputs: Properties) -> str | None:
    seen = set()
    for entry in inputs["rules"]:
        name = entry.get("id")
        if name in seen:
            return (
                "InvalidArgument: Rule ID must be unique. Found same ID for more than one rule: "
                f"{name}"
            )
        seen.add(name)
        if not any(entry.get(action) for action in _LIFECYCLE_ACTIONS):
            return f"InvalidRequest: At least one action needs to be specified in rule {name}"
        days = (entry.get("expiration") or {}).get("days")
        if days is not None and days != UNKNOWN and days < 1:
            return "InvalidArgument: 'Days' for Expiration action must be a positive integer"
    return None


def _filtered(rules: Any) -> dict[str, Any]:
    """The rules, where one without a filter says that it means the whole bucket, as S3 wants."""
    if not isinstance(rules, list):
        return {"rules": rules}
    everything = {"filter": {"prefix": ""}}
    return {"rules": [r if r == UNKNOWN else {**everything, **r} for r in rules]}


BUCKET_LIFECYCLE = _Setting(
    "PutBucketLifecycleConfiguration", "GetBucketLifecycleConfiguration", "DeleteBucketLifecycle",
    "LifecycleConfiguration", "NoSuchLifecycleConfiguration",
).entry(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    frozenset({"rules"}),
    lambda inputs: translated("s3", "BucketLifecycleConfiguration", _filtered(inputs["rules"])),
    lambda found: {"rules": found["Rules"]},
    required=frozenset({"bucket", "rules"}),
    rules=(_lifecycle,),
)  # fmt: skip
