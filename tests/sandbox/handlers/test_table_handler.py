"""A row of the catalogue as calls in a row, and a template's values in the words of an API."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.model import DenormalizedStructureBuilder, Shape

from cfn.catalogue import ResourceType
from sandbox.handlers.aws import coerce, is_gone
from sandbox.handlers.resource import ResourceError
from sandbox.handlers.table import TableHandler, api_calls
from tests.sandbox.handlers.recorder import Recorder, made, resource

ROW: dict[str, Any] = {"service": "s", "create": "make"}


def handler(**facts: Any) -> TableHandler:
    return TableHandler(api_calls(ResourceType("AWS::X::Y", name="Name", api={**ROW, **facts})))


def test_a_resource_is_made_of_its_properties_under_its_name() -> None:
    aws, one = (
        Recorder(make={"Thing": {"Arn": "arn:1", "Deep": {"Id": "i"}}, "List": [{"N": 1}]}),
        (resource(Name="n", A=1, Secret=2, Old=3)),
    )

    handler(
        omit=["Secret"],
        rename={"Old": "New"},
        arguments={"More": "{A}", "Fixed": "x-{Name}", "Lost": "{Nothing}", "Ids": ["{A}", "{B}"]},
        id="{Arn}",
        attributes={"Id": "{Id}", "First": "{List.0.N}", "Where": "{region}/{account}/{name}"},
        after=[
            {"call": "tag", "when": "A", "arguments": {"On": "{id}"}},
            {"call": "skip", "when": "B", "arguments": {"On": "{id}"}},
            {"call": "again"},
        ],
    ).create(aws, one)

    assert aws.calls[0] == (
        "make",
        {"A": 1, "New": 3, "Name": "n", "More": 1, "Fixed": "x-n", "Ids": [1]},
    )
    assert aws.calls[1] == ("tag", {"On": "arn:1"})
    assert aws.operations() == ["make", "tag", "again"]
    assert aws.calls[2][1]["Name"] == "n"
    assert one.physical_id == "arn:1"
    assert one.attributes == {"Id": "i", "First": "1", "Where": "us-east-1/123456789012/n"}


@pytest.mark.parametrize(("lowercase", "length"), [(True, 30), (False, 63)])
def test_a_resource_without_a_name_gets_one_that_its_service_takes(
    lowercase: bool, length: int
) -> None:
    aws, one = Recorder(), resource()
    one.stack_name = "S" * 70

    handler(lowercase=lowercase, name_length=length).create(aws, one)

    assert len(one.name) == length
    assert (one.name == one.name.lower()) == lowercase
    assert one.physical_id == one.name


def updated(change: str, old: dict[str, Any], new: dict[str, Any], **facts: Any) -> Any:
    aws = Recorder()
    replaced = handler(
        change=change, delete={"call": "remove", "arguments": {"Id": "{id}"}}, **facts
    ).update(aws, resource(**new), made(**old))
    return replaced, aws.operations()


@pytest.mark.parametrize(
    ("change", "new", "expected"),
    [
        ("replace", {"A": 2}, (True, ["make"])),
        ("put", {"A": 2}, (False, ["make"])),
        ("recreate", {"A": 2}, (False, ["remove", "make"])),
        ("update", {"A": 2}, (False, ["change", "tag"])),
        ("update", {"A": 1, "Fixed": 1}, (True, ["make", "tag"])),
        ("put", {"A": 1, "Name": "m"}, (True, ["make"])),
        ("replace", {"A": 1, "Tags": []}, (False, [])),
        ("update", {"A": 1, "Tags": []}, (False, [])),
        ("recreate", {"A": 1}, (False, [])),
    ],
)
def test_a_change_is_made_as_the_row_says(
    change: str, new: dict[str, Any], expected: tuple[bool, list[str]]
) -> None:
    after = [{"call": "tag", "arguments": {"On": "{id}"}}] if change == "update" else []
    update = [{"call": "change", "arguments": {"On": "{id}"}}]

    assert (
        updated(change, {"A": 1}, new, immutable=["Fixed"], after=after, update=update) == expected
    )


def test_a_replacement_that_keeps_a_typed_name_is_refused() -> None:
    with pytest.raises(ResourceError, match="Rename n"):
        updated("replace", {"Name": "n", "A": 1}, {"Name": "n", "A": 2})


def test_a_type_that_cannot_be_deleted_is_left_alone() -> None:
    aws = Recorder()

    handler().delete(aws, made())
    handler(delete={"call": "remove", "arguments": {"Id": "{id}"}}).delete(aws, made())
    assert aws.calls == [("remove", {"Id": "physical"})]


def shape(**members: Any) -> Shape:
    return DenormalizedStructureBuilder().with_members(members).build_model()


TEXT = {"type": "string"}
TAGS = {"type": "list", "member": {"type": "structure", "members": {"Key": TEXT, "Value": TEXT}}}


@pytest.mark.parametrize(
    ("member", "given", "expected"),
    [
        ({"type": "boolean"}, "TRUE", True),
        ({"type": "boolean"}, "false", False),
        ({"type": "boolean"}, True, True),
        ({"type": "integer"}, "3", 3),
        ({"type": "long"}, "3", 3),
        ({"type": "float"}, "0.5", 0.5),
        ({"type": "double"}, "0.5", 0.5),
        (TEXT, 3, "3"),
        (TEXT, True, "true"),
        (TEXT, False, "false"),
        (TEXT, {"a": 1}, '{"a": 1}'),
        (TEXT, [1], "[1]"),
        ({"type": "timestamp"}, "now", "now"),
        ({"type": "list", "member": {"type": "integer"}}, ["1", 2], [1, 2]),
        ({"type": "list", "member": {"type": "integer"}}, "1", [1]),
        (TAGS, {"k": "v"}, [{"Key": "k", "Value": "v"}]),
        ({"type": "map", "key": TEXT, "value": TEXT}, {"k": 1}, {"k": "1"}),
        (
            {"type": "map", "key": TEXT, "value": TEXT},
            [{"Key": "k", "Value": 1}],
            {"k": "1"},
        ),
        ({"type": "structure", "members": {"inner": TEXT}}, {"Inner": 1, "X": 2}, {"inner": "1"}),
        ({"type": "structure", "members": {"inner": TEXT}}, "text", "text"),
    ],
)
def test_a_value_takes_the_type_and_the_spelling_of_the_api(
    member: Any, given: Any, expected: Any
) -> None:
    assert coerce({"Member": given, "Unknown": 1}, shape(member=member)) == {"member": expected}


def test_the_halves_of_a_tag_have_other_names_in_kms() -> None:
    tag = shape(TagKey=TEXT, TagValue=TEXT)

    assert coerce({"Key": "k", "Value": "v"}, tag) == {"TagKey": "k", "TagValue": "v"}


@pytest.mark.parametrize(
    ("code", "message", "gone"),
    [
        ("ResourceNotFoundException", "x", True),
        ("NoSuchBucket", "x", True),
        ("ValidationError", "Stack s does not exist", True),
        ("ValidationException", 'Could not find model "m"', True),
        ("ValidationError", "the queue cannot be found", True),
        ("ValidationError", "it was not found", True),
        ("AccessDenied", "no", False),
    ],
)
def test_what_is_gone_is_told_by_many_words(code: str, message: str, gone: bool) -> None:
    error = ClientError({"Error": {"Code": code, "Message": message}}, "Delete")

    assert is_gone(error) == gone
