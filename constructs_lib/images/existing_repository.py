"""A repository that somebody else looks after holds this environment's image."""

from aws_cdk import Annotations
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from constructs_lib.images.image_grants import ImageGrants


class ExistingRepository(ImageGrants, Construct):
    """Never changed, emptied or deleted: what it has to be like is said at synthesis."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str) -> None:
        super().__init__(scope, construct_id)
        self._repository = ecr.Repository.from_repository_name(self, "Resource", name)
        Annotations.of(self).add_info(
            f"repository {name} is used as it is: immutable tags, scanning, encryption and expiry "
            "are its owner's, as docs/existing.md shows"
        )

    @property
    def repository_arn(self) -> str:
        return self._repository.repository_arn

    @property
    def repository_name(self) -> str:
        return self._repository.repository_name

    @property
    def repository_uri(self) -> str:
        return self._repository.repository_uri
