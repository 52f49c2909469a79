"""Which definitions of a state machine are refused before they are kept."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.iam import role_check
from sandbox.state import context
from sandbox.state.stores import Place
from sandbox.stepfunctions import definitions
from sandbox.stepfunctions.definitions import InvalidDefinition, NoManagedRule, NotEmulated

HERE = Place("123456789012", "eu-west-1")
SDK, OPTIMISED = "arn:aws:states:::aws-sdk:", "arn:aws:states:::"


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """What was required of the role."""
    found: list[tuple[str, str, str]] = []

    def require(role: str, action: str, resources: list[str]) -> None:
        found.append((role, action, *resources))  # type: ignore[arg-type]
        if role == "none":
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, action)
        if role == "bug":
            raise KeyError

    monkeypatch.setattr(role_check, "require", require)
    monkeypatch.setattr(context, "current", lambda: SimpleNamespace(url="http://127.0.0.1:1"))
    return found


def task(resource: str = f"{SDK}s3:getObject", **more: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": resource, **more}


def check(role: str = "role", **states: Any) -> None:
    definitions.check(json.dumps({"States": states}), role, HERE)


@pytest.mark.parametrize("text", ["no JSON", "{}", '{"States": {}}'])
def test_what_holds_no_state_is_left_to_the_interpreter(text: str) -> None:
    definitions.check(text, "role", HERE)


@pytest.mark.parametrize(
    "state",
    [
        task(Parameters={"Bucket": "b", "Key.$": "$.k"}),
        task(Arguments={"bucket": "b"}),
        task(Arguments="{% $states.input %}"),
        task(f"{SDK}s3:listBuckets"),
        task(f"{SDK}sfn:startExecution.sync:2", Parameters={"StateMachineArn": "a"}),
        task(f"{OPTIMISED}sns:publish", Parameters={"Nobody": 1}),
        {"Type": "Pass", "Resource": f"{SDK}s3:fly"},
    ],
)
def test_a_call_that_exists_is_taken(state: dict[str, Any]) -> None:
    check(A=state)


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        (f"{SDK}sagemaker:createPipeline", "sagemaker:CreatePipeline"),
        (f"{SDK}athena:startQueryExecution", "athena:StartQueryExecution"),
        (f"{OPTIMISED}sagemaker:createLabelingJob.sync", "sagemaker:CreateLabelingJob"),
        (f"{OPTIMISED}lambda:invoke", "lambda:Invoke"),
        (f"{OPTIMISED}http:invoke", "http:invoke"),
        (f"{OPTIMISED}sagemaker:fly", "sagemaker:fly"),
        ("arn:aws:lambda:eu-west-1:123456789012:function:f", "lambda:Invoke"),
        ("arn:aws:states:eu-west-1:123456789012:activity:a", "states:Invoke"),
        ("", ":Invoke"),
    ],
)
def test_a_call_that_does_not_answer_here_is_refused_by_its_name(resource: str, name: str) -> None:
    with pytest.raises(NotEmulated, match=rf"{name}.* called at /States/A/Resource"):
        check(A=task(resource))


@pytest.mark.parametrize("resource", ["s3:fly", "nobody:getObject", "s3"])
def test_a_call_that_does_not_exist_is_refused_with_its_place(resource: str) -> None:
    with pytest.raises(InvalidDefinition, match=r"is not recognized.*at /States/A/Resource"):
        check(A=task(SDK + resource))


TAGGED = f"{SDK}s3:putBucketTagging"


@pytest.mark.parametrize(
    ("states", "where"),
    [
        ({"A": task(Parameters={"Color": 1})}, "/States/A/Parameters"),
        ({"A": task(Arguments={"Color": 1})}, "/States/A/Arguments"),
        (
            {"A": task(TAGGED, Arguments={"Tagging": {"TagSet": [{"Key": "k"}, {"Color": 1}]}})},
            r"/States/A/Arguments/Tagging/TagSet\[1\]",
        ),
        (
            {"A": {"Type": "Map", "ItemProcessor": {"States": {"B": task(Arguments={"C": 1})}}}},
            "/States/A/ItemProcessor/States/B/Arguments",
        ),
        (
            {"A": {"Type": "Map", "Iterator": {"States": {"B": task(Arguments={"C": 1})}}}},
            "/States/A/Iterator/States/B/Arguments",
        ),
        (
            {
                "A": {
                    "Type": "Parallel",
                    "Branches": [{"States": {}}, {"States": {"B": task(Arguments={"C": 1})}}],
                }
            },
            r"/States/A/Branches\[1\]/States/B/Arguments",
        ),
    ],
)
def test_a_parameter_that_an_api_does_not_have_is_refused_with_its_place(
    states: dict[str, Any], where: str
) -> None:
    with pytest.raises(InvalidDefinition, match=f'is not supported by Step Functions, at {where}"'):
        check(**states)


@pytest.mark.parametrize(
    ("action", "rule"),
    [
        ("sagemaker:createTrainingJob", "StepFunctionsGetEventsForSageMakerTrainingJobsRule"),
        ("sagemaker:createProcessingJob", "StepFunctionsGetEventsForSageMakerProcessingJobsRule"),
        ("sagemaker:createTransformJob", "StepFunctionsGetEventsForSageMakerTransformJobsRule"),
        ("codebuild:startBuild", "StepFunctionsGetEventForCodeBuildStartBuildRule"),
    ],
)
def test_a_state_that_waits_needs_its_managed_rule(
    action: str, rule: str, asked: list[Any]
) -> None:
    check(A=task(f"{OPTIMISED}{action}"), B=task(f"{OPTIMISED}sns:publish.sync"))
    assert asked == []

    check(A=task(f"{OPTIMISED}{action}.sync"))

    arn = f"arn:aws:events:eu-west-1:123456789012:rule/{rule}"
    actions = ["PutTargets", "PutRule", "DescribeRule"]
    assert asked == [("role", f"events:{one}", arn) for one in actions]


def test_a_role_that_may_not_make_the_rule_is_refused_and_a_bug_is_not_hidden() -> None:
    state = task(f"{OPTIMISED}codebuild:startBuild.sync")

    with pytest.raises(NoManagedRule, match=r"'none' is not authorized .* not you"):
        check("none", A=state)
    with pytest.raises(KeyError):
        check("bug", A=state)
