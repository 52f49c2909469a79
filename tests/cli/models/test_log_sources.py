"""Which job's logs are shown: of this model and this environment, however names go on."""

from typing import Any

import pytest

from cli.environments.environment import Environment
from cli.models.log_events import newest_job_logs
from cli.terminal.errors import Failure

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


class SageMaker:
    """Lists jobs, the newest first, one to a page; each writes where it says."""

    def __init__(self, **written: str) -> None:
        self._written = {name.replace("_", "-"): where for name, where in written.items()}

    def get_paginator(self, _: str) -> Any:
        return self

    def paginate(self, NameContains: str, **_: Any) -> Any:
        for name in self._written:
            if NameContains in name:
                yield {"TrainingJobSummaries": [{"TrainingJobName": name}]}

    def describe_training_job(self, TrainingJobName: str) -> dict[str, Any]:
        return {"OutputDataConfig": {"S3OutputPath": f"s3://{self._written[TrainingJobName]}"}}


class Place(Environment):
    """An environment whose artifacts lie in the bucket `ours`."""

    def __init__(self, sagemaker: SageMaker) -> None:
        object.__setattr__(self, "_sagemaker", sagemaker)

    def aws(self, service: str) -> Any:
        return self._sagemaker  # type: ignore[attr-defined]

    def output(self, part: str, key: str) -> str:
        return "ours"

    def command(self, arguments: str) -> str:
        return f"./kiban {arguments}"


def test_a_model_whose_name_goes_on_after_this_ones_is_another() -> None:
    jobs = {f"ab-one-{number}": "ours/ab-one/training" for number in range(60)}

    found = newest_job_logs(Place(SageMaker(**jobs, **{f"ab-{UUID}-00": "ours/ab/training"})), "ab")

    assert found.name == f"ab-{UUID}-00"
    assert found.prefix == f"ab-{UUID}-00/"


def test_an_experiment_with_the_model_is_one_of_its_jobs() -> None:
    jobs = {"ab-workbench-try": "ours/ab/workbench/", f"ab-{UUID}-00": "ours/ab/training"}

    assert newest_job_logs(Place(SageMaker(**jobs)), "ab").name == "ab-workbench-try"


def test_the_same_model_of_another_environment_is_not_shown() -> None:
    jobs = {f"ab-{UUID}-00": "theirs/ab/training", "cab-one-00": "ours/cab/training"}

    with pytest.raises(Failure, match="ab: no training job ran yet"):
        newest_job_logs(Place(SageMaker(**jobs)), "ab")
