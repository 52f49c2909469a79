from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.stepfunctions import steps
from tests.sandbox.runtime.cloud import Cloud, allow, fresh, wait_for
from tests.sandbox.runtime.container_source import zipped


@pytest.fixture(scope="module")
def role(cloud: Cloud) -> str:
    """A role that may do everything."""
    return cloud.role(fresh("everything"), allow("*"))


def _task(resource: str, parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
    state = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "End": True}
    return {"StartAt": "Only", "States": {"Only": {**state, "Parameters": parameters, **more}}}


def _output(execution: dict[str, Any]) -> Any:
    assert execution["status"] == "SUCCEEDED", execution["cause"]
    return json.loads(execution["output"])


def _training(cloud: Cloud, name: str, **hyperparameters: str) -> dict[str, Any]:
    return cloud.training(name, hyperparameters)


def test_a_training_state_waits_for_the_job_and_shows_its_description(
    cloud: Cloud, role: str
) -> None:
    name = fresh("job")
    definition = _task("sagemaker:createTrainingJob.sync", _training(cloud, name))
    output = _output(cloud.run(definition, role))

    assert output["TrainingJobStatus"] == "Completed"
    assert output["ModelArtifacts"]["S3ModelArtifacts"].endswith("model.tar.gz")
    assert isinstance(output["CreationTime"], int)


def test_a_failed_job_fails_its_state_with_the_description_as_cause(
    cloud: Cloud, role: str
) -> None:
    definition = _task(
        "sagemaker:createTrainingJob.sync", _training(cloud, fresh("job"), fail="no rows")
    )
    execution = cloud.run(definition, role)

    assert execution["error"] == "States.TaskFailed"
    assert "no rows" in json.loads(execution["cause"])["FailureReason"]


def test_a_build_state_waits_for_codebuild(cloud: Cloud, role: str) -> None:
    project = cloud.project(zipped({"README": "from a state"}))
    override = [{"Name": "IMAGE_TAG", "Value": "from-a-state", "Type": "PLAINTEXT"}]
    parameters = {"ProjectName": project, "EnvironmentVariablesOverride": override}
    output = _output(cloud.run(_task("codebuild:startBuild.sync", parameters), role))

    assert output["Build"]["BuildStatus"] == "SUCCEEDED"


@pytest.mark.aws_row("R189")
def test_a_name_that_was_used_fails_as_aws_says(cloud: Cloud, role: str) -> None:
    name = cloud.train()
    definition = _task("sagemaker:createTrainingJob", _training(cloud, name))

    assert cloud.run(definition, role)["error"] == "SageMaker.ResourceInUseException"


def test_a_retry_computes_a_new_job_name(cloud: Cloud, role: str) -> None:
    prefix = fresh("attempt")
    parameters = _training(cloud, "x", fail="always")
    del parameters["TrainingJobName"]
    parameters["TrainingJobName.$"] = f"States.Format('{prefix}-{{}}', $$.State.RetryCount)"
    retry = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2, "IntervalSeconds": 1}]
    definition = _task("sagemaker:createTrainingJob.sync", parameters, Retry=retry)
    cloud.run(definition, role)

    jobs = cloud.client("sagemaker").list_training_jobs(
        NameContains=prefix, SortBy="Name", SortOrder="Ascending"
    )["TrainingJobSummaries"]
    assert [job["TrainingJobName"] for job in jobs] == [f"{prefix}-{n}" for n in range(3)]


@pytest.mark.parametrize("how", ["stop", "timeout"])
def test_a_job_ends_with_the_execution_that_waits_for_it(cloud: Cloud, role: str, how: str) -> None:
    name = fresh("job")
    more = {"TimeoutSeconds": 2} if how == "timeout" else {}
    parameters = _training(cloud, name, rounds="1000", sleep="0.05", graceful="yes")
    arn = cloud.machine(_task("sagemaker:createTrainingJob.sync", parameters, **more), role)
    states, sagemaker = cloud.client("stepfunctions"), cloud.client("sagemaker")
    execution = states.start_execution(stateMachineArn=arn, input="{}")["executionArn"]
    wait_for(lambda: sagemaker.list_training_jobs(NameContains=name)["TrainingJobSummaries"])
    if how == "stop":
        states.stop_execution(executionArn=execution)

    status = cloud.executed(execution)["status"]
    assert status == {"stop": "ABORTED", "timeout": "FAILED"}[how]
    assert cloud.ended(name)["TrainingJobStatus"] == "Stopped"


