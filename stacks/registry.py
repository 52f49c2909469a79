"""Stack of the container image: its ECR repository and its build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnOutput
from constructs import Construct

from config.outputs import IMAGE_BUILD_PROJECT_NAME, IMAGE_TAG, REPOSITORY_NAME, REPOSITORY_URI
from constructs_lib.images.image_build import ImageBuild
from constructs_lib.images.image_repository import image_repository
from constructs_lib.registry.artifact_sharing import share_images
from constructs_lib.synthesis.cross_stack_exports import export_always
from constructs_lib.synthesis.environment_stage import EnvironmentStack
from stacks.network import vpc_access

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig
    from stacks.network import NetworkStack
    from stacks.storage import StorageStack


class RegistryStack(EnvironmentStack):
    """One repository and the CodeBuild project that pushes to it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        storage: StorageStack,
        network: NetworkStack | None,
    ) -> None:
        super().__init__(scope, construct_id, config=config)
        self.repository = image_repository(self, "Repository", config=config, key=storage.key)
        self.image_build = ImageBuild(
            self,
            "ImageBuild",
            config=config,
            key=storage.key,
            repository=self.repository,
            vpc=vpc_access(config, network) if config.network.builds_inside else None,
        )
        share_images(config, repository=self.repository)
        self.image_tag = self.image_build.image_tag
        export_always(self, self.repository.arn, self.repository.name)
        export_always(self, self.image_build.project_arn, self.image_build.project_name)

        CfnOutput(self, REPOSITORY_NAME, value=self.repository.name)
        CfnOutput(self, REPOSITORY_URI, value=self.repository.uri)
        CfnOutput(self, IMAGE_TAG, value=self.image_tag)
        CfnOutput(self, IMAGE_BUILD_PROJECT_NAME, value=self.image_build.project_name)
