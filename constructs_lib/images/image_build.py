"""CodeBuild project that builds the container image and pushes it to ECR."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from aws_cdk import Fn
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from constructs_lib.access.permissions import Permissions
from constructs_lib.access.service_role import ServiceRole
from constructs_lib.images.build_additions import build_additions
from constructs_lib.observability.private_log_group import PrivateLogGroup
from constructs_lib.synthesis.acknowledgments import acknowledge
from constructs_lib.synthesis.stack_lookups import format_arn, stack_of

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig
    from constructs_lib.images.image_grants import ImageGrants
    from constructs_lib.network.vpc_access import VpcAccess
    from constructs_lib.storage.key_grants import KeyGrants

CONTAINER = Path(__file__).parents[2] / "container"
NOT_SOURCE = (
    *("bench", "examples", "tests", "fixtures", "conformance.toml", "README.md"),
    *("**/__pycache__", "**/*.pyc", ".*_cache", "**/.*_cache"),
)

BUILD = (Path(__file__).parent / "build.sh").read_text(encoding="utf-8")


COMPUTE_TYPE = "BUILD_GENERAL1_SMALL"
"""The size that new accounts may use first; `doctor` looks up its quota."""


class ImageBuild(Construct):
    """A CodeBuild project that turns `container/` into one image named by its content.

    It has no limit of its own: one above the account's, 0 or 1 in new accounts, is refused, and
    of two builds of one tag the later finds it pushed, when its own push is refused. With `vpc` it
    builds there.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: EnvironmentConfig,
        key: KeyGrants,
        repository: ImageGrants,
        vpc: VpcAccess | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._asset = assets.Asset(
            self, "Source", path=str(CONTAINER), exclude=list(NOT_SOURCE), display_name="container"
        )
        self.image_tag = self._asset.asset_hash[:16]
        log_group = PrivateLogGroup(self, "Logs", config=config, key=key)
        self._added = build_additions(self, config, vpc)
        role = self._role(key, repository, log_group)
        self._project = codebuild.CfnProject(
            self,
            "Resource",
            artifacts=codebuild.CfnProject.ArtifactsProperty(type="NO_ARTIFACTS"),
            description=f"Builds the image of {config.stage} from container/",
            encryption_key=key.arn,
            environment=self._environment(repository),
            logs_config=_logs(log_group),
            queued_timeout_in_minutes=30,
            service_role=role.role_arn,
            source=self._source(),
            timeout_in_minutes=60,
            vpc_config=self._added.vpc_config,
        )
        _acknowledge(self._project)

    @property
    def project_name(self) -> str:
        return self._project.ref

    @property
    def project_arn(self) -> str:
        return self._project.attr_arn

    def grant_start(self, grantee: Permissions) -> None:
        """Let `grantee` start a build, follow it and stop it."""
        grantee.allow(
            ["codebuild:BatchGetBuilds", "codebuild:StartBuild", "codebuild:StopBuild"],
            [self.project_arn],
        )

    def _role(
        self, key: KeyGrants, repository: ImageGrants, log_group: PrivateLogGroup
    ) -> ServiceRole:
        permissions = Permissions(stack_of(self))
        bucket = format_arn(
            permissions.stack,
            service="s3",
            resource=self._asset.s3_bucket_name,
            account="",
            region="",
        )
        permissions.allow(
            ["s3:GetObject", "s3:GetObjectVersion"], [f"{bucket}/{self._asset.s3_object_key}"]
        )
        permissions.allow(["s3:GetBucketAcl", "s3:GetBucketLocation"], [bucket])
        # The exact log group: CodeBuild names its streams after builds.
        permissions.allow(["logs:CreateLogStream", "logs:PutLogEvents"], [log_group.log_group_arn])
        key.grant_use(permissions)
        repository.grant_describe(permissions)
        repository.grant_push(permissions)
        self._added.grant(permissions)
        return ServiceRole(
            self,
            "Role",
            service="codebuild",
            purpose="Builds the image and pushes it",
            permissions=permissions,
        )

    def _environment(self, repository: ImageGrants) -> codebuild.CfnProject.EnvironmentProperty:
        variables = {
            "IMAGE_TAG": self.image_tag,
            "REPOSITORY_NAME": repository.name,
            "REPOSITORY_URI": repository.uri,
            **self._added.variables,
        }
        return codebuild.CfnProject.EnvironmentProperty(
            compute_type=COMPUTE_TYPE,
            environment_variables=[
                codebuild.CfnProject.EnvironmentVariableProperty(
                    name=name, type="PLAINTEXT", value=value
                )
                for name, value in variables.items()
            ],
            image="aws/codebuild/amazonlinux-x86_64-standard:5.0",
            privileged_mode=True,
            type="LINUX_CONTAINER",
        )

    def _source(self) -> codebuild.CfnProject.SourceProperty:
        spec = {
            "version": "0.2",
            "env": {"shell": "bash"},
            "phases": self._added.phases(BUILD),
        }
        return codebuild.CfnProject.SourceProperty(
            type="S3",
            location=Fn.join("/", [self._asset.s3_bucket_name, self._asset.s3_object_key]),
            build_spec=json.dumps(spec, indent=2),
        )


def _logs(log_group: PrivateLogGroup) -> codebuild.CfnProject.LogsConfigProperty:
    return codebuild.CfnProject.LogsConfigProperty(
        cloud_watch_logs=codebuild.CfnProject.CloudWatchLogsConfigProperty(
            status="ENABLED", group_name=log_group.log_group_name
        )
    )


def _acknowledge(project: codebuild.CfnProject) -> None:
    acknowledge(
        project,
        "StartBuild reads one S3 object with this project's role; there is no GitHub or "
        "Bitbucket repository to sign in to",
        "HIPAA.Security-CodeBuildProjectSourceRepoUrl",
        "PCI.DSS.321-CodeBuildProjectSourceRepoUrl",
    )
