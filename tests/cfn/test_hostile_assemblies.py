"""A broken or hostile assembly is refused in one line: where, what it has, and what to do."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cfn.assembly import AssemblyError, checked_template, stacks_in_order
from cfn.json_files import MOST_LEVELS, parse, read_json, shortened
from reviewer.assembly import Assembly, read_assembly

TEMPLATE: dict[str, Any] = {"Resources": {"It": {"Type": "AWS::SNS::Topic"}}}
STACK: dict[str, Any] = {
    "type": "aws:cloudformation:stack",
    "environment": "aws://111122223333/us-east-1",
    "properties": {"templateFile": "t.json", "stackName": "kiban-x-Storage"},
    "additionalMetadataFile": "m.json",
}
METADATA = {"/kiban-x/Storage": [{"type": "kiban:environment", "data": "x"}]}


def written(folder: Path, **files: Any) -> Path:
    """A cdk.out of one stack; `files` are what is put in place of its manifest and the others."""
    nested = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "kiban-x"}}
    (folder / "kiban-x").mkdir()
    (folder / "manifest.json").write_text(json.dumps({"artifacts": {"X": nested}}))
    given = {"manifest": {"artifacts": {"A": STACK}}, "t": TEMPLATE, "m": METADATA, **files}
    for name, content in given.items():
        text = content if isinstance(content, str | bytes) else json.dumps(content)
        data = text.encode() if isinstance(text, str) else text
        (folder / "kiban-x" / f"{name}.json").write_bytes(data)
    return folder


def reading(folder: Path) -> Assembly:
    return read_assembly(folder, "x")


def refusal(folder: Path, read: Callable[[Path], object] = reading) -> str:
    with pytest.raises(AssemblyError) as caught:
        read(folder)
    text = str(caught.value)
    assert text.isprintable()
    assert text.endswith("; synthesise again with: make synth")
    return text


def artifact(**changes: Any) -> dict[str, Any]:
    return {"artifacts": {"A": {**STACK, **changes}}}


def stack(**properties: Any) -> dict[str, Any]:
    return artifact(properties={**STACK["properties"], **properties})


def test_the_assembly_that_is_broken_below_can_be_read(tmp_path: Path) -> None:
    assert [item.path for item in reading(written(tmp_path)).resources()] == ["Storage/It"]


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ({"artifacts": []}, "manifest.json: artifacts is a list, not an object"),
        ({"artifacts": {"A": None}}, "manifest.json: artifacts: A is null, not an object"),
        (artifact(type=3), "artifacts: A: type is a number, not a text"),
        (artifact(properties=[]), "A: properties is a list, not an object"),
        (artifact(dependencies="B"), "A: dependencies is a text, not a list"),
        (artifact(dependencies=[1]), "A: dependencies holds something that is no text"),
        (artifact(environment="here"), "environment is 'here', not aws://ACCOUNT/REGION"),
        (
            artifact(environment="aws://111122223333/../../x"),
            "environment is 'aws://111122223333/../../x'",
        ),
        (artifact(additionalMetadataFile="../m.json"), "additionalMetadataFile is '../m.json'"),
        (stack(templateFile="/etc/passwd"), "templateFile is '/etc/passwd', not the name of a"),
        (stack(templateFile=".."), "templateFile is '..', not the name"),
        (stack(templateFile=None), "templateFile is null, not a text"),
        (stack(stackName="a/../b"), "stackName is 'a/../b', no name of a stack"),
        (stack(stackName="a\x1b[2J\nb"), "stackName is 'a [2J b'"),
        (stack(parameters={"A": []}), "properties: parameters: A is a list, not a text"),
        (stack(tags=[]), "properties: tags is a list, not an object"),
        ({"artifacts": {"A": STACK, "B": STACK}}, "manifest.json: two stacks have one name"),
    ],
)
def test_a_manifest_with_a_wrong_part_is_refused_by_its_place(
    tmp_path: Path, manifest: Any, said: str
) -> None:
    assert said in refusal(written(tmp_path, manifest=manifest))


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"/a": {}}, "kiban-x/m.json: /a: is no list of entries that have a type"),
        ({"/a": [3]}, "/a: is no list of entries that have a type"),
        ({"/a": [{"data": 3}]}, "/a: is no list of entries that have a type"),
        ({"/a": [{"type": "kiban:environment"}]}, "/a: the environment is null"),
        (
            {**METADATA, "/a": [{"type": "aws:cdk:acknowledged-rules", "data": {"R": []}}]},
            "kiban-x/m.json: /a: R is a list, not a text",
        ),
    ],
)
def test_metadata_of_another_shape_are_refused(tmp_path: Path, metadata: Any, said: str) -> None:
    assert said in refusal(written(tmp_path, m=metadata))


def body(**changes: Any) -> dict[str, Any]:
    return {"Resources": {"It": {"Type": "AWS::SNS::Topic", **changes}}}


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ([], "is a list, not an object"),
        ({"Resources": None}, "has no Resources"),
        ({"Resources": []}, "Resources: is a list, not an object"),
        ({"Resources": {"It": []}}, "Resources.It: is a list, not an object"),
        ({"Resources": {"It": {}}}, "Resources.It.Type: is null, not a text"),
        (body(Type={"Ref": "A"}), "Resources.It.Type: is an object, not a text"),
        (body(Type="AWS::SNS::Topic`x`"), "Resources.It.Type: there is no such type"),
        (body(Properties=[]), "Resources.It.Properties: is a list, not an object"),
        (body(Properties=None), "Resources.It.Properties: is null, not an object"),
        (body(Metadata="x"), "Resources.It.Metadata: is a text, not an object"),
        (body(Condition={"Ref": "A"}), "Resources.It.Condition: is an object, not a text"),
        (body(DependsOn=3), "Resources.It.DependsOn: is a number, not a text or a list"),
        (body(DependsOn=[[]]), "DependsOn: holds something that is no logical id"),
        (body(DeletionPolicy=[]), "DeletionPolicy: is a list, not a text or an object"),
        ({"Resources": {"a/b": {}}}, "Resources.a/b: a logical id has letters and digits only"),
        ({"Resources": {"Fn::ForEach::A": []}}, "Resources.Fn::ForEach::A: makes resources that"),
        ({**TEMPLATE, "Outputs": []}, "Outputs: is a list, not an object"),
        ({**TEMPLATE, "Outputs": {"A": 3}}, "Outputs.A: is a number, not an object"),
        ({**TEMPLATE, "Outputs": {"A": {"Export": "e"}}}, "Outputs.A.Export: is a text, not an"),
        ({**TEMPLATE, "Parameters": {"A": None}}, "Parameters.A: is null, not an object"),
        ({**TEMPLATE, "Conditions": 3}, "Conditions: is a number, not an object"),
    ],
)
def test_a_template_with_a_wrong_part_is_refused_by_its_place(template: Any, said: str) -> None:
    told = refusal(Path(), lambda _: checked_template(template, "here/t.json"))

    assert told.startswith("here/t.json: ")
    assert said in told


def test_functions_may_stand_where_cloudformation_takes_them() -> None:
    retained = {"Fn::If": ["IsProd", "Retain", "Delete"]}
    template = body(DeletionPolicy=retained, Properties={"Fn::Transform": {"Name": "N"}})
    template["Outputs"] = {"Fn::ForEach::A": ["B", ["C"], {}]}

    assert checked_template(template, "") is template


DEEP = '{"Resources":' + "[" * 100_000 + "]" * 100_000 + "}"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"Resources": "\xff\xfe"}', "is not JSON ('utf-8' codec can't decode byte 0xff"),
        ('{"Resources": {}, "Resources": {"A": 3}}', "the key Resources is there twice"),
        ('{"Resources": {"A": 1e999}}', "the number 1e999 is too large"),
        ('{"Resources": {"A": NaN}}', "NaN is no number of JSON"),
        ('{"Resources": {"A": -Infinity}}', "-Infinity is no number of JSON"),
        ('{"Resources": {"A": ' + "9" * 5000 + "}}", "a number of 5000 digits; 30 are read"),
        ('{"Resources": {"A": "\\ud800"}}', "half of a letter of UTF-16"),
        (DEEP, f"nested more than {MOST_LEVELS} levels deep"),
        ('{"a":' * 200 + "3" + "}" * 200, f"nested more than {MOST_LEVELS} levels deep"),
        ("", "is not JSON"),
        ("[]", "holds no JSON object"),
        ('{"Resources": {}, "Description": "' + "x" * 12 * 2**20 + '"}', "has 12.0 MiB; 1 MiB at"),
    ],
    ids=range(12),
)
def test_a_template_that_two_readers_could_read_in_two_ways_is_refused(
    tmp_path: Path, content: str | bytes, said: str
) -> None:
    told = refusal(written(tmp_path, t=content))

    assert told.startswith("kiban-x/t.json: ")
    assert said in told


def test_a_file_of_the_most_bytes_is_read_and_one_more_is_too_many(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text('{"Resources": {}}')

    assert read_json(path, most=17) == {"Resources": {}}
    with pytest.raises(AssemblyError, match=r"has 0\.0 MiB"):
        read_json(path, most=16)


def test_a_file_behind_a_link_is_not_read(tmp_path: Path) -> None:
    folder = written(tmp_path)
    template = folder / "kiban-x" / "t.json"
    elsewhere = template.rename(tmp_path / "elsewhere.json")
    template.symlink_to(elsewhere)

    assert "kiban-x/t.json: is a link" in refusal(folder)


def test_a_stage_behind_a_link_is_not_read(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "kiban-x").rename(folder / "moved")
    (folder / "kiban-x").symlink_to(folder / "moved")

    assert f"{tmp_path.name}/kiban-x: is a link" in refusal(folder)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "kiban-x" / "t.json").unlink()
    os.mkfifo(folder / "kiban-x" / "t.json")

    assert "kiban-x/t.json: is no file" in refusal(folder)


def test_stacks_that_need_each_other_are_named(tmp_path: Path) -> None:
    needing = {"A": {**STACK, "dependencies": ["B"]}, "B": {**STACK, "dependencies": ["A"]}}
    folder = written(tmp_path, manifest={"artifacts": needing})

    assert "stacks need each other: " in refusal(folder, stacks_in_order)


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ({"pluginReports": {}}, "validation-report.json: pluginReports is an object, not a list"),
        ({"pluginReports": [3]}, "pluginReports: 0 is a number, not an object"),
        ({"pluginReports": [{"violations": [{"ruleName": 3}]}]}, "ruleName is a number, not a"),
    ],
)
def test_a_report_of_rule_packs_of_another_shape_is_refused(
    tmp_path: Path, report: Any, said: str
) -> None:
    (written(tmp_path) / "validation-report.json").write_text(json.dumps(report))

    assert said in refusal(tmp_path)


def test_what_is_within_the_bounds_is_read() -> None:
    deep = "[" * (MOST_LEVELS - 1) + "]" * (MOST_LEVELS - 1)

    assert parse(deep) == json.loads(deep)
    with pytest.raises(ValueError, match="levels deep"):
        parse(f"[[{deep}]]")
    assert parse('{"a": [1, 2.5, true, null, "\\ud83d\\ude00"]}') == {
        "a": [1, 2.5, True, None, "😀"]
    }
    assert parse("9" * 30) == int("9" * 30)


def test_a_long_text_is_one_short_line() -> None:
    assert shortened("a\nb\x1b[2J") == "a b [2J"
    assert shortened("x" * 61) == "x" * 59 + "…"
    assert shortened("x" * 60) == "x" * 60
