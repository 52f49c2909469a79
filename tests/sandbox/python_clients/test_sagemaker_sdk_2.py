"""Version 2 of SageMaker's Python SDK works in the sandbox as its users call it, unchanged."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.sandbox.mount_namespaces import require_own_opt_ml
from tests.sandbox.python_clients.conftest import ROLE, Site
from tests.sandbox.python_clients.interpreter import Interpreter

pytestmark = [pytest.mark.acceptance, pytest.mark.slow_first]

LOCK = "requirements-sagemaker-2.lock"
_START = """
import sagemaker
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput

session = sagemaker.Session()
bucket = session.default_bucket()
"""
_ESTIMATOR = """
channels = {
    name: TrainingInput(
        session.upload_data(path, bucket=bucket, key_prefix=f"sdk2/{name}"), content_type="text/csv"
    )
    for name, path in {"train": train_csv, "validation": valid_csv}.items()
}
estimator = Estimator(
    image_uri=image,
    role=role,
    instance_count=1,
    instance_type="ml.m5.large",
    output_path=f"s3://{bucket}/sdk2/models",
    sagemaker_session=session,
    hyperparameters={
        "objective": "binary:logistic", "num_round": 20, "eval_metric": "auc"
    },
    metric_definitions=[{"Name": "validation:auc", "Regex": r"validation-auc:([0-9.]+)"}],
)
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
    """The same program after `fit`."""
    sdk.run(_ESTIMATOR)
    sdk.run("estimator.fit(channels, wait=True, logs='All')")
    sdk.run("job = estimator.latest_training_job.name")
    return sdk


@pytest.fixture(scope="module")
def served(trained: Interpreter) -> Interpreter:
    """The same program after `deploy`."""
    trained.run("""
        from sagemaker.serializers import CSVSerializer

        predictor = estimator.deploy(
            1, "ml.m5.large", serializer=CSVSerializer(), endpoint_name="sdk2-endpoint"
        )
        row = open(rows_csv).readline().strip()
    """)
    return trained


def test_a_session_has_a_bucket_of_its_own(sdk: Interpreter) -> None:
    assert sdk.value("bucket") == "sagemaker-us-east-1-123456789012"


def test_an_estimator_trains_and_shows_its_metric(trained: Interpreter) -> None:
    status = "session.describe_training_job(job)['TrainingJobStatus']"
    assert trained.value(status) == "Completed"
    printed = trained.run("""
        from sagemaker.analytics import TrainingJobAnalytics

        print(TrainingJobAnalytics(job, sagemaker_session=session).dataframe().to_json())
    """)

    found = json.loads(printed)
    assert found["metric_name"]["0"] == "validation:auc"
    assert 0.9 < found["value"]["0"] <= 1


def test_an_estimator_is_attached_to_a_job_that_has_ended(trained: Interpreter) -> None:
    found = "Estimator.attach(job, sagemaker_session=session).model_data"

    assert trained.value(found) == trained.value("estimator.model_data")


def test_the_logs_of_a_job_are_printed(trained: Interpreter) -> None:
    assert '"event": "model saved"' in trained.run("session.logs_for_job(job)")


def test_an_endpoint_answers_as_the_model_does(served: Interpreter) -> None:
    score = served.value("float(predictor.predict(row))")

    assert 0 < score < 1


def test_an_endpoint_streams_what_it_answers(served: Interpreter) -> None:
    served.run("""
        runtime = session.sagemaker_runtime_client
        stream = runtime.invoke_endpoint_with_response_stream(
            EndpointName="sdk2-endpoint", Body=row, ContentType="text/csv", Accept="text/csv"
        )
        streamed = b"".join(event["PayloadPart"]["Bytes"] for event in stream["Body"])
        broken = None
        try:
            runtime.invoke_endpoint_with_response_stream(
                EndpointName="sdk2-endpoint", Body="no row", ContentType="text/csv"
            )
        except runtime.exceptions.ModelError as error:
            broken = error.response["OriginalStatusCode"]
    """)

    assert served.value("float(streamed)") == served.value("float(predictor.predict(row))")
    assert served.value("[stream['ContentType'], broken]") == ["text/csv; charset=utf-8", 400]


def test_a_search_finds_the_job_by_its_model(trained: Interpreter) -> None:
    found = """session.sagemaker_client.search(
        Resource="TrainingJob",
        SearchExpression={"Filters": [
            {"Name": "ModelArtifacts.S3ModelArtifacts", "Value": estimator.model_data},
            {"Name": "Metrics.validation:auc", "Operator": "GreaterThan", "Value": "0.5"},
        ]},
    )["Results"][0]["TrainingJob"]["TrainingJobName"]"""

    assert trained.value(found) == trained.value("job")


def test_several_models_in_one_container_are_refused_by_name(trained: Interpreter) -> None:
    refused = trained.run("""
        from sagemaker.multidatamodel import MultiDataModel

        several = MultiDataModel(
            "sdk2-several", f"s3://{bucket}/sdk2/models/", image_uri=image, role=role,
            sagemaker_session=session,
        )
        try:
            several.deploy(1, "ml.m5.large", endpoint_name="sdk2-several")
        except Exception as error:
            print(error)
    """)

    assert "sandbox: model sdk2-several has Mode MultiModel, which is not emulated" in refused