@pytest.mark.parametrize(
    ("resource", "parameters", "error"),
    [
        (
            "ecr:describeImages",
            {"RepositoryName": "models", "ImageIds": [{"ImageTag": "never"}]},
            "Ecr.ImageNotFoundException",
        ),
        ("ssm:getParameter", {"Name": "/never"}, "Ssm.ParameterNotFoundException"),
        ("s3:getObject", {"Bucket": "bucket", "Key": "never"}, "S3.NoSuchKeyException"),
        ("sagemaker:describeEndpoint", {"EndpointName": "never"}, "SageMaker.SageMakerException"),
        (
            "cloudformation:describeStacks",
            {"StackName": "never"},
            "CloudFormation.CloudFormationException",
        ),
    ],
)
def test_errors_of_sdk_calls_have_the_names_of_aws(
    cloud: Cloud, role: str, resource: str, parameters: dict[str, Any], error: str
) -> None:
    execution = cloud.run(_task(f"aws-sdk:{resource}", parameters), role)

    assert execution["error"] == error


def test_an_object_is_read_as_text(cloud: Cloud, role: str) -> None:
    cloud.put("evaluation.json", b'{"auc": 0.99}')
    parameters = {"Bucket": "bucket", "Key": "evaluation.json"}
    selector = {"auc.$": "States.StringToJson($.Body)"}
    definition = _task("aws-sdk:s3:getObject", parameters, ResultSelector=selector)

    assert _output(cloud.run(definition, role)) == {"auc": {"auc": 0.99}}


@pytest.mark.parametrize(
    ("resource", "parameters", "where"),
    [
        ("ssm:getParameter", {"Nme.$": "$.x"}, r"'Nme.\$' is not supported by Step Functions"),
        ("sfn:startExecution", {"Input": {}, "Region": "x"}, "at /States/Only/Parameters"),
        (
            "ecr:describeImages",
            {"ImageIds": [{"Tag": "x"}]},
            r"'Tag' .* at /States/Only/Parameters/ImageIds\[0\]",
        ),
        ("ssm:findParameter", {}, "ssm:findParameter is not recognized"),
        ("nothing:getParameter", {}, "nothing:getParameter is not recognized"),
    ],
)
def test_a_call_that_aws_does_not_know_is_refused_with_the_machine(
    cloud: Cloud, role: str, resource: str, parameters: dict[str, Any], where: str
) -> None:
    with pytest.raises(ClientError, match=where) as refused:
        cloud.machine(_task(f"aws-sdk:{resource}", parameters), role)
    assert refused.value.response["Error"]["Code"] == "InvalidDefinition"


def test_a_parameter_that_only_the_input_brings_is_refused_when_it_comes(
    cloud: Cloud, role: str
) -> None:
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Only",
        "States": {
            "Only": {
                "Type": "Task",
                "Resource": "arn:aws:states:::aws-sdk:ssm:getParameter",
                "Arguments": "{% $states.input %}",
                "End": True,
            }
        },
    }

    cause = cloud.run(definition, role, {"Nme": "/x"})["cause"]
    assert '"Parameters.Nme" is not supported' in cause


@pytest.mark.aws_row("R175")
def test_waiting_for_a_job_needs_the_right_to_make_its_rule(cloud: Cloud) -> None:
    role = cloud.role(fresh("role"), allow(["sagemaker:*", "iam:PassRole"]))

    with pytest.raises(ClientError, match="not authorized to create managed-rule") as refused:
        cloud.machine(_task("sagemaker:createTrainingJob.sync", {}), role)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


def test_an_integration_that_is_not_emulated_is_refused_by_name(cloud: Cloud, role: str) -> None:
    with pytest.raises(ClientError, match=r"not emulate sagemaker:CreateLabelingJob"):
        cloud.machine(_task("sagemaker:createLabelingJob.sync", {}), role)


