"""What CloudFormation's answer to a change set means for a plan, by hand-made answers."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cfn.assembly import StackArtifact
from cli.aws.connection import Connection
from cli.environments.environment import Environment
from cli.planning import change_sets, deployment_planning
from cli.planning.change_sets import ChangeSets
from config.loader import load_environment
from reviewer.plan.verdict import ChangeSetAnswer
from tests.cli.service import Service, refused

CHANGE = {"ResourceChange": {"LogicalResourceId": "Data", "Action": "Modify"}}


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between two looks, which take no time here."""
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    return waits


def artifact(folder: Path, *, role: str = "", letters: int = 0) -> StackArtifact:
    template = {
        "Resources": {},
        "Parameters": {"Own": {}, "Kept": {}, "New": {}},
        "Description": "x" * letters,
    }
    (folder / "S.template.json").write_text(json.dumps(template))
    asset = {
        "source": {"path": "S.template.json"},
        "destinations": {"here": {"bucketName": "b-${AWS::Region}", "objectKey": "k.json"}},
    }
    other = {"source": {"path": "other"}, "destinations": {}}
    (folder / "S.assets.json").write_text(json.dumps({"files": {"o": other, "a": asset}}))
    return StackArtifact(
        *("S", "S", "", "", folder, "S.template.json", "", {"Own": "1"}, {"t": "v"}, False, ()),
        deploy_role=role,
    )


def asked(
    folder: Path, *states: dict[str, Any], created: Any = None, events: Any = None, **more: Any
) -> tuple[ChangeSetAnswer, Service]:
    stack = {"Parameters": [{"ParameterKey": "Kept"}, {"ParameterKey": "Gone"}]}
    service = Service(
        describe_stacks=[{"Stacks": [stack]}],
        create_change_set=[created],
        describe_change_set=[*states, {"Status": "CREATE_COMPLETE", "Changes": [CHANGE]}],
        describe_events=[events],
        delete_change_set=[None],
    )

    class S3(Service):
        def generate_presigned_url(self, operation: str, Params: dict[str, str]) -> str:
            return f"https://{Params['Bucket']}/{Params['Key']}?secret"

    s3 = S3(put_object=[None])
    sets = ChangeSets(service, lambda role: s3, {"${AWS::Region}": "r"}, 0.5)
    (answer,) = sets.ask([artifact(folder, **more)])
    return answer, service


def test_a_change_set_is_waited_for_read_and_deleted(tmp_path: Path, waited: list[float]) -> None:
    states = [{"Status": "CREATE_PENDING"}, {"Status": "CREATE_COMPLETE"}]

    answer, service = asked(tmp_path, *states)

    assert answer == ChangeSetAnswer(changes={"Data": CHANGE["ResourceChange"]})
    assert waited == [0.5]
    (created,) = [one for one in service.given if "ChangeSetType" in one]
    assert created["Parameters"] == [
        {"ParameterKey": "Own", "ParameterValue": "1"},
        {"ParameterKey": "Kept", "UsePreviousValue": True},
    ]
    assert (created["ChangeSetType"], created["Tags"]) == ("UPDATE", [{"Key": "t", "Value": "v"}])
    assert {*created["Capabilities"]} == {
        "CAPABILITY_IAM",
        "CAPABILITY_NAMED_IAM",
        "CAPABILITY_AUTO_EXPAND",
    }
    # The last call takes it away again.
    assert service.given[-1] == {key: created[key] for key in ("StackName", "ChangeSetName")}


