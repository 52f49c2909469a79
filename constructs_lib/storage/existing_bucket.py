"""A bucket that somebody else looks after holds data or artifacts of this environment."""

from aws_cdk import Annotations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.storage.bucket_grants import BucketGrants


class ExistingBucket(Construct, BucketGrants):
    """Never changed, emptied or deleted: what it has to be like is said at synthesis."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str) -> None:
        super().__init__(scope, construct_id)
        self._bucket = s3.Bucket.from_bucket_name(self, "Resource", name)
        Annotations.of(self).add_info(
            f"bucket {name} is used as it is: encryption with the environment's key, versions, "
            "TLS only, access logs and expiry are its owner's, as docs/existing.md shows"
        )

    @property
    def bucket_arn(self) -> str:
        return self._bucket.bucket_arn

    @property
    def bucket_name(self) -> str:
        return self._bucket.bucket_name

    def announce_objects(self) -> None:
        """Ask for what only the bucket's owner can switch on."""
        Annotations.of(self).add_info(
            f"bucket {self.name} starts trainings only when its owner switches its events "
            "to EventBridge on, as docs/existing.md shows"
        )

    def _arn_for(self, grantee: iam.IGrantable) -> str:
        return self.arn