def test_a_step_into_a_list_gives_the_value_not_a_list(cloud: Cloud, role: str) -> None:
    definition = {
        "StartAt": "Only",
        "States": {
            "Only": {
                "Type": "Pass",
                "Parameters": {
                    "one.$": "$.Stacks[0].Status",
                    "all.$": "$.Stacks[*].Status",
                    "none.$": "$.Stacks[?(@.Status=='X')].Status",
                },
                "End": True,
            }
        },
    }
    output = _output(cloud.run(definition, role, {"Stacks": [{"Status": "OK"}]}))

    assert output == {"one": "OK", "all": ["OK"], "none": []}


REMEMBERED = {
    "said": "{% $states.input.text %}",
    "at": "{% $states.context.Execution.StartTime %}",
    "redriven": "{% $states.context.Execution.RedriveCount %}",
}
ANSWERED = {
    "said": "{% $said %}",
    "parsed": "{% $parse('{\"a\": [1, 2.5]}').a %}",
    "hash": "{% $hash('a', 'SHA-256') %}",
    "uuid": "{% $length($uuid()) %}",
    "sum": "{% $sum([1, 2, 3]) %}",
    "null": "{% null %}",
    "time": "{% $contains($at, 'T') %}",
    "redriven": "{% $redriven %}",
}


def test_jsonata_sees_states_variables_and_the_functions_of_step_functions(
    cloud: Cloud, role: str
) -> None:
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Remember",
        "States": {
            "Remember": {"Type": "Pass", "Assign": REMEMBERED, "Next": "Answer"},
            "Answer": {"Type": "Pass", "Output": ANSWERED, "End": True},
        },
    }
    text = 'quotes " and \\ and\nlines'
    output = _output(cloud.run(definition, role, {"text": text}))

    assert output == {
        "said": text,
        "parsed": [1, 2.5],
        "hash": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
        "uuid": 36,
        "sum": 6,
        "null": None,
        "time": True,
        "redriven": 0,
    }


@pytest.mark.aws_row("R182")
def test_jsonata_that_finds_nothing_fails_the_state(cloud: Cloud, role: str) -> None:
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Only",
        "States": {"Only": {"Type": "Pass", "Output": "{% $states.input.no %}", "End": True}},
    }

    assert cloud.run(definition, role)["error"] == "States.QueryEvaluationError"


