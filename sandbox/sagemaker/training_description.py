"""What DescribeTrainingJob shows beside the request, from the first moment on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.state.stores import Document

# Shown whether or not they were given; SDKs read them unconditionally.
_OFF_UNLESS_ASKED_FOR = (
    "EnableNetworkIsolation",
    "EnableInterContainerTrafficEncryption",
    "EnableManagedSpotTraining",
)


def first(request: Document, artifact: str) -> Document:
    """Return the fields of a job that has just been created; `artifact` is its model's address.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html
    """
    off = {setting: bool(request.get(setting)) for setting in _OFF_UNLESS_ASKED_FOR}
    return {
        **off,
        "OutputDataConfig": {"KmsKeyId": "", **request["OutputDataConfig"]},
        "ModelArtifacts": {"S3ModelArtifacts": artifact},
        "SecondaryStatus": "Starting",
        "SecondaryStatusTransitions": [],
        "FinalMetricDataList": [],
    }
