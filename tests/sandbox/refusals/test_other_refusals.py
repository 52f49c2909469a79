"""Refusals that need something first, and what AWS takes although one would not expect it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.server.server import Sandbox
from tests.sandbox.refusals.conftest import Call
from tests.sandbox.refusals.samples import (
    ACCOUNT,
    CONFIGURATION,
    MODEL,
    NOTEBOOK,
    VARIANT,
)
from tests.sandbox.roles import make_role

FOREIGN = "763104351884.dkr.ecr.us-east-1.amazonaws.com/sklearn:1"
STATE = {"Type": "Pass", "End": True}


@pytest.fixture(scope="module", autouse=True)
def endpoint(call: Call, role: str) -> str:
    """An endpoint of a model without image, which fails, and its serverless neighbour."""
    model = {**MODEL, "ModelName": "other", "PrimaryContainer": {"Image": FOREIGN}}
    call("sagemaker", "create_model", **{**model, "ExecutionRoleArn": role})
    serverless = {
        "VariantName": "A",
        "ModelName": "other",
        "ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1},
    }
    plain = {**VARIANT, "ModelName": "other"}
    for name, variant in {"other": plain, "other-serverless": serverless}.items():
        call(
            *("sagemaker", "create_endpoint_config"),
            EndpointConfigName=name,
            ProductionVariants=[variant],
        )
        call("sagemaker", "create_endpoint", EndpointName=name, EndpointConfigName=name)
    return "other"


@pytest.mark.parametrize(
    ("row", "operation", "params", "words"),
    [
        pytest.param(
            *("R153", "invoke_endpoint", {"Body": b"1", "TargetModel": "m"}),
            "Endpoint other is not a multi-model endpoint and does not support target model header",
            id="R153",
        ),
        pytest.param(
            *("R156", "invoke_endpoint", {"Body": b"1", "InferenceComponentName": "c"}),
            "Inference Component Name header is not allowed for endpoints to which you dont plan",
            id="R156",
        ),
        pytest.param(
            *("R150", "invoke_endpoint_async", {"InputLocation": "s3://b/k"}),
            "Endpoint other is not an asynchronous endpoint.",
            id="R150",
        ),
        pytest.param(
            *("R149", "invoke_endpoint"),
            {"EndpointName": "other-serverless", "Body": b"x" * (4 * 1024 * 1024 + 1)},
            "Request for other-serverless has oversize body.",
            id="R149",
        ),
    ],
)
def test_an_endpoint_of_another_kind_is_not_invoked(
    refusal: Call, row: str, operation: str, params: dict[str, Any], words: str
) -> None:
    told = refusal("sagemaker-runtime", operation, **{"EndpointName": "other", **params})

    assert (told[0], words in told[1]) == ("ValidationError", True), (row, told)


@pytest.mark.aws_row("R128")
@pytest.mark.parametrize(
    "expression", ["cron(*/5 * ? * * *)", "cron(0 25 ? * * *)", "rate(1 hour)"]
)
def test_a_monitor_runs_by_the_hour_or_day(refusal: Call, expression: str) -> None:
    code, message = refusal(
        *("sagemaker", "create_monitoring_schedule"),
        MonitoringScheduleName="sample",
        MonitoringScheduleConfig={
            "ScheduleConfig": {"ScheduleExpression": expression},
            "MonitoringJobDefinitionName": "sample",
            "MonitoringType": "DataQuality",
        },
    )

    assert (code, expression in message) == ("ValidationException", True)


@pytest.mark.aws_row("R136")
def test_a_notebook_without_internet_has_a_subnet(refusal: Call, role: str) -> None:
    params = {**NOTEBOOK, "RoleArn": role, "DirectInternetAccess": "Disabled"}

    code, message = refusal("sagemaker", "create_notebook_instance", **params)

    assert (code, "SubnetId" in message) == ("ValidationException", True)


@pytest.mark.aws_row("R130", "R131", "R133")
def test_a_notebook_changes_in_the_right_state_only(refusal: Call, call: Call, role: str) -> None:
    name = {"NotebookInstanceName": "changing"}
    made = {**NOTEBOOK, **name, "RoleArn": role, "VolumeSizeInGB": 10}
    old = refusal(
        "sagemaker",
        "create_notebook_instance",
        **{**made, "PlatformIdentifier": "notebook-al2-v1"},
    )
    call("sagemaker", "create_notebook_instance", **made)
    running = refusal("sagemaker", "start_notebook_instance", **name)
    call("sagemaker", "stop_notebook_instance", **name)
    smaller = refusal("sagemaker", "update_notebook_instance", **name, VolumeSizeInGB=9)

    assert old == (
        "ValidationException",
        "Platform identifier (notebook-al2-v1) is not supported for this service.",
    )
    assert running[0] == "ValidationException"
    assert running[1].startswith(
        "Status (InService) not in ([Stopped, Failed]). Unable to transition to (Pending) for "
        "Notebook Instance (arn:"
    )
    assert (smaller[0], "decrease the volume size" in smaller[1]) == ("ValidationException", True)


@pytest.mark.parametrize(
    ("row", "definition", "words"),
    [
        pytest.param("R177", {}, "These fields are required: [States, StartAt] at /", id="R177"),
        pytest.param(
            *("R178", {"StartAt": "A", "States": {"A": {**STATE, "Output": 1}}}),
            "The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the "
            "'JSONata' QueryLanguage",
            id="R178",
        ),
        pytest.param(
            "R179",
            {
                "StartAt": "A",
                "QueryLanguage": "JSONata",
                "States": {"A": {**STATE, "QueryLanguage": "JSONPath"}},
            },
            "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
            id="R179",
        ),
        pytest.param(
            "R180",
            {
                "StartAt": "A",
                "States": {
                    "A": {
                        "Type": "Map",
                        "End": True,
                        "ItemProcessor": {
                            "QueryLanguage": "JSONata",
                            "StartAt": "B",
                            "States": {"B": STATE},
                        },
                    }
                },
            },
            "Field 'QueryLanguage' is not supported",
            id="R180",
        ),
        pytest.param(
            "R181",
            {
                "StartAt": "A",
                "QueryLanguage": "JSONata",
                "States": {"A": {**STATE, "Output": "{% 1 + %}"}},
            },
            "/States/A/Output",
            id="R181",
        ),
    ],
)
def test_a_definition_that_no_machine_can_have_is_refused(
    running: Sandbox, refusal: Call, row: str, definition: dict[str, Any], words: str
) -> None:
    role = make_role(running.client("iam"), "machine", "states")

    code, message = refusal(
        *("stepfunctions", "create_state_machine"),
        name="sample",
        definition=json.dumps(definition),
        roleArn=role,
    )

    assert (code, words in message) == ("InvalidDefinition", True), (row, message)


@pytest.mark.aws_row("R176")
def test_a_machine_logs_only_with_the_right_to_deliver_logs(
    running: Sandbox, refusal: Call, call: Call
) -> None:
    iam = running.client("iam")
    role = make_role(iam, "logging", "states")
    group = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:sample:*"
    machine = {
        "name": "logging",
        "definition": json.dumps({"StartAt": "A", "States": {"A": STATE}}),
        "roleArn": role,
        "loggingConfiguration": {
            "level": "ALL",
            "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}],
        },
    }

    assert refusal("stepfunctions", "create_state_machine", **machine) == (
        "AccessDeniedException",
        "The state machine IAM Role is not authorized to access the Log Destination",
    )
    statement = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName="logging", PolicyName="logs", PolicyDocument=document)
    call("stepfunctions", "create_state_machine", **machine)


def _stack(sections: dict[str, Any]) -> dict[str, Any]:
    resource = {"Type": "AWS::SQS::Queue"}
    return {
        "StackName": "s",
        "TemplateBody": json.dumps({"Resources": {"Q": resource}, **sections}),
    }


@pytest.mark.parametrize(
    ("row", "params", "words"),
    [
        pytest.param(
            "R27",
            _stack({"Resources": {f"Q{n}": {"Type": "AWS::SQS::Queue"} for n in range(501)}}),
            "Template format error: Number of resources, 501, is greater than maximum allowed, 500",
            id="R27",
        ),
        pytest.param(
            "R29",
            _stack(
                {"Parameters": {f"P{n}": {"Type": "String", "Default": ""} for n in range(201)}}
            ),
            "Number of parameters, 201, is greater than maximum allowed, 200",
            id="R29",
        ),
        pytest.param(
            *("R29", _stack({"Outputs": {f"O{n}": {"Value": "x"} for n in range(201)}})),
            "Number of outputs, 201, is greater than maximum allowed, 200",
            id="R29",
        ),
    ],
)
def test_a_template_that_holds_too_much_is_refused(
    refusal: Call, row: str, params: dict[str, Any], words: str
) -> None:
    code, message = refusal("cloudformation", "create_stack", **params)

    assert (code, words in message) == ("ValidationError", True), (row, message)


@pytest.mark.aws_row("R226")
def test_a_bucket_is_made_once(running: Sandbox) -> None:
    s3 = running.client("s3", region="eu-west-1")
    there = {"LocationConstraint": "eu-west-1"}
    s3.create_bucket(Bucket="ours", CreateBucketConfiguration=there)

    with pytest.raises(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket="ours", CreateBucketConfiguration=there)


@pytest.mark.aws_row("R244")
def test_an_eleventh_resource_policy_of_logs_is_refused(call: Call, refusal: Call) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": "logs:PutLogEvents",
        "Resource": "*",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    for number in range(10):
        call(
            *("logs", "put_resource_policy"),
            policyName=f"p{number}",
            policyDocument=document,
        )

    told = refusal("logs", "put_resource_policy", policyName="p10", policyDocument=document)

    assert told == ("LimitExceededException", "Resource limit exceeded.")


@pytest.mark.aws_row("R53", "R54")
def test_what_a_live_endpoint_was_made_of_may_be_deleted(call: Call, endpoint: str) -> None:
    call("sagemaker", "delete_endpoint_config", EndpointConfigName="other")
    call("sagemaker", "delete_model", ModelName="other")

    found = call("sagemaker", "describe_endpoint", EndpointName=endpoint)

    assert found["EndpointConfigName"] == "other"


@pytest.mark.aws_row("R61")
def test_a_canary_on_inferentia_is_taken(call: Call, role: str) -> None:
    model = {**MODEL, "ModelName": "inf", "PrimaryContainer": {"Image": FOREIGN}}
    call("sagemaker", "create_model", **{**model, "ExecutionRoleArn": role})
    variant = {
        **VARIANT,
        "ModelName": "inf",
        "InstanceType": "ml.inf1.xlarge",
        "InitialInstanceCount": 4,
    }
    params = {**CONFIGURATION, "EndpointConfigName": "inf", "ProductionVariants": [variant]}
    call("sagemaker", "create_endpoint_config", **params)
    routing = {
        "Type": "CANARY",
        "WaitIntervalInSeconds": 60,
        "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1},
    }

    made = call(
        *("sagemaker", "create_endpoint"),
        EndpointName="inf",
        EndpointConfigName="inf",
        DeploymentConfig={"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}},
    )

    assert made["EndpointArn"].endswith(":endpoint/inf")


@pytest.mark.aws_row("R191", "R199")
def test_rules_that_never_fire_are_taken(call: Call) -> None:
    pattern = {"source": ["aws.sagemaker"], "detail": {"EndpointStatus": ["InService"]}}

    for name, more in {
        "commas": {"ScheduleExpression": "cron(0/5, 9-18, ?, *, MON-FRI, *)"},
        "status": {"EventPattern": json.dumps(pattern)},
    }.items():
        made = call("events", "put_rule", Name=name, **more)
        assert made["RuleArn"].endswith(f":{ACCOUNT}:rule/{name}")


def test_a_simulation_is_refused_as_to_a_caller_without_a_right_to_it(call: Call) -> None:
    """The SageMaker SDKs go on with a warning then, and end at every other answer."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/any"

    with pytest.raises(ClientError, match="perform: iam:SimulatePrincipalPolicy") as refused:
        call("iam", "simulate_principal_policy", PolicySourceArn=arn, ActionNames=["s3:GetObject"])

    assert refused.value.response["Error"]["Code"] == "AccessDenied"
