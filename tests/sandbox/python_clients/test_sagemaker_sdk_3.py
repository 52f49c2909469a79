"""Version 3 of SageMaker's Python SDK works in the sandbox as its users call it, unchanged."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.sandbox.mount_namespaces import require_own_opt_ml
from tests.sandbox.python_clients.conftest import Site
from tests.sandbox.python_clients.interpreter import Interpreter

pytestmark = pytest.mark.acceptance

LOCK = "requirements-notebook.lock"
_START = """
from sagemaker.core.helper.session_helper import Session
from sagemaker.core.resources import Endpoint, TrainingJob
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData, OutputDataConfig, StoppingCondition

session = Session()
bucket = session.default_bucket()
channels = [
    InputData(
        channel_name=name,
        data_source=session.upload_data(path, bucket=bucket, key_prefix=f"sdk3/{name}"),
        content_type="text/csv",
    )
    for name, path in {"train": train_csv, "validation": valid_csv}.items()
]
common = {
    "training_image": image,
    "role": role,
    "sagemaker_session": session,
    "compute": Compute(instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=30),
    "output_data_config": OutputDataConfig(s3_output_path=f"s3://{bucket}/sdk3"),
    "stopping_condition": StoppingCondition(max_runtime_in_seconds=600),
}
"""
_TRAINER = """
trainer = ModelTrainer(
    base_job_name="sdk3",
    hyperparameters={"objective": "binary:logistic", "num_round": "20", "eval_metric": "auc"},
    **common,
)
trainer.train(input_data_config=channels, wait=True, logs=True)
job = trainer._latest_training_job
"""


@pytest.fixture(scope="module")
def sdk(
    start: Callable[..., AbstractContextManager[Interpreter]], site: Site
) -> Iterator[Interpreter]:
    with start(LOCK) as python:
        python.run(site.names())
        python.run(_START)
        yield python


@pytest.fixture(scope="module")
def trained(sdk: Interpreter) -> Interpreter:
    """The same program after `train`."""
    sdk.run(_TRAINER)
    return sdk


@pytest.fixture(scope="module")
def served(trained: Interpreter) -> Interpreter:
    """The same program after `build` and `deploy`."""
    trained.run("""
        from sagemaker.serve import ModelBuilder

        builder = ModelBuilder(
            image_uri=image,
            s3_model_data_url=job.model_artifacts.s3_model_artifacts,
            role_arn=role,
            sagemaker_session=session,
        )
        builder.build(model_name="sdk3-model")
        builder.deploy(
            endpoint_name="sdk3", initial_instance_count=1, instance_type="ml.m5.large", wait=True
        )
        row = open(rows_csv).readline().strip()
    """)
    return trained


def test_a_trainer_trains_and_its_job_is_found_by_name_and_in_the_list(
    trained: Interpreter,
) -> None:
    name = trained.value("job.training_job_name")

    assert trained.value("TrainingJob.get(job.training_job_name).training_job_status") == (
        "Completed"
    )
    assert name in trained.value("[one.training_job_name for one in TrainingJob.get_all()]")


def test_an_endpoint_of_a_builder_answers(served: Interpreter) -> None:
    answer = "Endpoint.get('sdk3').invoke(body=row, content_type='text/csv').body.read().decode()"

    assert 0 < float(served.value(answer)) < 1


def test_an_endpoint_streams_what_it_answers(served: Interpreter) -> None:
    # Not by Endpoint.invoke_with_response_stream: version 2.27 of sagemaker-core looks for keys in
    # botocore's stream, and fails on AWS as it does here.
    served.run("""
        runtime = session.boto_session.client("sagemaker-runtime")
        stream = runtime.invoke_endpoint_with_response_stream(
            EndpointName="sdk3", Body=row, ContentType="text/csv"
        )
        streamed = b"".join(event["PayloadPart"]["Bytes"] for event in stream["Body"])
    """)

    assert 0 < float(served.value("streamed.decode()")) < 1


def test_source_code_of_the_users_trains_in_the_image(sdk: Interpreter, tmp_path: Path) -> None:
    require_own_opt_ml(tmp_path)
    sdk.run("""
        import os
        from sagemaker.train.configs import SourceCode

        os.makedirs("source", exist_ok=True)
        with open("source/train.py", "w") as file:
            file.write(
                "rows = open('/opt/ml/input/data/train/train.csv').readlines()\\n"
                "print(len(rows), file=open('/opt/ml/model/rows', 'w'))\\n"
            )
        own = ModelTrainer(
            base_job_name="sdk3-own",
            source_code=SourceCode(source_dir="source", entry_script="train.py"),
            **common,
        )
        own.train(input_data_config=channels, wait=True, logs=True)
        where = own._latest_training_job.model_artifacts.s3_model_artifacts
    """)
    counted = sdk.run("""
        import io, tarfile

        key = where.removeprefix(f"s3://{bucket}/")
        packed = session.boto_session.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        print(tarfile.open(fileobj=io.BytesIO(packed)).extractfile("rows").read().decode())
    """)

    assert int(counted) == sdk.value("len(open(train_csv).readlines())")


def test_a_tuner_finds_its_best_job_among_real_trainings(trained: Interpreter) -> None:
    trained.run("""
        from sagemaker.train.tuner import HyperparameterTuner
        from sagemaker.core.parameter import IntegerParameter

        tuner = HyperparameterTuner(
            model_trainer=trainer,
            objective_metric_name="validation:auc",
            hyperparameter_ranges={"max_depth": IntegerParameter(2, 5)},
            metric_definitions=[{"Name": "validation:auc", "Regex": "validation-auc:([0-9.]+)"}],
            max_jobs=2, max_parallel_jobs=2, strategy="Random",
        )
        tuner.tune(inputs=channels, wait=True)
    """)
    best = trained.value("tuner.best_training_job()")

    assert trained.value(f"TrainingJob.get({best!r}).training_job_status") == "Completed"


def test_no_call_leaves_this_machine(served: Interpreter) -> None:
    served.run("Endpoint.get('sdk3').delete()")

    assert served.value("sorted(others)") == []
