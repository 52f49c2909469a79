import json
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from tests.templates.expressions import SAMPLE, value
from tests.templates.model_stacks import environment_stacks, flat, model_stacks

MACHINES = ("workflow", "intake", "rollout")
SPOT = {"training": {"spot": True, "triggers": {"alarms": ["drift"]}}}
# What an optimised integration calls; the others name service and action themselves.
OPTIMISED = {
    "codebuild:startBuild.sync": ("codebuild", "StartBuild"),
    "sagemaker:createTrainingJob.sync": ("sagemaker", "CreateTrainingJob"),
    "sagemaker:createProcessingJob.sync": ("sagemaker", "CreateProcessingJob"),
    "sns:publish": ("sns", "Publish"),
}
BOTO_NAMES = {"sfn": "stepfunctions"}
EVENT = {
    "id": "17793124-05d4-b198-2fde-7ededc63b103",
    "source": "aws.s3",
    "detail": {
        "bucket": {"name": "data"},
        "object": {"key": "churn/v1/_READY", "version-id": "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e"},
        "alarmName": "drift",
    },
}


def states(purpose: str, **churn: Any) -> dict[str, Any]:
    return dict(model_stacks(**churn).definition(purpose)["States"])


def followers(state: dict[str, Any]) -> set[str]:
    found = {state[key] for key in ("Next", "Default") if key in state}
    for branch in (*state.get("Choices", []), *state.get("Catch", [])):
        found.add(branch["Next"])
    return found


def called(resource: str) -> tuple[str, str]:
    """Service and operation of a Task, as boto3 names them."""
    rest = resource.removeprefix("arn:aws:states:::")
    if rest in OPTIMISED:
        return OPTIMISED[rest]
    _, service, action = rest.split(":")
    return BOTO_NAMES.get(service, service), action[0].upper() + action[1:]


@pytest.mark.parametrize("purpose", MACHINES)
def test_every_state_is_reached_and_every_way_leads_somewhere(purpose: str) -> None:
    definition = model_stacks(**SPOT).definition(purpose)
    seen, open_ends = set[str](), {definition["StartAt"]}
    while open_ends:
        name = open_ends.pop()
        seen.add(name)
        open_ends |= followers(definition["States"][name]) - seen

    assert seen == set(definition["States"])
    for name, state in definition["States"].items():
        assert followers(state) or state["Type"] in ("Succeed", "Fail"), name


@pytest.mark.parametrize("purpose", MACHINES)
def test_every_execution_ends_some_day(purpose: str) -> None:
    definition = model_stacks(**SPOT).definition(purpose)

    assert definition["TimeoutSeconds"] <= 90 * 86_400
    for name, state in definition["States"].items():
        assert not state.get("Resource", "").endswith(".sync") or "TimeoutSeconds" in state, name


@pytest.mark.parametrize("purpose", ("workflow", "rollout"))
def test_every_failure_is_notified(purpose: str) -> None:
    for name, state in states(purpose).items():
        if state["Type"] == "Task":
            caught = [error for catch in state["Catch"] for error in catch["ErrorEquals"]]
            assert "States.ALL" in caught, name


def test_no_failure_ends_without_a_notification() -> None:
    for purpose in ("workflow", "rollout"):
        found = states(purpose)
        fails = {name for name, state in found.items() if state["Type"] == "Fail"}
        before = {name for name, state in found.items() if followers(state) & fails}
        assert before == {"NotifyFailure"}


@pytest.mark.parametrize("purpose", MACHINES)
def test_a_busy_service_is_asked_again_with_jitter(purpose: str) -> None:
    # UpdateStack is the exception: its refusals share one name, and a Choice reads the message.
    for name, state in states(purpose).items():
        if state["Type"] == "Task" and name != "UpdateStack":
            assert state["Retry"], name
            assert {retrier["JitterStrategy"] for retrier in state["Retry"]} == {"FULL"}, name


@pytest.mark.parametrize("private", (False, True), ids=("managed", "private"))
@pytest.mark.parametrize("purpose", MACHINES)
def test_every_call_has_parameters_the_api_takes(purpose: str, private: bool) -> None:
    stacks = environment_stacks(
        network={"mode": "private" if private else "managed"}, models={"churn": SPOT}
    )
    tasks = [s for s in stacks.definition(purpose)["States"].values() if s["Type"] == "Task"]

    assert tasks
    for state in tasks:
        service, operation = called(state["Resource"])
        arguments = value(state["Arguments"], states={"input": EVENT}, champion="s3://b/k")
        shape = input_shape(service, operation)
        report = ParamValidator().validate(as_api(arguments, shape), shape)
        assert not report.has_errors(), f"{operation}: {report.generate_report()}"


@cache
def service_model(service: str) -> ServiceModel:
    """botocore's description of a service; reading SageMaker's takes longer than a test."""
    return botocore.session.get_session().get_service_model(service)


