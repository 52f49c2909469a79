from typing import Any

import pytest

from tests.templates.expressions import decide, value
from tests.templates.model_stacks import model_stacks


def states() -> dict[str, Any]:
    return dict(model_stacks().definition("rollout")["States"])


def seen(stack: dict[str, Any]) -> dict[str, Any]:
    """What the rollout remembers of a DescribeStacks answer."""
    return dict(value(states()["LookAtStack"]["Assign"], states={"result": {"Stacks": [stack]}}))


STACK = {
    "StackStatus": "UPDATE_COMPLETE",
    "Parameters": [
        {"ParameterKey": "ModelPackageArn", "ParameterValue": "group/1"},
        {"ParameterKey": "BootstrapVersion", "ParameterValue": "/cdk-bootstrap/x/version"},
    ],
    "Outputs": [{"OutputKey": "EndpointConfigName", "OutputValue": "Config-1"}],
}


@pytest.mark.parametrize(
    ("status", "live", "attempted", "then"),
    [
        ("UPDATE_COMPLETE", "v1", "", "UpdateStack"),
        ("CREATE_COMPLETE", "", "", "UpdateStack"),
        ("UPDATE_ROLLBACK_COMPLETE", "v1", "", "UpdateStack"),
        ("UPDATE_COMPLETE", "v2", "", "LookAtEndpoint"),
        ("UPDATE_COMPLETE", "v2", "v2", "LookAtEndpoint"),
        ("UPDATE_ROLLBACK_COMPLETE", "v2", "v2", "LookAtEndpoint"),
        ("UPDATE_ROLLBACK_COMPLETE", "v1", "v2", "RolledBack"),
        ("UPDATE_ROLLBACK_COMPLETE", "v0", "v1", "UpdateStack"),
        ("UPDATE_IN_PROGRESS", "v1", "", "Pause"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "v2", "v2", "Pause"),
        ("UPDATE_ROLLBACK_IN_PROGRESS", "v1", "v2", "Pause"),
        ("UPDATE_ROLLBACK_FAILED", "v1", "v2", "StackStuck"),
        ("ROLLBACK_COMPLETE", "", "", "StackStuck"),
        ("DELETE_FAILED", "v2", "", "StackStuck"),
    ],
)
def test_the_stack_decides_what_comes_next(
    status: str, live: str, attempted: str, then: str
) -> None:
    choice = states()["WhatNext"]

    assert decide(choice, newest="v2", status=status, live=live, attempted=attempted) == then


def test_an_update_keeps_every_other_parameter_and_the_template() -> None:
    update = value(states()["UpdateStack"]["Arguments"], newest="group/2", **seen(STACK))

    assert update["UsePreviousTemplate"] is True
    assert update["StackName"] == "kiban-test-Inference-churn"
    assert update["Parameters"] == [
        {"ParameterKey": "ModelPackageArn", "ParameterValue": "group/2"},
        {"ParameterKey": "BootstrapVersion", "UsePreviousValue": True},
    ]
    assert not {"TemplateBody", "TemplateURL", "RoleARN"} & set(update)


def test_a_stack_without_a_model_is_understood() -> None:
    empty = {
        "StackStatus": "CREATE_COMPLETE",
        "Parameters": [{"ParameterKey": "ModelPackageArn", "ParameterValue": ""}],
    }

    assert seen(empty) | {"why": ""} == {
        "status": "CREATE_COMPLETE",
        "why": "",
        "live": "",
        "others": [],
        "wanted": "",
    }


@pytest.mark.parametrize(
    ("message", "then"),
    [
        ("No updates are to be performed. (Service: CloudFormation)", "LookAtEndpoint"),
        ("Stack:arn is in UPDATE_IN_PROGRESS state and can not be updated.", "Pause"),
        ("Rate exceeded", "Pause"),
        ("Throttling: slow down", "Pause"),
        ("User is not authorized to perform cloudformation:UpdateStack", "NotifyFailure"),
    ],
)
def test_a_refused_update_is_judged_by_its_message(message: str, then: str) -> None:
    failure = {"Error": "CloudFormation.CloudFormationException", "Cause": message}

    assert decide(states()["WhyNotUpdated"], failure=failure) == then


@pytest.mark.parametrize(
    ("serving", "status", "then"),
    [
        ("Config-2", "InService", "DidItChange"),
        ("Config-1", "InService", "NotLive"),
        ("Config-1", "Failed", "NotLive"),
        ("Config-1", "Updating", "Pause"),
        ("Config-1", "SystemUpdating", "Pause"),
    ],
)
def test_in_service_on_the_old_configuration_is_no_success(
    serving: str, status: str, then: str
) -> None:
    choice = states()["IsItLive"]

    assert decide(choice, wanted="Config-2", serving=serving, endpointStatus=status) == then


def test_only_the_version_this_rollout_tried_is_rejected() -> None:
    choice = states()["WhoseFault"]

    assert decide(choice, newest="v2", attempted="v2") == "Reject"
    assert decide(choice, newest="v2", attempted="") == "NotifyFailure"


def test_a_rejected_version_says_why_and_the_rollout_looks_again() -> None:
    found = states()

    told = value(
        found["Reject"]["Arguments"],
        attempted="group/2",
        failure={"Error": "RolledBack", "Cause": "Stack x was\nrolled back"},
    )
    assert told == {
        "ModelPackageArn": "group/2",
        "ModelApprovalStatus": "Rejected",
        "ApprovalDescription": "Stack x was rolled back",
    }
    assert found["NotifyRejected"]["Next"] == "LookAgain"
    assert found["LookAgain"]["Next"] == "FindNewest"


def test_without_an_approved_version_what_is_live_stays() -> None:
    found = states()

    assert decide(found["AnyApproved"], newest="") == "NothingApproved"
    assert found["NothingApproved"]["Type"] == "Succeed"


def test_every_pause_ends_with_another_look_at_what_is_newest() -> None:
    found = states()

    assert found["Pause"]["Next"] == "CountPause"
    assert found["CountPause"]["Next"] == "FindNewest"


def test_a_day_of_waiting_fits_into_the_history() -> None:
    pause = states()["Pause"]["Seconds"]
    waited, pauses = 0, 0
    while waited < 970 * 60:  # the longest update of an endpoint that CloudFormation waits for
        waited += value(pause, pauses=pauses)
        pauses += 1

    assert value(pause, pauses=0) <= 10
    assert pauses * 22 < 25_000


def test_people_hear_of_a_change_but_not_of_an_hourly_look() -> None:
    choice = states()["DidItChange"]

    assert decide(choice, attempted="v2") == "NotifyLive"
    assert decide(choice, attempted="") == "Live"


def test_a_rollout_changes_the_version_and_nothing_else_of_the_stack() -> None:
    arguments = states()["UpdateStack"]["Arguments"]

    assert arguments["UsePreviousTemplate"] is True
    assert arguments["Capabilities"] == ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]
    assert "TemplateBody" not in arguments and "TemplateURL" not in arguments
