"""SageMaker API operations on hyperparameter tuning jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.exceptions import ResourceInUseException, ValidationError
from moto.sagemaker.responses import SageMakerResponse

from sandbox.sagemaker.tuning import listing, requests, strategies
from sandbox.sagemaker.tuning.jobs import TuningJob
from sandbox.state.stores import Document, Place, Store

if TYPE_CHECKING:
    from sandbox.sagemaker.training import TrainingJob

TUNING: Store[TuningJob] = Store("hyperparameter tuning job")


class Operations(SageMakerResponse):
    """Operations on tuning jobs; who inherits them says how training jobs are started."""

    @staticmethod
    def check_training(place: Place, request: Document, parallel: int) -> None:
        """Refuse training jobs of a request as CreateTrainingJob would, so many at once."""
        raise NotImplementedError

    @staticmethod
    def launch_training(place: Place, request: Document, tuning_job_arn: str = "") -> TrainingJob:
        """Start a training job, for the tuning job of an ARN."""
        raise NotImplementedError

    def create_hyper_parameter_tuning_job(self) -> ActionResult:
        request = self.request_document
        ranges = requests.check(request)
        limits = request["HyperParameterTuningJobConfig"]["ResourceLimits"]
        name = str(request["HyperParameterTuningJobName"])
        any_training = requests.training_request(request, name, {})
        self.check_training(self.place, any_training, limits["MaxParallelTrainingJobs"])
        plan = strategies.plan_of(request, ranges)
        job = TuningJob(self.place, request, plan, self.launch_training)
        if TUNING.add(self.place, name, lambda: job) is None:
            # aws/amazon-sagemaker-examples#2440
            raise ResourceInUseException(
                message=f"A hyperparameter tuning job with the name, {name}, already exists. "
                "Choose a different name."
            )
        job.start()
        return ActionResult({"HyperParameterTuningJobArn": job.arn})

    def describe_hyper_parameter_tuning_job(self) -> ActionResult:
        return ActionResult(self._tuning_job().describe())

    def stop_hyper_parameter_tuning_job(self) -> ActionResult:
        self._tuning_job().stop()
        return EmptyResult()

    def delete_hyper_parameter_tuning_job(self) -> ActionResult:
        job = self._tuning_job()
        if job.status in ("InProgress", "Stopping"):
            raise ValidationError(
                message=f"The hyperparameter tuning job {job.name} is in status {job.status}; stop "
                "it before you delete it."
            )
        TUNING.pop(self.place, job.name)
        return EmptyResult()

    def list_hyper_parameter_tuning_jobs(self) -> ActionResult:
        rows = [job.describe() for job in TUNING.all(self.place)]
        return ActionResult(listing.tuning_jobs(self.request_document, rows))

    def list_training_jobs_for_hyper_parameter_tuning_job(self) -> ActionResult:
        rows = self._tuning_job().summaries()
        return ActionResult(listing.training_jobs(self.request_document, rows))

    def _tuning_job(self) -> TuningJob:
        """Return the job that the request names; raises ResourceNotFound."""
        name = str(self.request_document["HyperParameterTuningJobName"])
        job = TUNING.find(self.place, name)
        if job is None:
            # aws/amazon-sagemaker-operator-for-k8s has the code and how the words begin.
            raise JsonRESTError(
                "ResourceNotFound", f"Amazon SageMaker can't find a tuning job with the name {name}"
            )
        return job


def abandon_all() -> None:
    """Start no more training jobs for anyone, and end those that run."""
    for job in TUNING.all():
        job.abandon()
