"""CloudFormation's operations as a client calls them."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from moto.cloudformation.exceptions import CloudFormationError
from moto.core.responses import ActionResult, BaseResponse

from sandbox.cloudformation.api import Response
from sandbox.cloudformation.checks.capabilities import InsufficientCapabilities
from sandbox.cloudformation.errors import TemplateError
from sandbox.cloudformation.operations import AlreadyExists
from sandbox.handlers.resource import ResourceError
from sandbox.state import clients, context
from tests.sandbox.cloudformation.local import Local, body

SHARED = {"Out": {"Value": "v", "Export": {"Name": "shared"}}}
ONE, TWO = body(A={}, outputs=SHARED), body(A={"X": 1}, outputs=SHARED)
NEVER = {
    "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
    "Resources": {"A": {"Type": "AWS::X::Thing", "Condition": "Never"}},
}


class Asked(Response):
    """A request with these parameters to an account."""

    current_account, region = "111122223333", "us-east-1"

    def __init__(self, local: Local, **parameters: Any) -> None:
        self.local, self.parameters = local, parameters

    @property
    def _backend(self) -> Any:
        return self.local

    def _get_param(self, name: str, default: Any = None) -> Any:
        return self.parameters.get(name, default)

    def _get_bool_param(self, name: str, default: Any = None) -> Any:
        return self.parameters.get(name, default)


def ask(local: Local, operation: str, **parameters: Any) -> Any:
    return getattr(Asked(local, **parameters), operation)().result


def text(template: dict[str, Any]) -> str:
    return json.dumps(template)


@pytest.fixture
def local() -> Local:
    """An account with the stacks `app` and `other`."""
    found = Local()
    ask(found, "create_stack", StackName="app", TemplateBody=text(ONE))
    importing = body(B={"Of": {"Fn::ImportValue": "shared"}})
    ask(found, "create_stack", StackName="other", TemplateBody=text(importing))
    found.done()
    return found


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AlreadyExists("a"), "AlreadyExistsException"),
        (InsufficientCapabilities("a"), "InsufficientCapabilitiesException"),
        (ResourceError("a"), "ValidationError"),
        (TemplateError("a"), "ValidationError"),
    ],
)
def test_a_refusal_has_the_code_of_cloudformation(
    error: Exception, code: str, local: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Any) -> None:
        raise error

    said: list[Any] = []

    def serialized(self: Any, result: ActionResult) -> Any:
        said.append(result.result)
        return 400, {}, "body"

    monkeypatch.setattr(BaseResponse, "call_action", refuse)
    monkeypatch.setattr(Response, "serialized", serialized)

    assert Asked(local).call_action() == (400, {"status": "400"}, "body")
    assert isinstance(said[0], CloudFormationError)
    assert code in str(vars(said[0]))


def test_a_bug_is_no_refusal(local: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Any) -> None:
        raise MemoryError("a bug")

    monkeypatch.setattr(BaseResponse, "call_action", fail)

    with pytest.raises(MemoryError):
        Asked(local).call_action()


def test_stacks_are_described_all_or_one_and_listed_by_status(local: Local) -> None:
    def names(operation: str, key: str, **parameters: Any) -> list[str]:
        return [one["StackName"] for one in ask(local, operation, **parameters)[key]]

    assert names("describe_stacks", "Stacks") == ["app", "other"]
    assert names("describe_stacks", "Stacks", StackName="app") == ["app"]
    ask(local, "delete_stack", StackName="other")

    assert names("describe_stacks", "Stacks") == ["app"]
    listed = ("list_stacks", "StackSummaries")
    assert names(*listed) == ["app", "other"]
    assert names(*listed, StackStatusFilter=["DELETE_COMPLETE"]) == ["other"]
    assert names(*listed, StackStatusFilter=["CREATE_COMPLETE", "X"]) == ["app"]


@pytest.mark.parametrize("protected", [True, False])
def test_protection_is_set_when_a_stack_is_made_and_later(protected: bool) -> None:
    local = Local()
    flag = {"EnableTerminationProtection": protected}
    ask(local, "create_stack", StackName="app", TemplateBody=text(ONE), **flag)
    assert local.existing("app").is_protected is protected

    ask(local, "update_termination_protection", StackName="app")
    assert local.existing("app").is_protected is False
    ask(local, "update_termination_protection", StackName="app", **flag)
    assert local.existing("app").is_protected is protected


def test_a_resource_is_described_alone_or_with_the_others(local: Local) -> None:
    found = ask(local, "describe_stack_resources", StackName="app")["StackResources"]
    assert [one["LogicalResourceId"] for one in found] == ["A"]
    found = ask(local, "list_stack_resources", StackName="other")["StackResourceSummaries"]
    assert [one["LogicalResourceId"] for one in found] == ["B"]

    wanted = {"StackName": "app", "LogicalResourceId": "A"}
    assert (
        ask(local, "describe_stack_resource", **wanted)["StackResourceDetail"]
        == (ask(local, "describe_stack_resources", **wanted)["StackResources"][0])
    )
    with pytest.raises(TemplateError, match="Resource B does not exist for stack app"):
        ask(local, "describe_stack_resource", StackName="app", LogicalResourceId="B")
    ask(local, "create_stack", StackName="none", TemplateBody=text(NEVER))
    assert ask(local, "describe_stack_resources", StackName="none") == {"StackResources": []}


def test_exports_and_imports_are_listed(local: Local) -> None:
    (export,) = ask(local, "list_exports")["Exports"]
    assert (export["Name"], export["Value"]) == ("shared", "v")
    assert ask(local, "list_imports", ExportName="shared") == {"Imports": ["other"]}
    with pytest.raises(TemplateError, match="Export 'none' is not imported by any stack"):
        ask(local, "list_imports", ExportName="none")


def test_a_template_is_given_as_text_or_by_its_address(
    local: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[tuple[str, str]] = []

    def get_object(Bucket: str, Key: str) -> Any:
        read.append((Bucket, Key))
        return {"Body": SimpleNamespace(read=text(TWO).encode)}

    client = SimpleNamespace(get_object=get_object)
    accounts: list[str] = []

    def client_of(service: str, *, url: str, region: str, account: str) -> Any:
        accounts.append(account)
        return client

    monkeypatch.setattr(clients, "client", client_of)
    monkeypatch.setattr(context, "current", lambda: SimpleNamespace(url="u", region="r"))

    with pytest.raises(TemplateError, match="Either Template URL or Template Body"):
        ask(local, "create_stack", StackName="none")
    address = "https://s3.example.com/bucket/a%20folder/t.json"
    ask(local, "update_stack", StackName="app", TemplateURL=address)

    assert (read, accounts) == ([("bucket", "a folder/t.json")], ["111122223333"])
    assert local.existing("app").template == TWO
    assert ask(local, "get_template", StackName="app")["TemplateBody"] == text(TWO)


def test_a_stack_can_be_updated_with_the_template_that_it_has(local: Local) -> None:
    tags = [{"Key": "k", "Value": "v"}]
    before = local.existing("app").template_text

    ask(local, "update_stack", StackName="app", UsePreviousTemplate=True, Tags=tags)

    stack = local.existing("app")
    assert (stack.template_text, stack.tags) == (before, {"k": "v"})
    with pytest.raises(TemplateError, match="Either Template URL"):
        ask(local, "update_stack", StackName="app", UsePreviousTemplate=False)


def test_a_template_is_summed_up_with_or_without_a_stack(local: Local) -> None:
    given = {**TWO, "Description": "d", "Parameters": {"P": {"Type": "String"}}}

    by_stack = ask(local, "get_template_summary", StackName="app")
    by_text = ask(local, "get_template_summary", TemplateBody=text(given))

    assert by_stack["ResourceTypes"] == by_text["ResourceTypes"] == ["AWS::X::Thing"]
    assert (by_stack["Description"], by_text["Description"]) == (None, "d")
    assert [one["ParameterKey"] for one in by_text["Parameters"]] == ["P"]


PLAN = {"StackName": "app", "ChangeSetName": "plan"}


def test_a_change_set_is_made_described_listed_executed_and_deleted(local: Local) -> None:
    ask(local, "create_change_set", **PLAN, ChangeSetType="UPDATE", TemplateBody=text(TWO))
    other = {"StackName": "new", "ChangeSetName": "plan", "TemplateBody": text(NEVER)}
    ask(local, "create_change_set", **other)

    listed = ask(local, "list_change_sets", StackName="app")["Summaries"]
    assert [one["StackName"] for one in listed] == ["app"]
    assert ask(local, "describe_change_set", **PLAN)["StackName"] == "app"
    ask(local, "execute_change_set", **PLAN)
    assert local.done() == ["update A"]
    ask(local, "delete_change_set", **PLAN)
    ask(local, "delete_change_set", **PLAN)
    with pytest.raises(CloudFormationError):
        ask(local, "describe_change_set", **PLAN)


def test_only_an_update_may_use_the_template_before(local: Local) -> None:
    ask(local, "create_change_set", **PLAN, ChangeSetType="UPDATE", UsePreviousTemplate=True)

    with pytest.raises(TemplateError, match="Either Template URL"):
        ask(local, "create_change_set", StackName="x", ChangeSetName="p", UsePreviousTemplate=True)


@pytest.mark.parametrize(
    ("keep", "status"), [(True, "CREATE_FAILED"), (False, "ROLLBACK_COMPLETE")]
)
def test_what_a_failed_deployment_made_is_kept_where_that_is_wanted(
    keep: bool, status: str
) -> None:
    local, failing = Local(), text(body(A={"Fail": "create"}))
    given = {"TemplateBody": failing, "DisableRollback": keep}
    ask(local, "create_stack", StackName="one", **given)
    ask(local, "create_change_set", StackName="two", ChangeSetName="plan", TemplateBody=failing)
    plan = {"StackName": "two", "ChangeSetName": "plan"}
    ask(local, "execute_change_set", **plan, DisableRollback=keep)

    assert [local.existing(name).status for name in ("one", "two")] == [status] * 2


def test_a_template_says_by_which_property_its_resources_are_imported(local: Local) -> None:
    template = {
        "Resources": {
            "B": {"Type": "AWS::S3::Bucket"},
            "T": {"Type": "AWS::SNS::Topic"},
            "A": {"Type": "AWS::S3::Bucket"},
        }
    }

    summary = ask(local, "get_template_summary", TemplateBody=text(template))

    assert summary["ResourceIdentifierSummaries"] == [
        {
            "ResourceType": "AWS::S3::Bucket",
            "LogicalResourceIds": ["B", "A"],
            "ResourceIdentifiers": ["BucketName"],
        }
    ]


def test_a_type_is_described_by_its_schema_and_an_unknown_one_refused(local: Local) -> None:
    kind = {"Type": "RESOURCE", "TypeName": "AWS::SQS::Queue"}

    found = json.loads(ask(local, "describe_type", **kind)["Schema"])

    assert "/properties/QueueName" in found["createOnlyProperties"]
    with pytest.raises(CloudFormationError, match="'AWS::X::Thing' cannot be found"):
        ask(local, "describe_type", **(kind | {"TypeName": "AWS::X::Thing"}))
    with pytest.raises(TemplateError, match="with Type RESOURCE"):
        ask(local, "describe_type", **(kind | {"Type": "HOOK"}))


def test_a_failed_stack_is_rolled_back_as_a_client_asks(local: Local) -> None:
    failing = body(A={"X": 1}, B={"Fail": "create"}, outputs=SHARED)
    ask(local, "update_stack", StackName="app", TemplateBody=text(failing), DisableRollback=True)
    stack = local.existing("app")
    assert stack.status == "UPDATE_FAILED"

    answer = ask(local, "rollback_stack", StackName="app", RetainExceptOnCreate=True)

    assert answer == {"StackId": stack.stack_id}
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
