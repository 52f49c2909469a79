"""When what exists already may become part of a stack."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.cloudformation import imports
from sandbox.cloudformation.request import DesiredState
from sandbox.cloudformation.stack import Stack
from sandbox.handlers.resource import ResourceError, StackResource

BUCKET, QUEUE = "AWS::S3::Bucket", "AWS::SQS::Queue"


def spec(kind: str = BUCKET, policy: str | None = "Retain", **more: Any) -> dict[str, Any]:
    return {"Type": kind, **({"DeletionPolicy": policy} if policy else {}), **more}


def refusal(
    template: dict[str, Any],
    wanted: dict[str, str],
    *,
    stack: Stack | None = None,
    others: tuple[Stack, ...] = (),
    tags: dict[str, str] | None = None,
    is_new: bool = False,
) -> str:
    request = DesiredState("", template, {}, is_new, imports=wanted)
    given: Any = SimpleNamespace(tags=tags)
    return imports.refusal(stack or Stack("app", "id"), request, given, others)


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate", "Delete"])
def test_a_resource_with_a_deletion_policy_may_be_imported(policy: str) -> None:
    assert refusal({"Resources": {"A": spec(policy=policy)}}, {"A": "a"}) == ""


@pytest.mark.parametrize("policy", [None, "Snapshot"])
def test_a_resource_without_one_may_not(policy: str | None) -> None:
    told = refusal({"Resources": {"A": spec(policy=policy)}}, {"A": "a"})

    assert told.startswith("The following resources to import [A] must have DeletionPolicy")


def test_what_is_not_in_the_template_or_cannot_be_imported_is_refused() -> None:
    template = {"Resources": {"A": spec(), "W": spec("AWS::EC2::SubnetRouteTableAssociation")}}

    assert refusal(template, {"A": "a", "C": "c"}) == (
        "Resources [C] to import are not in the template"
    )
    assert "[AWS::EC2::SubnetRouteTableAssociation] are not supported for Import" in refusal(
        template, {"A": "a", "W": "w"}
    )


@pytest.mark.parametrize(
    ("kind", "identifier", "is_owned"),
    [(BUCKET, "a", True), (BUCKET, "b", False), (QUEUE, "a", False)],
)
def test_a_resource_of_another_stack_is_not_imported(
    kind: str, identifier: str, is_owned: bool
) -> None:
    other = Stack("other", "other-id")
    other.resources["X"] = StackResource("other", "other-id", "X", kind, {}, identifier)

    told = refusal({"Resources": {"A": spec()}}, {"A": "a"}, others=(Stack("e", "e"), other))

    assert told == ("a already exists in stack other-id" if is_owned else "")


@pytest.mark.parametrize(
    ("now", "changed"),
    [
        ({"B": spec(), "C": spec(QUEUE)}, ""),
        ({"B": spec(Metadata=1), "C": spec(QUEUE)}, "[B]"),
        ({"C": spec(QUEUE)}, "[B]"),
        ({"B": spec(), "C": spec(QUEUE), "D": spec()}, "[D]"),
    ],
)
def test_an_import_changes_nothing_else(now: dict[str, Any], changed: str) -> None:
    stack = Stack("app", "id", template={"Resources": {"B": spec(), "C": spec(QUEUE)}})

    told = refusal({"Resources": {"A": spec(), **now}}, {"A": "a"}, stack=stack)

    assert (f"You have modified resources {changed} in your template" in told) is bool(changed)


@pytest.mark.parametrize(
    ("outputs", "tags", "is_new", "added"),
    [
        ({}, None, False, ""),
        ({}, {}, True, ""),
        ({}, {"k": "v"}, False, ""),
        ({}, {"k": "v"}, True, "[Tags]"),
        ({}, {"k": "w"}, False, "[Tags]"),
        ({"Outputs": {"O": {"Value": 1}}}, None, False, "[Outputs]"),
        ({"Outputs": {"O": {"Value": 1}}}, {"k": "w"}, False, "[Outputs, Tags]"),
    ],
)
def test_an_import_adds_no_output_and_no_tag(
    outputs: dict[str, Any], tags: dict[str, str] | None, is_new: bool, added: str
) -> None:
    template = {"Resources": {"A": spec()}, **outputs}
    stack = Stack("app", "id", tags={"k": "v"})

    told = refusal(template, {"A": "a"}, stack=stack, tags=tags, is_new=is_new)

    assert told == (
        f"As part of the import operation, you cannot modify or add {added}" if added else ""
    )


class Handler:
    """Adopts, or fails so."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error

    def adopt(self, aws: Any, resource: StackResource, identifier: str) -> None:
        if self.error:
            raise self.error


def failed(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "m"}}, "HeadBucket")


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (None, None),
        (failed("404"), ResourceError),
        (failed("NoSuchBucket"), ResourceError),
        (failed("403"), ClientError),
        (KeyError("a bug"), KeyError),
    ],
)
def test_only_what_exists_is_adopted(
    error: Exception | None, raised: type[Exception] | None
) -> None:
    stack, one, aws = Stack("app", "id"), StackResource("app", "id", "A", BUCKET, {}), None

    def adopt() -> None:
        imports.adopt(stack, aws, Handler(error), one, "a")  # type: ignore[arg-type]

    if raised is None:
        adopt()
        assert stack.resources == {"A": one}
        assert [event.status for event in stack.events] == ["IMPORT_IN_PROGRESS", "IMPORT_COMPLETE"]
    else:
        with pytest.raises(raised):
            adopt()
        assert stack.resources == {}
