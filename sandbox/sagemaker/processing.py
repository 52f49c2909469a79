"""Processing jobs: inputs below /opt/ml/processing, any entry point, outputs to S3."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from moto.sagemaker.exceptions import ValidationError

from sandbox.s3 import transfers
from sandbox.sagemaker.jobs import Job, JobError
from sandbox.state.stores import Document, check_name

if TYPE_CHECKING:
    from sandbox.ecr import images

_ROOT = "/opt/ml/"


class ProcessingJob(Job):
    """One processing job."""

    kind = "Processing"

    def network_isolation(self) -> bool:
        return bool(self.request.get("NetworkConfig", {}).get("EnableNetworkIsolation"))

    def image_uri(self) -> str:
        return str(self.request["AppSpecification"]["ImageUri"])

    def command(self, image: images.Image) -> list[str]:
        specification = self.request["AppSpecification"]
        entry = specification.get("ContainerEntrypoint") or ["process"]
        arguments = [*entry[1:], *specification.get("ContainerArguments", [])]
        return [image.program(entry[0]), *arguments]

    def environment(self) -> dict[str, str]:
        own = {"PROCESSING_JOB_NAME": self.name, "PROCESSING_JOB_ARN": self.arn}
        return {**own, **self.request.get("Environment", {})}

    def _local(self, path: str) -> Path:
        local = (self.folder / path.removeprefix(_ROOT).lstrip("/")).resolve()
        if not path.startswith(f"{_ROOT}processing") or not local.is_relative_to(self.folder):
            raise JobError(
                f"ClientError: LocalPath is {path!r}; use a folder below {_ROOT}processing"
            )
        return local

    @property
    def _outputs(self) -> list[Document]:
        outputs = self.request.get("ProcessingOutputConfig", {}).get("Outputs", [])
        return [output["S3Output"] for output in outputs if "S3Output" in output]

    def prepare_folders(self) -> None:
        for name in ("config", "output", "processing"):
            (self.folder / name).mkdir(parents=True)
        for entry in self.request.get("ProcessingInputs") or []:
            source = entry["S3Input"]
            folder = self._local(source["LocalPath"])
            folder.mkdir(parents=True, exist_ok=True)
            transfers.require(source["S3Uri"], folder, self.caller)
        for output in self._outputs:
            self._local(output["LocalPath"]).mkdir(parents=True, exist_ok=True)
        described = json.dumps(self.request, default=str)
        (self.folder / "config" / "processingjobconfig.json").write_text(described)
        hosts = {"current_host": "algo-1", "hosts": ["algo-1"]}
        (self.folder / "config" / "resourceconfig.json").write_text(json.dumps(hosts))

    def upload_outputs(self, succeeded: bool) -> None:
        message = self.folder / "output" / "message"
        if message.is_file():
            self.document["ExitMessage"] = message.read_text(errors="replace")[:1024]
        region = self.place.region
        try:
            for output in self._outputs:
                if succeeded or output.get("S3UploadMode") == "Continuous":
                    folder = self._local(output["LocalPath"])
                    transfers.upload(folder, output["S3Uri"], self.caller)
        except (OSError, transfers.s3(region).exceptions.ClientError) as error:
            raise JobError(f"ClientError: Output upload failed: {error}") from None

    def final_fields(self, ended: datetime) -> Document:
        return {}


def check(request: Document) -> None:
    """Refuse what AWS refuses and what is not emulated; raises ValidationException."""
    check_name("processingJobName", request["ProcessingJobName"])
    count = request["ProcessingResources"]["ClusterConfig"].get("InstanceCount", 1)
    if count != 1:
        raise ValidationError(
            message="sandbox: ProcessingResources.ClusterConfig.InstanceCount is "
            f"{count}, which is not emulated; set it to 1"
        )
    for entry in request.get("ProcessingInputs") or []:
        if "S3Input" not in entry:
            raise ValidationError(
                message=f"sandbox: ProcessingInputs.{entry['InputName']} is no S3Input, which is "
                "not emulated; use S3Input"
            )
