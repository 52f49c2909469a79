"""Before a training: data version, image and champion."""

import json

import pytest

from tests.templates.expressions import decide, value
from tests.templates.model_stacks import model_stacks


@pytest.mark.parametrize(
    ("versions", "newest"),
    [
        ([], ""),
        ([3], "group/3"),
        ([9, 10, 2], "group/10"),
    ],
)
@pytest.mark.parametrize(
    ("purpose", "state"), [("workflow", "FindChampion"), ("rollout", "FindNewest")]
)
def test_the_newest_approved_version_is_the_one_with_the_highest_number(
    purpose: str, state: str, versions: list[int], newest: str
) -> None:
    answer = {
        "ModelPackageSummaryList": [
            {"ModelPackageArn": f"group/{number}", "ModelPackageVersion": number}
            for number in versions
        ]
    }
    assign = model_stacks().definition(purpose)["States"][state]["Assign"]

    (found,) = value(assign, states={"result": answer}).values()
    assert found == newest


def test_a_model_without_data_fails_and_says_what_to_do() -> None:
    states = model_stacks().definition("workflow")["States"]

    look = states["LookUpDataVersion"]
    ways = {error: catch["Next"] for catch in look["Catch"] for error in catch["ErrorEquals"]}
    assert ways == {
        "Ssm.ParameterNotFoundException": "NoDataVersion",
        "States.ALL": "NotifyFailure",
    }
    assert "Upload one" in states["NoDataVersion"]["Assign"]["failure"]["Cause"]
    assert look["Next"] == "CheckData"


@pytest.mark.parametrize(
    ("given", "then"),
    [({"DataVersion": "v1"}, "RememberDataVersion"), ({"Reason": "schedule"}, "LookUpDataVersion")],
)
def test_a_named_version_is_remembered_and_a_missing_one_looked_up(
    given: dict[str, str], then: str
) -> None:
    states = model_stacks().definition("workflow")["States"]
    variables = value(states["ReadInput"]["Assign"], states={"input": given})

    assert decide(states["DataVersionGiven"], **variables) == then
    assert variables["reason"] == given.get("Reason", "unknown")


def test_a_missing_image_is_built_and_a_present_one_is_not() -> None:
    state = model_stacks().definition("workflow")["States"]["FindImage"]

    ways = {error: catch["Next"] for catch in state["Catch"] for error in catch["ErrorEquals"]}
    assert ways == {"Ecr.ImageNotFoundException": "BuildImage", "States.ALL": "NotifyFailure"}
    assert state["Next"] == "FindChampion"


def failed_build(message: str) -> dict[str, str]:
    """Step Functions' failure of a build whose phase BUILD ended with this context."""
    spec = "failed and not the image: (exit 75)"
    context = {"StatusCode": "COMMAND_EXECUTION_ERROR", "Message": message}
    build = {"Phases": [{"Contexts": [context]}], "Source": {"Buildspec": spec}}
    return {"Error": "States.TaskFailed", "Cause": json.dumps({"Build": build})}


def test_a_build_that_a_registry_made_fail_is_tried_again_but_not_for_ever() -> None:
    states = model_stacks().definition("workflow")["States"]
    failure = failed_build("Error while executing command: build. Reason: exit status 75")

    (catch,) = states["BuildImage"]["Catch"]
    assert catch["Next"] == "WhyNoImage"
    assert decide(states["WhyNoImage"], failure=failure, registryWaits=0) == "WaitForRegistry"
    assert decide(states["WhyNoImage"], failure=failure, registryWaits=5) == "NotifyFailure"


@pytest.mark.parametrize(
    "failure",
    [
        failed_build("Error while executing command: build. Reason: exit status 1"),
        {"Error": "CodeBuild.AccountLimitExceededException", "Cause": "Cannot have more than 0"},
        # A timeout has no cause.
        {"Error": "States.Timeout", "Cause": ""},
    ],
)
def test_a_build_that_failed_for_another_reason_is_not_tried_again(failure: dict[str, str]) -> None:
    choice = model_stacks().definition("workflow")["States"]["WhyNoImage"]

    assert decide(choice, failure=failure, registryWaits=0) == "NotifyFailure"


def test_each_wait_for_a_registry_is_twice_as_long_as_the_one_before() -> None:
    states = model_stacks().definition("workflow")["States"]
    seconds, count = states["WaitForRegistry"]["Seconds"], states["CountRegistryWait"]["Assign"]

    waits = [value({"it": seconds}, registryWaits=number)["it"] for number in range(5)]
    assert waits == [60, 120, 240, 480, 960]
    assert value(count, registryWaits=2) == {"registryWaits": 3}


@pytest.mark.parametrize(
    ("purpose", "name"), [("workflow", "FindChampion"), ("rollout", "FindNewest")]
)
def test_the_newest_versions_are_asked_for_first_and_as_many_as_there_may_be(
    purpose: str, name: str
) -> None:
    arguments = model_stacks().definition(purpose)["States"][name]["Arguments"]

    assert (arguments["SortBy"], arguments["SortOrder"]) == ("CreationTime", "Descending")
    assert arguments["MaxResults"] == 100
    assert arguments["ModelApprovalStatus"] == "Approved"


def test_a_new_data_version_replaces_the_remembered_one() -> None:
    states = model_stacks().definition("workflow")["States"]

    assert states["RememberDataVersion"]["Arguments"]["Overwrite"] is True


def test_only_the_image_of_this_source_makes_a_build_needless() -> None:
    states = model_stacks().definition("workflow")["States"]
    found = states["FindImage"]

    (wanted,) = found["Arguments"]["ImageIds"]
    image = states["Train"]["Arguments"]["AlgorithmSpecification"]["TrainingImage"]
    assert image.endswith(f":{wanted['ImageTag']}")
    assert [one["Next"] for one in found["Catch"]] == ["BuildImage", "NotifyFailure"]


def test_a_workflow_begins_with_a_run_of_its_own_and_no_wait() -> None:
    begin = model_stacks().definition("workflow")["States"]["ReadInput"]["Assign"]
    first, second = (value(begin, states={"input": {}}) for _ in range(2))

    assert first["runId"] != second["runId"]
    assert {key: number for key, number in first.items() if key != "runId"} == {
        "dataVersion": "",
        "reason": "unknown",
        **dict.fromkeys(("capacityWaits", "registryWaits", "fallback"), 0),
    }


def test_a_data_version_is_remembered_where_it_is_looked_up() -> None:
    states = model_stacks().definition("workflow")["States"]
    put = value(states["RememberDataVersion"]["Arguments"], dataVersion="v1")
    look = states["LookUpDataVersion"]

    assert put == {
        "Name": "/newest-data/kiban-test/churn",
        "Value": "v1",
        "Type": "String",
        "Overwrite": True,
    }
    assert look["Arguments"] == {"Name": put["Name"]}
    found = value(look["Assign"], states={"result": {"Parameter": {"Value": "v1"}}})
    assert found == {"dataVersion": "v1"}
