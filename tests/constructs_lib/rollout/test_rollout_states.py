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
        ("UPDATE_COMPLETE", "v1", "", "ReadVersion"),
        ("CREATE_COMPLETE", "", "", "ReadVersion"),
        ("UPDATE_ROLLBACK_COMPLETE", "v1", "", "ReadVersion"),
        ("UPDATE_COMPLETE", "v2", "", "LookAtEndpoint"),
        ("UPDATE_COMPLETE", "v2", "v2", "LookAtEndpoint"),
        ("UPDATE_ROLLBACK_COMPLETE", "v2", "v2", "LookAtEndpoint"),
        ("UPDATE_ROLLBACK_COMPLETE", "v1", "v2", "FindReason"),
        ("UPDATE_ROLLBACK_COMPLETE", "v0", "v1", "ReadVersion"),
        ("UPDATE_IN_PROGRESS", "v1", "", "Pause"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "v2", "v2", "Pause"),
        ("UPDATE_ROLLBACK_IN_PROGRESS", "v1", "v2", "Pause"),
        ("UPDATE_ROLLBACK_FAILED", "v1", "v2", "StackStuck"),
        ("ROLLBACK_COMPLETE", "", "", "StackBroken"),
        ("DELETE_FAILED", "v2", "", "StackBroken"),
        ("UPDATE_FAILED", "v1", "v2", "StackBroken"),
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

    assert seen(empty) | {"why": "", "token": ""} == {
        "token": "",
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
        ("Config-1", "RollingBack", "Pause"),
    ],
)
def test_in_service_on_the_old_configuration_is_no_success(
    serving: str, status: str, then: str
) -> None:
    choice = states()["IsItLive"]

    assert decide(choice, wanted="Config-2", serving=serving, endpointStatus=status) == then


@pytest.mark.parametrize(
    ("attempted", "reason", "then"),
    [
        ("v2", "", "Reject"),  # alarms leave no reason
        ("v2", "The primary container did not pass the ping health check.", "Reject"),
        ("v2", "Unable to provision: InsufficientInstanceCapacity error.", "NotifyFailure"),
        ("v2", "something new", "NotifyFailure"),
        ("", "", "NotifyFailure"),
    ],
)
def test_only_the_version_this_rollout_tried_is_rejected(
    attempted: str, reason: str, then: str
) -> None:
    choice = states()["WhoseVersion"]

    assert decide(choice, newest="v2", attempted=attempted, endpointReason=reason) == then


@pytest.mark.parametrize(
    ("status", "then"),
    [
        ("InService", "UpdateStack"),
        ("Failed", "UpdateStack"),
        ("UpdateRollbackFailed", "UpdateStack"),
        ("Updating", "Pause"),
        ("SystemUpdating", "Pause"),
        ("RollingBack", "Pause"),
        ("Creating", "Pause"),
        ("Unheard", "Pause"),
    ],
)
def test_an_endpoint_that_is_not_at_rest_is_waited_for(status: str, then: str) -> None:
    assert decide(states()["IsItAtRest"], endpointStatus=status) == then


def test_before_the_first_version_there_is_no_endpoint_to_look_at() -> None:
    choice = states()["IsThereAnEndpoint"]

    assert decide(choice, live="") == "UpdateStack"
    assert decide(choice, live="v1") == "LookBeforeUpdate"


# AWS's words; where they come from is said beside the sandbox that says them.
IN_PROGRESS = 'Cannot update in-progress endpoint "arn:aws:sagemaker:x:1:endpoint/churn".'
NO_INSTANCES = (
    "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error."
)
NO_QUOTA = (
    "The account-level service limit 'ml.m5.large for endpoint usage' is 0 Instances, with current "
    "utilization of 0 Instances and a request delta of 1 Instances."
)
NO_PING = (
    "The primary container for production variant AllTraffic did not pass the ping health check."
)


