"""Stacks come after what they need, and an environment is named by a stack: by hand-made files."""

import json
from pathlib import Path
from typing import Any

import pytest

from cfn.assembly import (
    AssemblyError,
    entries,
    environments,
    read_json,
    stacks_in_order,
    stage_of,
)


def stack(*needs: str, metadata: str = "") -> dict[str, Any]:
    """One artifact of a manifest."""
    properties = {"templateFile": "t.json", "stackName": "x"}
    further = {"additionalMetadataFile": metadata} if metadata else {}
    return {
        "type": "aws:cloudformation:stack",
        "properties": properties,
        "dependencies": list(needs),
        **further,
    }


def assembly(folder: Path, **artifacts: dict[str, Any]) -> Path:
    """A folder with a manifest of these artifacts."""
    folder.mkdir(exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return folder


def order(folder: Path) -> list[str]:
    return [one.id for one in stacks_in_order(folder)]


def test_a_stack_that_the_manifest_names_too_early_comes_after_what_it_needs(
    tmp_path: Path,
) -> None:
    folder = assembly(tmp_path, A=stack("B"), B=stack("C"), C=stack())

    assert order(folder) == ["C", "B", "A"]


def test_what_two_stacks_need_is_there_once(tmp_path: Path) -> None:
    folder = assembly(tmp_path, A=stack("C"), B=stack("C"), C=stack())

    assert order(folder) == ["C", "A", "B"]


def test_what_is_needed_and_no_stack_is_left_out(tmp_path: Path) -> None:
    assert order(assembly(tmp_path, A=stack("A.assets"))) == ["A"]


def test_an_artifact_of_another_kind_is_no_stack(tmp_path: Path) -> None:
    assets = {"type": "cdk:asset-manifest", "properties": {"file": "A.assets.json"}}

    assert order(assembly(tmp_path, A=stack(), Assets=assets)) == ["A"]


def test_metadata_of_another_kind_is_no_entry() -> None:
    found: dict[str, list[dict[str, Any]]] = {
        "/A": [{"type": "aws:cdk:logicalId", "data": "A"}, {"type": "ours", "data": 1}]
    }

    assert list(entries(found, "ours")) == [("/A", 1)]


def test_a_stage_in_which_no_stack_names_an_environment_is_refused(tmp_path: Path) -> None:
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-one"}}
    folder = assembly(tmp_path, One=stage)
    assembly(tmp_path / "assembly-one", A=stack())

    with pytest.raises(AssemblyError, match="no stack says which environment assembly-one is"):
        environments(folder)


def test_a_folder_without_the_environment_leaves_it_to_the_next(tmp_path: Path) -> None:
    first = assembly(tmp_path / "first")
    (tmp_path / "second").mkdir()
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "dev-stage"}}
    second = assembly(tmp_path / "second", Stage=stage)
    inner = assembly(second / "dev-stage", A=stack(metadata="m.json"))
    named = {"/A": [{"type": "kiban:environment", "data": "dev"}]}
    (inner / "m.json").write_text(json.dumps(named))

    assert stage_of("dev", first, second) == "dev-stage"
    with pytest.raises(AssemblyError, match="no environment qa; it holds none"):
        stage_of("qa", first, second)


@pytest.mark.parametrize(
    ("text", "said"),
    [("[]", "holds no JSON object"), ("3", "holds no JSON object"), ("{", "is not JSON")],
)
def test_a_file_of_an_assembly_holds_one_object(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.json").write_text(text)

    with pytest.raises(AssemblyError, match=f"{tmp_path.name}/a.json: {said}"):
        read_json(tmp_path / "a.json")
