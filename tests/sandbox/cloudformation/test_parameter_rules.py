"""Which value of a parameter counts, which are refused, and what Ref gives."""

from typing import Any

import pytest

from sandbox.cloudformation.checks.capabilities import InsufficientCapabilities, check
from sandbox.cloudformation.errors import TemplateError
from sandbox.cloudformation.parameters import effective, masked, resolve
from sandbox.cloudformation.template import check_references, parse
from sandbox.programs import patterns


def declared(**spec: Any) -> dict[str, Any]:
    return {"Parameters": {"P": {"Type": "String", **spec}}}


def value(given: str | None, **spec: Any) -> str:
    request = [] if given is None else [{"ParameterKey": "P", "ParameterValue": given}]
    return effective(declared(**spec), request, {})["P"]


@pytest.mark.parametrize(
    ("spec", "given"),
    [
        ({"Type": "Number", "MinValue": 1}, "1"),
        ({"Type": "Number", "MaxValue": 5}, "5"),
        ({"Type": "Number"}, "-2.5"),
        ({"MinLength": 2}, "ab"),
        ({"MaxLength": 2}, "ab"),
        ({"AllowedValues": ["a", "b"]}, "b"),
        ({"AllowedValues": [1, 2]}, "2"),
        ({"AllowedPattern": "[a-z]+"}, "abc"),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}, "a,b"),
    ],
)
def test_a_value_within_its_rules_is_taken(spec: dict[str, Any], given: str) -> None:
    assert value(given, **spec) == given
    assert value(None, **spec, Default=given) == given


@pytest.mark.parametrize(
    ("spec", "given"),
    [
        ({"Type": "Number", "MinValue": 1}, "0.9"),
        ({"Type": "Number", "MaxValue": 5}, "5.1"),
        ({"Type": "Number", "MinValue": 1, "MaxValue": 5}, "6"),
        ({"Type": "Number"}, "many"),
        ({"MinLength": 2}, "a"),
        ({"MaxLength": 2}, "abc"),
        ({"AllowedValues": ["a", "b"]}, "c"),
        ({"AllowedPattern": "[a-z]+"}, "abc1"),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}, "a,c"),
    ],
)
def test_a_value_outside_of_its_rules_is_refused_and_so_is_such_a_default(
    spec: dict[str, Any], given: str
) -> None:
    with pytest.raises(TemplateError, match="'P'"):
        value(given, **spec)
    with pytest.raises(TemplateError, match="'P'"):
        value(None, **spec, Default=given)


def test_a_refusal_says_what_the_template_says_about_it() -> None:
    with pytest.raises(TemplateError, match=r"constraint: only small letters, got 'A'"):
        value("A", AllowedPattern="[a-z]+", ConstraintDescription="only small letters")


def test_a_value_may_be_empty_and_a_default_counts_only_without_one() -> None:
    assert value("", Default="d") == ""
    assert value(None, Default=3) == "3"
    with pytest.raises(TemplateError, match=r"\[P\] must have values"):
        value(None)


def test_values_have_the_order_of_the_template_and_unknown_ones_are_refused() -> None:
    template = {"Parameters": {name: {"Type": "String", "Default": name} for name in "BA"}}

    assert [*effective(template, [{"ParameterKey": "A", "ParameterValue": "x"}], {})] == ["B", "A"]
    with pytest.raises(TemplateError, match=r"\[C, D\] do not exist"):
        effective(template, [{"ParameterKey": key} for key in "DC"], {})
    assert effective({}, [], {}) == {}


def previous(given: Any, **entry: Any) -> str:
    request = [{"ParameterKey": "P", "UsePreviousValue": given, **entry}]
    return effective(declared(), request, {"P": "old"})["P"]


def test_a_previous_value_is_used_when_it_is_asked_for() -> None:
    assert previous(True) == "old"
    assert previous("true") == "old"
    assert previous(False, ParameterValue="new") == "new"
    with pytest.raises(
        TemplateError, match="Cannot specify usePreviousValue as true and non empty"
    ):
        previous(True, ParameterValue="new")
    with pytest.raises(TemplateError, match="not in the previous template"):
        effective(declared(), [{"ParameterKey": "P", "UsePreviousValue": True}], {})


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("String", "a,b", "a,b"),
        ("CommaDelimitedList", "a, b,", ["a", "b"]),
        ("List<AWS::EC2::Subnet::Id>", "a,b", ["a", "b"]),
        ("AWS::SSM::Parameter::Value<String>", "/key", "x,y"),
        ("AWS::SSM::Parameter::Value<List<String>>", "/key", ["x", "y"]),
        ("AWS::SSM::Parameter::Value<CommaDelimitedList>", "/key", ["x", "y"]),
    ],
)
def test_ref_gives_a_list_for_a_list_and_what_lies_behind_a_key(
    kind: str, given: str, expected: Any
) -> None:
    asked: list[str] = []

    def read(key: str) -> str:
        asked.append(key)
        return "x,y"

    assert resolve(declared(Type=kind), {"P": given}, read) == {"P": expected}
    assert asked == (["/key"] if "SSM" in kind else [])