@pytest.mark.parametrize(
    ("cause", "then"),
    [
        (IN_PROGRESS, "CountWait"),
        (NO_INSTANCES, "CountWait"),
        (NO_QUOTA, "CountWait"),
        ("Rate exceeded (Service: SageMaker, Status Code: 400)", "CountWait"),
        ("ThrottlingException", "CountWait"),
        ("Internal Failure", "CountWait"),
        ("ServiceUnavailable", "CountWait"),
        (NO_PING, "Reject"),
        ("CannotStartContainerError. Please ensure the model container starts", "Reject"),
        ("Could not find model data at s3://bucket/model.tar.gz.", "Reject"),
        ("Requested image 1.dkr.ecr.x.amazonaws.com/models:v1 not found.", "Reject"),
        ("One or more alarms went into ALARM", "Reject"),
        ("not authorized to perform: sagemaker:UpdateEndpoint", "NotifyFailure"),
        ("Something that nobody ever saw", "NotifyFailure"),
    ],
)
def test_only_the_models_own_fault_rejects(cause: str, then: str) -> None:
    failure = {"Error": "RolledBack", "Cause": f"Stack x was rolled back ({cause})"}

    assert decide(states()["WhoseFault"], failure=failure) == then


def event(status: str, reason: str | None, token: str = "mine") -> dict[str, Any]:
    found = {"ResourceStatus": status, "ClientRequestToken": token}
    return found if reason is None else {**found, "ResourceStatusReason": reason}


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        (
            [
                event("UPDATE_ROLLBACK_COMPLETE", None),
                event("UPDATE_FAILED", "the rollback failed, too"),
                event("CREATE_FAILED", "Resource creation cancelled"),
                event("UPDATE_FAILED", NO_INSTANCES),
                event("UPDATE_IN_PROGRESS", "User Initiated"),
                event("UPDATE_FAILED", "an update of last week", "other"),
            ],
            NO_INSTANCES,
        ),
        ([event("UPDATE_FAILED", NO_PING)], NO_PING),
        ([event("UPDATE_FAILED", None)], "the stack's reason"),
        ([event("UPDATE_ROLLBACK_COMPLETE", None, "other")], "the stack's reason"),
    ],
)
def test_the_reason_is_the_first_failure_of_this_update(
    events: list[dict[str, Any]], reason: str
) -> None:
    assign = states()["FindReason"]["Assign"]

    found = value(
        assign,
        states={"result": {"StackEvents": events}},
        updateToken="mine",
        why="the stack's reason",
        status="UPDATE_ROLLBACK_COMPLETE",
    )

    assert found["failure"]["Cause"] == (
        f"Stack kiban-test-Inference-churn was rolled back to UPDATE_ROLLBACK_COMPLETE ({reason})"
    )


def test_an_update_carries_the_token_by_which_its_events_are_found() -> None:
    update = states()["UpdateStack"]

    assert value(update["Arguments"], token="t-1")["ClientRequestToken"] == "t-1"
    assert value(update["Assign"]["updateToken"], token="t-1") == "t-1"


def test_a_wait_tells_once_and_ends_within_an_hour_for_the_sweep_to_go_on() -> None:
    found = states()
    told = {"Error": "RolledBack", "Cause": NO_QUOTA}

    assert decide(found["IsItNews"], told="", failure=told) == "NotifyWaiting"
    assert decide(found["IsItNews"], told=NO_QUOTA, failure=told) == "MayWaitHere"
    assert decide(found["MayWaitHere"], waits=3) == "WaitForAws"
    assert decide(found["MayWaitHere"], waits=4) == "StillWaiting"
    seconds = [value(found["WaitForAws"]["Seconds"], waits=waits) for waits in (1, 2, 3)]
    assert seconds == [300, 600, 1200]
    message = value(found["NotifyWaiting"]["Arguments"]["Message"], newest="v2", failure=told)
    assert message.startswith("Version v2 stays approved and is not live yet. ")


def test_a_stuck_stack_is_told_with_the_command_that_mends_it() -> None:
    stuck = states()["StackStuck"]

    found = value(stuck["Assign"], status="UPDATE_ROLLBACK_FAILED", why=IN_PROGRESS)

    assert IN_PROGRESS in found["failure"]["Cause"]
    assert found["failure"]["Cause"].endswith(
        "aws cloudformation continue-update-rollback "
        "--stack-name kiban-test-Inference-churn --region us-east-1"
    )
    assert (found["attempted"], stuck["Next"]) == ("", "CountWait")


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


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        (None, ""),
        ({}, ""),
        ({"gate": "passed"}, ""),
        ({"gate": "passed", "schema_change": "5, not 13"}, " --changes-schema"),
        ({"gate": "passed", "schema_change": "x", "accepted_schema_change": "arn"}, ""),
        ({"gate": "refused: auc"}, ' --despite-gate "REASON"'),
        ({"gate": "refused: auc", "despite_gate": "why"}, ""),
        ({"gate": "unheard of"}, ' --despite-gate "REASON"'),
        (
            {"gate": "refused: auc", "schema_change": "x"},
            ' --changes-schema --despite-gate "REASON"',
        ),
    ],
)
def test_an_approval_without_its_words_does_not_go_live(
    facts: dict[str, str] | None, missing: str
) -> None:
    found = states()
    result = {} if facts is None else {"CustomerMetadataProperties": facts}

    assigned = value(found["ReadVersion"]["Assign"], states={"result": result})

    assert assigned == {"missing": missing}
    then = "WordMissing" if missing else "IsThereAnEndpoint"
    assert decide(found["HasItsWords"], missing=missing) == then


