"""Notebook instances: their platform, and what SageMaker lets change while one is stopped."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.exceptions import ValidationError

from config.instances import NOTEBOOK_PLATFORMS
from sandbox.sagemaker import model_packages

_DEFAULT_VOLUME_GB = 5
_CHANGEABLE = {
    "InstanceType": "instance_type",
    "RoleArn": "role_arn",
    "LifecycleConfigName": "lifecycle_config_name",
    "VolumeSizeInGB": "volume_size_in_gb",
    "DefaultCodeRepository": "default_code_repository",
    "AdditionalCodeRepositories": "additional_code_repositories",
    "RootAccess": "root_access",
}
"""Members of UpdateNotebookInstance, and moto's names for them."""
_DISASSOCIATED = {
    "DisassociateLifecycleConfig": "lifecycle_config_name",
    "DisassociateDefaultCodeRepository": "default_code_repository",
    "DisassociateAdditionalCodeRepositories": "additional_code_repositories",
}
_METADATA_SERVICE = "InstanceMetadataServiceConfiguration"


class Response(model_packages.Response):
    """Operations on notebook instances that moto lacks, or answers in every state."""

    def create_notebook_instance(self) -> ActionResult:
        request = self.request_document
        platform = request.get("PlatformIdentifier", NOTEBOOK_PLATFORMS[0])
        _require_supported(platform)
        answer = super().create_notebook_instance()
        instance = self._instance()
        instance.platform = platform
        instance.metadata_service = request.get(_METADATA_SERVICE)
        return answer

    def describe_notebook_instance(self) -> ActionResult:
        instance = self._instance()
        told: dict[str, Any] = {**instance.to_dict(), "PlatformIdentifier": instance.platform}
        if instance.metadata_service:
            told[_METADATA_SERVICE] = instance.metadata_service
        return ActionResult(told)

    def start_notebook_instance(self) -> ActionResult:
        self._require_status("Pending", "Stopped", "Failed")
        return super().start_notebook_instance()

    def stop_notebook_instance(self) -> ActionResult:
        self._require_status("Stopping", "InService")
        return super().stop_notebook_instance()

    def update_notebook_instance(self) -> ActionResult:
        """Change what was given, as AWS does with a stopped instance only; its disk stays."""
        self._require_status("Updating", "Stopped")
        request, instance = self.request_document, self._instance()
        _require_supported(request.get("PlatformIdentifier", instance.platform))
        was = instance.volume_size_in_gb or _DEFAULT_VOLUME_GB
        if request.get("VolumeSizeInGB", was) < was:
            # API reference of UpdateNotebookInstance; the service's own words are not known.
            raise ValidationError(
                message=f"You can't decrease the volume size of {instance.notebook_instance_name} "
                f"from {was} GB to {request['VolumeSizeInGB']} GB; create a new notebook instance "
                "with the desired size"
            )
        for member, name in _CHANGEABLE.items():
            if member in request:
                setattr(instance, name, request[member])
        for member, name in _DISASSOCIATED.items():
            if request.get(member):
                setattr(instance, name, None)
        instance.platform = request.get("PlatformIdentifier", instance.platform)
        instance.metadata_service = request.get(_METADATA_SERVICE, instance.metadata_service)
        return EmptyResult()

    def _instance(self) -> Any:
        name = self.request_document["NotebookInstanceName"]
        return self.sagemaker_backend.get_notebook_instance(name)

    def _require_status(self, next_status: str, *allowed: str) -> None:
        """Raise ValidationException in any other status, in SageMaker's words.

        They are in hashicorp/terraform-provider-aws#16767.
        """
        instance = self._instance()
        if instance.status not in allowed:
            raise ValidationError(
                message=f"Status ({instance.status}) not in ([{', '.join(allowed)}]). Unable to "
                f"transition to ({next_status}) for Notebook Instance ({instance.arn})"
            )


def _require_supported(platform: str) -> None:
    """Raise ValidationException for a platform that can be used no more.

    docs.aws.amazon.com/sagemaker/latest/dg/nbi-al2.html; in the words of
    orcasecurity-research/AIGoat#10.
    """
    if platform not in NOTEBOOK_PLATFORMS:
        raise ValidationError(
            message=f"Platform identifier ({platform}) is not supported for this service."
        )