def test_a_transform_job_joins_its_answers_with_the_rows(trained: Interpreter) -> None:
    trained.run("""
        where = session.upload_data(rows_csv, bucket=bucket, key_prefix="sdk2/rows")
        transformer = estimator.transformer(
            1, "ml.m5.large", strategy="MultiRecord", assemble_with="Line",
            output_path=f"s3://{bucket}/sdk2/out",
        )
        transformer.transform(
            where, content_type="text/csv", split_type="Line", join_source="Input",
            wait=True, logs=False,
        )
    """)
    given = trained.run("print(open(rows_csv).read())").split()
    answered = trained.run("print(session.read_s3_file(bucket, 'sdk2/out/rows.csv.out'))").split()

    assert [line.rpartition(",")[0] for line in answered] == given
    assert all(0 <= float(line.rpartition(",")[2]) <= 1 for line in answered)


def test_a_script_processor_runs_a_script_that_names_its_folders(
    trained: Interpreter, tmp_path: Path
) -> None:
    require_own_opt_ml(tmp_path)
    trained.run("""
        from sagemaker.processing import ProcessingInput, ProcessingOutput, ScriptProcessor

        with open("prepare.py", "w") as file:
            file.write(
                "rows = open('/opt/ml/processing/input/rows/rows.csv').readlines()\\n"
                "print(len(rows), file=open('/opt/ml/processing/output/count', 'w'))\\n"
            )
        processor = ScriptProcessor(
            image_uri=image, command=["python3"], role=role, instance_count=1,
            instance_type="ml.m5.large", sagemaker_session=session,
        )
        processor.run(
            "prepare.py",
            inputs=[ProcessingInput(rows_csv, "/opt/ml/processing/input/rows")],
            outputs=[ProcessingOutput(
                source="/opt/ml/processing/output", destination=f"s3://{bucket}/sdk2/prepared"
            )],
            wait=True, logs=True,
        )
    """)
    counted = trained.value("session.read_s3_file(bucket, 'sdk2/prepared/count')")

    assert int(counted) == trained.value("len(open(rows_csv).readlines())")


def test_a_tuner_finds_its_best_job_among_real_trainings(trained: Interpreter) -> None:
    trained.run("""
        from sagemaker.tuner import HyperparameterTuner, IntegerParameter

        tuner = HyperparameterTuner(
            estimator, "validation:auc", {"max_depth": IntegerParameter(2, 5)},
            metric_definitions=estimator.metric_definitions,
            max_jobs=2, max_parallel_jobs=2, strategy="Random",
        )
        tuner.fit(channels, wait=True)
        scores = tuner.analytics().dataframe().set_index("TrainingJobName").FinalObjectiveValue
    """)

    assert trained.value("len(scores)") == 2
    assert trained.value("float(scores[tuner.best_training_job()])") == trained.value(
        "float(scores.max())"
    )


def test_a_model_is_registered_for_approval(trained: Interpreter) -> None:
    arn = trained.value("""estimator.register(
        content_types=["text/csv"], response_types=["text/csv"],
        inference_instances=["ml.m5.large"], transform_instances=["ml.m5.large"],
        model_package_group_name=group, approval_status="PendingManualApproval",
    ).model_package_arn""")
    status = "session.sagemaker_client.describe_model_package(ModelPackageName={!r})"

    assert ":model-package/kiban-dev-churn/" in arn
    described = status.format(arn) + "['ModelApprovalStatus']"
    assert trained.value(described) == "PendingManualApproval"


def test_a_scaled_endpoint_has_the_two_alarms_of_its_policy(served: Interpreter) -> None:
    served.run("""
        scaling = session.boto_session.client("application-autoscaling")
        variant = {
            "ServiceNamespace": "sagemaker",
            "ResourceId": "endpoint/sdk2-endpoint/variant/AllTraffic",
            "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        }
        scaling.register_scalable_target(**variant, MinCapacity=1, MaxCapacity=2)
        scaling.put_scaling_policy(
            **variant, PolicyName="invocations", PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": 70.0,
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
                },
            },
        )
        (policy,) = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")[
            "ScalingPolicies"
        ]
        scaling.deregister_scalable_target(**variant)
    """)

    assert served.value("len(policy['Alarms'])") == 2


def test_jobs_are_listed_from_a_time_on(trained: Interpreter) -> None:
    listed = (
        "len(session.sagemaker_client.list_training_jobs(CreationTimeAfter={})"
        "['TrainingJobSummaries'])"
    )

    assert trained.value(listed.format("__import__('datetime').datetime(2100, 1, 1)")) == 0
    assert trained.value(listed.format("__import__('datetime').datetime(2000, 1, 1)")) > 0


def test_a_shell_of_a_role_knows_its_role_and_is_held_to_it(
    start: Callable[..., AbstractContextManager[Interpreter]], site: Site
) -> None:
    with start(LOCK, role=ROLE) as python:
        python.run(_START)

        assert python.value("sagemaker.get_execution_role(session)") == site.role
        refused = python.run("""
            try:
                session.boto_session.client("kms").list_keys()
            except Exception as error:
                print(error)
        """)
        assert "is not authorized to perform: kms:ListKeys" in refused
        assert python.value("sorted(others)") == []


def test_no_call_leaves_this_machine(served: Interpreter) -> None:
    served.run("predictor.delete_endpoint()")

    assert served.value("sorted(others)") == []
