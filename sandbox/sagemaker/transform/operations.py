"""SageMaker API operations on transform jobs that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.responses import SageMakerResponse

from sandbox.sagemaker.transform import listing
from sandbox.state.stores import Store

if TYPE_CHECKING:
    from sandbox.sagemaker.transform.job import TransformJob

TRANSFORM: Store[TransformJob] = Store("transform job")


class Operations(SageMakerResponse):
    """Operations on transform jobs; who inherits them makes these."""

    def describe_transform_job(self) -> ActionResult:
        job = TRANSFORM.get(self.place, self.request_document["TransformJobName"])
        return ActionResult(dict(job.document))

    def stop_transform_job(self) -> ActionResult:
        TRANSFORM.get(self.place, self.request_document["TransformJobName"]).stop()
        return EmptyResult()

    def list_transform_jobs(self) -> ActionResult:
        rows = [job.document for job in TRANSFORM.all(self.place)]
        return ActionResult(listing.summaries(self.request_document, rows))
