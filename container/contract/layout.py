"""Paths of SageMaker's container contract below /opt/ml."""

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_SAGEMAKERS_BASE = "/opt/ml"


@dataclass(frozen=True)
class Layout:
    """The folder tree below `base`, which is /opt/ml unless SAGEMAKER_BASE_DIR says otherwise."""

    base: Path

    @classmethod
    def from_environment(cls) -> "Layout":
        """Read SAGEMAKER_BASE_DIR."""
        return cls(Path(os.environ.get("SAGEMAKER_BASE_DIR") or _SAGEMAKERS_BASE))

    @property
    def configuration(self) -> Path:
        """The JSON files that describe a training job."""
        return self.base / "input" / "config"

    @property
    def channels(self) -> Path:
        """One folder for each data channel of a training job."""
        return self.base / "input" / "data"

    @property
    def checkpoints(self) -> Path:
        """Copied to S3 while a job runs, and back when it restarts."""
        return self.base / "checkpoints"

    @property
    def scratch(self) -> Path:
        """Temporary files, on the job's own volume."""
        return self.base / "scratch"

    @property
    def output_data(self) -> Path:
        """Packed to output.tar.gz after training."""
        return self.base / "output" / "data"

    @property
    def model(self) -> Path:
        """Packed to model.tar.gz after training, unpacked and read-only for serving."""
        return self.base / "model"

    @property
    def models(self) -> Path:
        """One folder for each model of a multi-model endpoint."""
        return self.base / "models"

    @property
    def failure(self) -> Path:
        """The first 1024 characters become a training job's FailureReason."""
        return self.base / "output" / "failure"

    @property
    def message(self) -> Path:
        """The first kilobyte becomes a processing job's ExitMessage."""
        return self.base / "output" / "message"

    @property
    def processing(self) -> Path:
        """Inputs and outputs of a processing job."""
        return self.base / "processing"

    @property
    def processing_job(self) -> Path:
        """The request that started a processing job."""
        return self.base / "config" / "processingjobconfig.json"

    def local_path(self, path: str) -> Path:
        """Map a path below /opt/ml to the same path below `base`."""
        inside = PurePosixPath(path)
        if not inside.is_relative_to(_SAGEMAKERS_BASE):
            return Path(path)
        return self.base / inside.relative_to(_SAGEMAKERS_BASE)

    def relative_name(self, path: Path) -> str:
        """Return `path` relative to `base`, for messages."""
        return (
            path.relative_to(self.base).as_posix() if path.is_relative_to(self.base) else path.name
        )
