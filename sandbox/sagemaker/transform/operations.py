"""SageMaker API operations on transform jobs."""

from __future__ import annotations

from moto.core.responses import ActionResult, EmptyResult

from sandbox.sagemaker import capacity, model_packages
from sandbox.sagemaker.jobs import refuse_taken
from sandbox.sagemaker.transform import listing, requests
from sandbox.sagemaker.transform.job import TransformJob
from sandbox.state.stores import Store

TRANSFORM: Store[TransformJob] = Store("transform job")


class Operations(model_packages.Response):
    """Operations on transform jobs, whose models may be versions of a registry."""

    def create_transform_job(self) -> ActionResult:
        request = self.request_document
        container = requests.check(self.place, request, self.describe_package)
        job = TransformJob(self.place, request, container)
        capacity.current().require_job(job, TRANSFORM.all(self.place))
        refuse_taken(job, TRANSFORM.add(self.place, job.name, lambda: job))
        job.start()
        return ActionResult({"TransformJobArn": job.arn})

    def describe_transform_job(self) -> ActionResult:
        job = TRANSFORM.get(self.place, self.request_document["TransformJobName"])
        return ActionResult(dict(job.document))

    def stop_transform_job(self) -> ActionResult:
        TRANSFORM.get(self.place, self.request_document["TransformJobName"]).stop()
        return EmptyResult()

    def list_transform_jobs(self) -> ActionResult:
        rows = [job.document for job in TRANSFORM.all(self.place)]
        return ActionResult(listing.summaries(self.request_document, rows))