@pytest.mark.parametrize(
    ("reason", "answer"),
    [
        ("The submitted information didn't contain changes.", ChangeSetAnswer()),
        ("No updates are to be performed.", ChangeSetAnswer()),
        (
            "No export named e found.",
            ChangeSetAnswer(
                unasked="it needs a stack that is deployed before it (No export named e found.)"
            ),
        ),
        (
            "No output named o.",
            ChangeSetAnswer(
                unasked="it needs a stack that is deployed before it (No output named o.)"
            ),
        ),
        ("It is wrong.", ChangeSetAnswer(refused="It is wrong.")),
    ],
)
def test_a_change_set_that_fails_means_one_of_three_things(
    reason: str, answer: ChangeSetAnswer, tmp_path: Path
) -> None:
    failed = {"Status": "FAILED", "StatusReason": reason}

    assert asked(tmp_path, failed)[0] == answer
    assert asked(tmp_path, created=refused("ValidationError", reason))[0] == answer
    # What is refused for another reason than the template says nothing about it.
    throttled = asked(tmp_path, created=refused("Throttling", reason))[0]
    assert throttled == ChangeSetAnswer(unasked=reason)


EARLY = (
    "The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To "
    "troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure "
    "information."
)
TAKEN = {
    "EventType": "VALIDATION_ERROR",
    "LogicalResourceId": "Logs",
    "ValidationStatusReason": "Resource of type 'T' with identifier '/x' already exists.",
}


@pytest.mark.parametrize(
    ("events", "told"),
    [
        (
            {"OperationEvents": [{"EventType": "STACK_EVENT"}, TAKEN]},
            "Logs: Resource of type 'T' with identifier '/x' already exists.",
        ),
        ({"OperationEvents": []}, EARLY),
        (refused("AccessDenied", "not yours"), f"{EARLY} It cannot be read here: not yours"),
    ],
)
def test_what_cloudformation_validates_early_is_told_resource_by_resource(
    events: Any, told: str, tmp_path: Path
) -> None:
    failed = {"Status": "FAILED", "StatusReason": EARLY}

    answer, service = asked(tmp_path, failed, events=events)

    assert answer == ChangeSetAnswer(refused=told)
    (given,) = [one for one in service.given if "Filters" in one]
    assert given["Filters"] == {"FailedEvents": True}
    assert given["ChangeSetName"].startswith("kiban-plan-")


def test_a_change_set_that_does_not_end_is_given_up_and_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waited: list[float]
) -> None:
    monkeypatch.setattr(change_sets, "_TIMEOUT_SECONDS", -1.0)

    answer, service = asked(tmp_path, {"Status": "CREATE_PENDING"})

    assert answer == ChangeSetAnswer(unasked="no change set after -1 s")
    assert waited == []
    assert [*service.given[-1]] == ["StackName", "ChangeSetName"]


def test_a_template_that_is_too_long_for_a_request_lies_in_the_bucket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = len(json.dumps(artifact(tmp_path).template(), separators=(",", ":")))
    monkeypatch.setattr(change_sets, "_MOST_LETTERS", size)

    def given(**more: Any) -> dict[str, Any]:
        _, service = asked(tmp_path, **more)
        (created,) = [one for one in service.given if "ChangeSetType" in one]
        return created

    assert "TemplateBody" in given()
    assert given(letters=1)["TemplateURL"] == "https://b-r/k.json"


ROLE = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/deploy-${AWS::Region}"


@pytest.mark.parametrize(
    ("code", "role", "assumed"),
    [
        (None, ROLE, False),
        ("AccessDenied", ROLE, True),
        ("AccessDenied", "", None),
        ("Throttling", ROLE, None),
    ],
)
def test_who_may_not_look_looks_as_the_role_that_deploys(
    code: str | None, role: str, assumed: bool | None, tmp_path: Path
) -> None:
    answer: Any = refused(code) if code else {"Stacks": []}
    identity = {"Account": "1", "Arn": "arn:aws-cn:iam::1:user/x"}
    service = Service(describe_stacks=[answer], get_caller_identity=[identity])

    class Here(Environment):
        def aws(self, name: str) -> Any:
            return service

    env = Here(load_environment("dev"), Connection("us-east-1"))
    artifacts = [artifact(tmp_path), artifact(tmp_path, role=role)]
    if assumed is None:
        with pytest.raises(ClientError, match=str(code)):
            deployment_planning._in_deploy_role(env, artifacts)
        return
    found = deployment_planning._in_deploy_role(env, artifacts)
    expected = "arn:aws-cn:iam::1:role/deploy-us-east-1" if assumed else None
    assert found.connection.role == expected
