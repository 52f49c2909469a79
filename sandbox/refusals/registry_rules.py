"""What the registries of models and images refuse: taken names, tags and contradictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.ecr.models import ecr_backends
from moto.sagemaker.models import sagemaker_backends

from sandbox.refusals.forms import Refused

if TYPE_CHECKING:
    from sandbox.refusals.requests import Request


def check_group(request: Request) -> None:
    """Refuse a second model package group of one name, as CloudFormation's handler expects it.

    github.com/aws-cloudformation/aws-cloudformation-resource-providers-sagemaker, ExceptionMapper
    """
    place, name = request.place, request.params["ModelPackageGroupName"]
    groups: Any = sagemaker_backends[place.account][place.region].model_package_groups
    if name in groups:
        arn = place.arn("model-package-group", name)
        raise Refused("ValidationException", f"Model Package Group already exists: {arn}")


def check_version(request: Request) -> None:
    """Refuse a version with two names, or with none: getmoto/moto#7165."""
    names = ("ModelPackageName", "ModelPackageGroupName")
    given = [name for name in names if request.params.get(name)]
    if not given:
        raise Refused("ValidationException", "Missing ARN.")
    if len(given) > 1:
        raise Refused(
            "ValidationException",
            "Both ModelPackageName and ModelPackageGroupName are provided in the input. Cannot "
            "determine which one to use.",
        )


def check_tag(request: Request) -> None:
    """Refuse a tag that an immutable repository has: osscontainertools/kaniko#204.

    The same manifest under the same tag has an error of its own, ImageAlreadyExistsException.
    """
    params, place = request.params, request.place
    tag, name = params.get("imageTag"), params["repositoryName"]
    owner = params.get("registryId") or place.account
    repository: Any = ecr_backends[owner][place.region].repositories.get(name)
    if repository is None or not tag or repository.image_tag_mutability != "IMMUTABLE":
        return
    manifest = params.get("imageManifest")
    tagged = [image for image in repository.images if tag in image.image_tags]
    if any(image.image_manifest != manifest for image in tagged):
        raise Refused(
            "ImageTagAlreadyExistsException",
            f"The image tag '{tag}' already exists in the '{name}' repository and cannot be "
            "overwritten because the tag is immutable.",
        )