@pytest.mark.aws_row("R185")
def test_the_same_name_and_input_is_one_execution_while_it_runs(
    cloud: Cloud, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It goes on until it is stopped, however slow the machine is.
    monkeypatch.setattr(steps, "LONGEST_WAIT_SECONDS", 3_600.0)
    waiting = {
        "StartAt": "Wait",
        "States": {"Wait": {"Type": "Wait", "Seconds": 3_600, "End": True}},
    }
    arn, states = cloud.machine(waiting, role), cloud.client("stepfunctions")
    request = {"stateMachineArn": arn, "name": "the-same", "input": '{"a": 1}'}
    first = states.start_execution(**request)["executionArn"]

    assert states.start_execution(**request)["executionArn"] == first
    with pytest.raises(states.exceptions.ExecutionAlreadyExists):
        states.start_execution(**{**request, "input": '{"a": 2}'})
    states.stop_execution(executionArn=first)
    assert cloud.executed(first)["status"] == "ABORTED"
    with pytest.raises(states.exceptions.ExecutionAlreadyExists):
        states.start_execution(**request)


def test_an_existing_execution_has_the_error_that_machines_catch(cloud: Cloud, role: str) -> None:
    passing = {"StartAt": "Only", "States": {"Only": {"Type": "Pass", "End": True}}}
    arn = cloud.machine(passing, role)
    parameters = {"StateMachineArn": arn, "Name": "once", "Input": {"a": 1}}
    definition = _task("aws-sdk:sfn:startExecution", parameters)
    cloud.executed(_output(cloud.run(definition, role))["ExecutionArn"])

    assert cloud.run(definition, role)["error"] == "Sfn.ExecutionAlreadyExistsException"


def test_the_optimised_start_of_an_execution_waits_for_its_end(cloud: Cloud, role: str) -> None:
    passing = {
        "StartAt": "Only",
        "States": {"Only": {"Type": "Pass", "Result": {"b": 2}, "End": True}},
    }
    parameters = {"StateMachineArn": cloud.machine(passing, role), "Input": {"a": 1}}
    output = _output(cloud.run(_task("states:startExecution.sync:2", parameters), role))

    assert output["Output"] == {"b": 2}


def test_a_name_with_a_space_is_refused(cloud: Cloud, role: str) -> None:
    passing = {"StartAt": "Only", "States": {"Only": {"Type": "Pass", "End": True}}}
    arn, states = cloud.machine(passing, role), cloud.client("stepfunctions")

    with pytest.raises(states.exceptions.InvalidName, match="a b"):
        states.start_execution(stateMachineArn=arn, name="a b", input="{}")


def test_a_model_package_keeps_its_metadata_through_approval(cloud: Cloud, role: str) -> None:
    sagemaker, group = cloud.client("sagemaker"), fresh("group")
    sagemaker.create_model_package_group(ModelPackageGroupName=group)
    metrics = {"ModelQuality": {"Statistics": {"ContentType": "json", "S3Uri": "s3://b/s.json"}}}
    parameters = {
        "ModelPackageGroupName": group,
        "ModelApprovalStatus": "PendingManualApproval",
        "CustomerMetadataProperties": {"metric_auc": "0.99"},
        "ModelMetrics": metrics,
        "InferenceSpecification": {
            "Containers": [{"Image": cloud.image, "ModelDataUrl": "s3://b/m.tar.gz"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    }
    definition = _task("aws-sdk:sagemaker:createModelPackage", parameters)
    first, second = (_output(cloud.run(definition, role))["ModelPackageArn"] for _ in range(2))
    assert [arn.rpartition("/")[2] for arn in (first, second)] == ["1", "2"]
    update = {
        "ModelPackageArn": second,
        "ModelApprovalStatus": "Approved",
        "ApprovalDescription": "better",
    }
    _output(cloud.run(_task("aws-sdk:sagemaker:updateModelPackage", update), role))
    wanted = {
        "ModelPackageGroupName": group,
        "ModelApprovalStatus": "Approved",
        "SortBy": "CreationTime",
        "SortOrder": "Descending",
        "MaxResults": 1,
    }
    found = _output(cloud.run(_task("aws-sdk:sagemaker:listModelPackages", wanted), role))
    assert [p["ModelPackageArn"] for p in found["ModelPackageSummaryList"]] == [second]
    describe = {"ModelPackageName": second}
    package = _output(cloud.run(_task("aws-sdk:sagemaker:describeModelPackage", describe), role))
    assert package["CustomerMetadataProperties"] == {"metric_auc": "0.99"}
    assert (package["ApprovalDescription"], package["ModelMetrics"]) == ("better", metrics)
    assert package["CreationTime"].endswith("Z")


def test_the_same_token_registers_one_version(cloud: Cloud) -> None:
    sagemaker, group = cloud.client("sagemaker"), fresh("group")
    sagemaker.create_model_package_group(ModelPackageGroupName=group)
    request = {"ModelPackageGroupName": group, "ClientToken": fresh("token")}
    first, again = (sagemaker.create_model_package(**request) for _ in range(2))

    assert first["ModelPackageArn"] == again["ModelPackageArn"]


def test_a_version_number_is_never_used_twice(cloud: Cloud) -> None:
    sagemaker, group = cloud.client("sagemaker"), fresh("group")
    sagemaker.create_model_package_group(ModelPackageGroupName=group)
    arns = [
        sagemaker.create_model_package(ModelPackageGroupName=group)["ModelPackageArn"]
        for _ in range(3)
    ]
    sagemaker.delete_model_package(ModelPackageName=arns[0])
    latest = sagemaker.create_model_package(ModelPackageGroupName=group)["ModelPackageArn"]

    assert latest.endswith("/4")
    listed = sagemaker.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"]
    assert [row["ModelPackageVersion"] for row in listed] == [2, 3, 4]
    with pytest.raises(ClientError, match="still contains 3 Model Packages"):
        sagemaker.delete_model_package_group(ModelPackageGroupName=group)