def test_a_missing_word_is_told_with_the_command_that_gives_it() -> None:
    told = value(states()["WordMissing"]["Assign"], missing=" --changes-schema", newest="g/7")

    assert told["failure"]["Cause"].endswith("./kiban approve churn 7 --env test --changes-schema")


@pytest.mark.parametrize(
    ("state", "error"), [("FindReason", "RolledBack"), ("StackStuck", "StackStuck")]
)
def test_a_failure_has_a_name_that_decides_whose_fault_it_is(state: str, error: str) -> None:
    assert states()[state]["Assign"]["failure"]["Error"] == error


def test_a_rollout_begins_with_nothing_tried_told_or_waited_for() -> None:
    assert states()["Begin"]["Assign"] == {
        **dict.fromkeys(("attempted", "updateToken", "told"), ""),
        **dict.fromkeys(("pauses", "waits"), 0),
        "outcome": "unchanged",
    }


@pytest.mark.parametrize("state", ["LookAgain", "TryAgain"])
def test_another_look_has_tried_nothing_and_pauses_shortly(state: str) -> None:
    assert states()[state]["Assign"] == {"attempted": "", "pauses": 0}


def test_an_update_is_remembered_as_tried_and_counts_its_pauses_anew() -> None:
    found = value(states()["UpdateStack"]["Assign"], newest="group/2", token="t-1")

    assert found == {"attempted": "group/2", "updateToken": "t-1", "pauses": 0}
    assert value(states()["CountPause"]["Assign"], pauses=2) == {"pauses": 3}
    assert value(states()["CountWait"]["Assign"], waits=2) == {"waits": 3}


@pytest.mark.parametrize(
    ("reason", "told"), [({}, ""), ({"FailureReason": "an alarm"}, "an alarm")]
)
def test_an_endpoint_is_remembered_with_what_it_serves_and_why(
    reason: dict[str, str], told: str
) -> None:
    answer = {"EndpointConfigName": "Config-1", "EndpointStatus": "InService", **reason}

    for state in ("LookBeforeUpdate", "LookAtEndpoint"):
        found = states()[state]
        assert found["Arguments"] == {"EndpointName": "kiban-test-churn"}
        assert value(found["Assign"], states={"result": answer}) == {
            "serving": "Config-1",
            "endpointStatus": "InService",
            "endpointReason": told,
        }


@pytest.mark.parametrize(
    ("state", "output"),
    [
        ("NothingApproved", {"Outcome": "nothing approved", "ModelPackageArn": ""}),
        ("Live", {"Outcome": "deployed", "ModelPackageArn": "group/2"}),
        ("StillWaiting", {"Outcome": "waiting", "ModelPackageArn": "group/2", "Reason": "why"}),
    ],
)
def test_a_rollout_ends_with_what_came_of_it(state: str, output: dict[str, str]) -> None:
    failure = {"Error": "RolledBack", "Cause": "why"}
    deployed = states()["Deployed"]["Assign"]

    found = value(states()[state]["Output"], newest="group/2", failure=failure, **deployed)

    assert found == output


def test_a_version_that_is_live_is_told_with_its_configuration() -> None:
    message = states()["NotifyLive"]["Arguments"]["Message"]

    assert value(message, newest="group/2", serving="Config-2") == "group/2 is live as Config-2"


@pytest.mark.parametrize(
    ("state", "error"), [("StackBroken", "StackBroken"), ("NotLive", "NotLive")]
)
def test_a_failure_that_ends_a_rollout_names_what_is_broken(state: str, error: str) -> None:
    found = value(states()[state]["Assign"], status="DELETE_FAILED", why="in use", wanted="C-2")

    assert found["failure"]["Error"] == error
    assert "kiban-test-" in found["failure"]["Cause"]
