"""SageMaker API operations that are implemented here; everything else stays moto's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker import urls
from moto.sagemaker.models import sagemaker_backends

from sandbox.sagemaker import (
    capacity,
    endpoints,
    hosting,
    notebooks,
    processing,
    scaled_variants,
    training,
)
from sandbox.sagemaker.endpoints import ENDPOINTS, Endpoint
from sandbox.sagemaker.hosting import CONFIGURATIONS, MODELS, Stored
from sandbox.sagemaker.jobs import Job, refuse_taken
from sandbox.sagemaker.processing import ProcessingJob
from sandbox.sagemaker.search import records
from sandbox.sagemaker.training import TrainingJob
from sandbox.sagemaker.transform import operations as transform
from sandbox.sagemaker.transform import requests as transform_requests
from sandbox.sagemaker.transform.job import TransformJob
from sandbox.sagemaker.tuning import operations as tuning
from sandbox.state.stores import Document, Place, Store, page

if TYPE_CHECKING:
    from sandbox.sagemaker.tuning.jobs import TuningJob

TRAINING: Store[TrainingJob] = Store("training job", missing="Requested resource not found.")
PROCESSING: Store[ProcessingJob] = Store("processing job", missing="Could not find requested job.")
_JOBS = (TRAINING, PROCESSING, transform.TRANSFORM, tuning.TUNING)


class _Jobs(notebooks.Response):
    @staticmethod
    def check_training(place: Place, request: Document, parallel: int) -> None:
        training.check(request)
        job = TrainingJob(place, request)
        capacity.current().require_job(job, TRAINING.all(place), parallel)

    @staticmethod
    def launch_training(place: Place, request: Document, tuning_job_arn: str = "") -> TrainingJob:
        training.check(request)
        job = TrainingJob(place, request)
        if tuning_job_arn:
            job.document["TuningJobArn"] = tuning_job_arn
        capacity.current().require_job(job, TRAINING.all(place))
        refuse_taken(job, TRAINING.add(place, job.name, lambda: job))
        job.start()
        return job

    def create_training_job(self) -> ActionResult:
        job = self.launch_training(self.place, self.request_document)
        return ActionResult({"TrainingJobArn": job.arn})

    def describe_training_job(self) -> ActionResult:
        job = TRAINING.get(self.place, self.request_document["TrainingJobName"])
        return ActionResult(dict(job.document))

    def stop_training_job(self) -> ActionResult:
        TRAINING.get(self.place, self.request_document["TrainingJobName"]).stop()
        return EmptyResult()

    def list_training_jobs(self) -> ActionResult:
        return self._jobs(TRAINING.all(self.place), "Training")

    def create_processing_job(self) -> ActionResult:
        processing.check(self.request_document)
        job = ProcessingJob(self.place, self.request_document)
        capacity.current().require_job(job, PROCESSING.all(self.place))
        refuse_taken(job, PROCESSING.add(self.place, job.name, lambda: job))
        job.start()
        return ActionResult({"ProcessingJobArn": job.arn})

    def describe_processing_job(self) -> ActionResult:
        job = PROCESSING.get(self.place, self.request_document["ProcessingJobName"])
        return ActionResult(dict(job.document))

    def stop_processing_job(self) -> ActionResult:
        PROCESSING.get(self.place, self.request_document["ProcessingJobName"]).stop()
        return EmptyResult()

    def list_processing_jobs(self) -> ActionResult:
        return self._jobs(PROCESSING.all(self.place), "Processing")

    def create_transform_job(self) -> ActionResult:
        request, jobs = self.request_document, transform.TRANSFORM
        container = transform_requests.check(self.place, request, self.describe_package)
        job = TransformJob(self.place, request, container)
        capacity.current().require_job(job, jobs.all(self.place))
        refuse_taken(job, jobs.add(self.place, job.name, lambda: job))
        job.start()
        return ActionResult({"TransformJobArn": job.arn})

    def _jobs(self, jobs: Any, kind: str) -> ActionResult:
        rows = [job.document for job in jobs]
        name, status = f"{kind}JobName", f"{kind}JobStatus"
        oldest_first = {"SortOrder": "Ascending", **self.request_document}
        found = page(oldest_first, rows, name=name, status=status)
        return ActionResult({f"{kind}JobSummaries": found.pop("Items"), **found})


class _Hosting(_Jobs):
    def create_model(self) -> ActionResult:
        return ActionResult(
            {"ModelArn": hosting.create_model(self.place, self.request_document).arn}
        )

    def describe_model(self) -> ActionResult:
        return ActionResult(MODELS.get(self.place, self.request_document["ModelName"]).document)

    def delete_model(self) -> ActionResult:
        MODELS.pop(self.place, self.request_document["ModelName"])
        return EmptyResult()

    def list_models(self) -> ActionResult:
        rows = [stored.document for stored in MODELS.all(self.place)]
        found = page(self.request_document, rows, name="ModelName", status="")
        return ActionResult({"Models": found.pop("Items"), **found})

    def create_endpoint_config(self) -> ActionResult:
        stored = hosting.create_configuration(self.place, self.request_document)
        return ActionResult({"EndpointConfigArn": stored.arn})

    def describe_endpoint_config(self) -> ActionResult:
        name = self.request_document["EndpointConfigName"]
        return ActionResult(CONFIGURATIONS.get(self.place, name).document)

    def delete_endpoint_config(self) -> ActionResult:
        CONFIGURATIONS.pop(self.place, self.request_document["EndpointConfigName"])
        return EmptyResult()

    def list_endpoint_configs(self) -> ActionResult:
        rows = [stored.document for stored in CONFIGURATIONS.all(self.place)]
        found = page(self.request_document, rows, name="EndpointConfigName", status="")
        return ActionResult({"EndpointConfigs": found.pop("Items"), **found})


class Response(_Hosting, transform.Operations, tuning.Operations):
    """All operations that are real here."""

    def create_endpoint(self) -> ActionResult:
        endpoint = endpoints.create(self.place, self.request_document, self.describe_package)
        return ActionResult({"EndpointArn": endpoint.arn})

    def update_endpoint(self) -> ActionResult:
        request = self.request_document
        endpoint = ENDPOINTS.get(self.place, request["EndpointName"])
        configuration = CONFIGURATIONS.get(self.place, request["EndpointConfigName"])
        endpoint.update(request, configuration.document)
        return ActionResult({"EndpointArn": endpoint.arn})

    def update_endpoint_weights_and_capacities(self) -> ActionResult:
        endpoint = ENDPOINTS.get(self.place, self.request_document["EndpointName"])
        endpoint.set_weights(self.request_document["DesiredWeightsAndCapacities"])
        return ActionResult({"EndpointArn": endpoint.arn})

    def describe_endpoint(self) -> ActionResult:
        endpoint = ENDPOINTS.get(self.place, self.request_document["EndpointName"])
        return ActionResult(endpoint.describe())

    def list_endpoints(self) -> ActionResult:
        rows = [endpoint.describe() for endpoint in ENDPOINTS.all(self.place)]
        found = page(self.request_document, rows, name="EndpointName", status="EndpointStatus")
        return ActionResult({"Endpoints": found.pop("Items"), **found})

    def delete_endpoint(self) -> ActionResult:
        name = self.request_document["EndpointName"]
        ENDPOINTS.get(self.place, name).delete()
        ENDPOINTS.pop(self.place, name)
        scaled_variants.deregister(self.place, name)
        return EmptyResult()

    def list_notebook_instance_lifecycle_configs(self) -> ActionResult:
        backend: Any = sagemaker_backends[self.current_account][self.region]
        kind = "NotebookInstanceLifecycleConfig"
        rows = [
            {
                f"{kind}Name": one.notebook_instance_lifecycle_config_name,
                f"{kind}Arn": one.arn,
                "CreationTime": one.creation_time,
                "LastModifiedTime": one.last_modified_time,
            }
            for one in backend.notebook_instance_lifecycle_configurations.values()
        ]
        found = page(self.request_document, rows, name=f"{kind}Name", status="")
        return ActionResult({f"{kind}s": found.pop("Items"), **found})

    def search(self) -> ActionResult:
        request = self.request_document
        if request["Resource"] == "TrainingJob":
            jobs = [(dict(job.document), job.tags) for job in TRAINING.all(self.place)]
            return ActionResult(records.search(request, jobs))
        records.require_found_by_moto(request["Resource"])
        return super().search()

    def list_tags(self) -> ActionResult:
        tags = self._tags()
        if tags is None:
            return super().list_tags()
        return ActionResult({"Tags": [{"Key": k, "Value": v} for k, v in tags.items()]})

    def add_tags(self) -> ActionResult:
        tags = self._tags()
        if tags is None:
            return super().add_tags()
        tags |= {tag["Key"]: tag["Value"] for tag in self.request_document["Tags"]}
        return self.list_tags()

    def delete_tags(self) -> ActionResult:
        tags = self._tags()
        if tags is None:
            return super().delete_tags()
        for key in self.request_document["TagKeys"]:
            tags.pop(key, None)
        return EmptyResult()

    def _tags(self) -> dict[str, str] | None:
        """Return the tags of one of our resources, None for one of moto's."""
        arn = self.request_document["ResourceArn"].lower()
        owned: list[Stored | Endpoint | Job | TuningJob] = [
            item
            for store in (MODELS, CONFIGURATIONS, ENDPOINTS, *_JOBS)
            for item in store.all(self.place)
        ]
        return next((item.tags for item in owned if item.arn == arn), None)


def reset() -> None:
    """Forget everything; endpoints drain nothing, their processes are ended by the caller."""
    for store in (MODELS, CONFIGURATIONS, *_JOBS):
        store.clear()
    ENDPOINTS.clear()


def install() -> None:
    """Put these operations in front of moto's."""
    urls.url_paths["{0}/$"] = Response.dispatch