def input_shape(service: str, operation: str) -> Any:
    return service_model(service).operation_model(operation).input_shape


def as_api(given: Any, shape: Any) -> Any:
    """Step Functions writes PascalCase everywhere and takes JSON where the API takes its text."""
    if shape.type_name == "structure" and isinstance(given, dict):
        names = {member.lower(): member for member in shape.members}
        return {
            names.get(key.lower(), key): as_api(
                item, shape.members[names[key.lower()]] if key.lower() in names else shape
            )
            for key, item in given.items()
        }
    if shape.type_name == "list":
        return [as_api(item, shape.member) for item in given]
    if shape.type_name == "string" and isinstance(given, dict):
        return json.dumps(given)
    return given


def test_a_call_with_an_unknown_parameter_is_noticed() -> None:
    shape = input_shape("ssm", "GetParameter")

    assert ParamValidator().validate(as_api({"Nmae": "x"}, shape), shape).has_errors()


@pytest.mark.parametrize("purpose", MACHINES)
def test_machines_are_traced_logged_and_encrypted(purpose: str) -> None:
    machines = model_stacks().trained("AWS::StepFunctions::StateMachine")
    (machine,) = [
        m["Properties"]
        for m in machines
        if m["Properties"]["StateMachineName"] == f"kiban-test-churn-{purpose}"
    ]

    assert machine["TracingConfiguration"] == {"Enabled": True}
    assert machine["EncryptionConfiguration"]["Type"] == "CUSTOMER_MANAGED_KMS_KEY"
    logging = machine["LoggingConfiguration"]
    assert (logging["Level"], logging["IncludeExecutionData"]) == ("ALL", False)
    names = [g["Properties"]["LogGroupName"] for g in model_stacks().trained("AWS::Logs::LogGroup")]
    assert f"/aws/vendedlogs/states/kiban-test-churn-{purpose}" in names


def test_samples_cover_every_variable_the_machines_set() -> None:
    for purpose in MACHINES:
        for name, state in states(purpose, **SPOT).items():
            assert set(state.get("Assign", {})) <= set(SAMPLE), name


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
@pytest.mark.parametrize("purpose", MACHINES)
def test_a_machine_calls_the_integrations_of_its_own_partition(
    purpose: str, region: str, partition: str
) -> None:
    stacks = environment_stacks(platform={"region": region})

    for state in stacks.definition(purpose)["States"].values():
        if state["Type"] == "Task":
            assert state["Resource"].startswith(f"arn:{partition}:states:::")
    assert "arn:aws:" not in str(stacks.training) + str(stacks.inference)


@pytest.mark.parametrize("purpose", MACHINES)
def test_every_machine_speaks_jsonata_and_keeps_its_history(purpose: str) -> None:
    (machine,) = [
        body["Properties"]
        for body in model_stacks().trained("AWS::StepFunctions::StateMachine")
        if body["Properties"]["StateMachineName"].endswith(purpose)
    ]

    assert model_stacks().definition(purpose)["QueryLanguage"] == "JSONata"
    assert machine["StateMachineType"] == "STANDARD"
    assert machine["EncryptionConfiguration"]["KmsDataKeyReusePeriodSeconds"] == 300
    (destination,) = machine["LoggingConfiguration"]["Destinations"]
    arn = destination["CloudWatchLogsLogGroup"]["LogGroupArn"]["Fn::GetAtt"]
    assert arn[0].lower().startswith(f"{purpose}machinelogs")


@pytest.mark.parametrize("purpose", MACHINES)
@pytest.mark.parametrize("metric", ["ExecutionsFailed", "ExecutionsTimedOut"])
def test_the_first_failed_execution_of_a_machine_alarms(purpose: str, metric: str) -> None:
    (alarm,) = [
        body["Properties"]
        for body in model_stacks().trained("AWS::CloudWatch::Alarm")
        if body["Properties"]["MetricName"] == metric
        and body["Properties"]["AlarmDescription"].startswith(f"kiban-test-churn-{purpose}:")
    ]

    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert (alarm["Threshold"], alarm["EvaluationPeriods"], alarm["Period"]) == (1, 1, 300)
    assert (alarm["Namespace"], alarm["Statistic"]) == ("AWS/States", "Sum")
    (dimension,) = alarm["Dimensions"]
    assert dimension["Name"] == "StateMachineArn"
    assert flat(dimension["Value"]).lower().startswith(f"<{purpose}machine")


@pytest.mark.parametrize(
    ("purpose", "comment"),
    [
        ("workflow", "Trains churn and registers what comes out"),
        ("intake", "One event, one training of churn"),
        ("rollout", "The live model is the newest approved version"),
    ],
)
def test_a_machine_says_what_it_is_for(purpose: str, comment: str) -> None:
    assert model_stacks().definition(purpose)["Comment"] == comment