@pytest.mark.parametrize(
    ("spec", "shown"),
    [({"NoEcho": True}, "****"), ({"NoEcho": "true"}, "****"), ({"NoEcho": False}, "v"), ({}, "v")],
)
def test_a_secret_is_shown_as_stars(spec: dict[str, Any], shown: str) -> None:
    assert masked(declared(**spec), {"P": "v"}) == {"P": shown}


def resources(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Resources": {"R": {"Type": kind, "Properties": properties}}}


@pytest.mark.parametrize(
    ("template", "enough", "lacking"),
    [
        (resources("AWS::S3::Bucket", BucketName="b"), [], None),
        (resources("AWS::IAM::Role"), ["CAPABILITY_IAM"], "CAPABILITY_IAM"),
        (resources("AWS::IAM::Role"), ["CAPABILITY_NAMED_IAM"], "CAPABILITY_IAM"),
        *(
            (resources("AWS::IAM::X", **{name: "n"}), ["CAPABILITY_NAMED_IAM"], "NAMED_IAM")
            for name in (
                *("RoleName", "ManagedPolicyName", "UserName"),
                *("GroupName", "InstanceProfileName"),
            )
        ),
    ],
)
def test_resources_of_iam_need_a_word_of_the_caller(
    template: dict[str, Any], enough: list[str], lacking: str | None
) -> None:
    check(template, enough)
    if lacking:
        with pytest.raises(InsufficientCapabilities, match=lacking):
            check(template, [])
    if lacking == "NAMED_IAM":
        with pytest.raises(InsufficientCapabilities, match=lacking):
            check(template, ["CAPABILITY_IAM"])


def test_a_template_is_json_or_yaml_with_short_functions() -> None:
    text = """
    Resources:
      R:
        Type: T
        Condition: C
        Properties:
          A: !Ref B
          C: !GetAtt D.E.F
          G: !Sub "${H}"
          I: !Join [",", [a, b]]
          J: !FindInMap {K: v}
          L: 2012-10-17
    Conditions:
      C: !Condition Other
    """

    found = parse(text)
    assert found["Resources"]["R"]["Properties"] == {
        "A": {"Ref": "B"},
        "C": {"Fn::GetAtt": ["D", "E.F"]},
        "G": {"Fn::Sub": "${H}"},
        "I": {"Fn::Join": [",", ["a", "b"]]},
        "J": {"Fn::FindInMap": {"K": "v"}},
        "L": "2012-10-17",
    }
    assert found["Conditions"] == {"C": {"Condition": "Other"}}
    assert parse('{"Resources": {"R": {"Type": "T"}}}') == {"Resources": {"R": {"Type": "T"}}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "neither JSON nor YAML"),
        ("[]", "At least one Resources member"),
        ("{}", "At least one Resources member"),
        ('{"Resources": {}}', "At least one Resources member"),
        ('{"Resources": {"R": {}}, "Transform": "T"}', "section Transform is not emulated"),
        ('{"Resources": {"R": {}}, "Hooks": {}}', "section Hooks is not emulated"),
        ('{"Resources": {"Fn::ForEach::R": []}}', "function Fn::ForEach is not emulated"),
    ],
)
def test_what_is_no_template_is_refused(text: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message) as caught:
        parse(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("section", ["Resources", "Outputs"])
def test_a_reference_to_nothing_is_refused_by_its_section(section: str) -> None:
    template: dict[str, Any] = {"Resources": {"R": {"Type": "T"}}, "Outputs": {}}
    template[section]["X"] = {"Value": {"Ref": "Lost"}}

    with pytest.raises(TemplateError, match=rf"\[Lost\] in the {section} block"):
        check_references(template)


def test_a_pattern_that_would_stop_the_process_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "SECONDS", 0.3)

    for pattern, reason in (("(a+)+$", "it takes longer"), ("(", "missing")):
        with pytest.raises(TemplateError, match=f"of parameter P: {reason}"):
            value("a" * 40 + "b", AllowedPattern=pattern)
