"""A review of a hostile cdk.out ends with one line and exit code 2, and writes nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.program import main
from cli.review import sheet_files
from tests.cfn.test_hostile_assemblies import METADATA, STACK, TEMPLATE, written

ENVIRONMENT = {"/kiban-x/Storage": [{"type": "kiban:environment", "data": "dev"}]}
TOPIC = TEMPLATE["Resources"]["It"]


def doubled(levels: int) -> Any:
    found: Any = "x" * 100
    for _ in range(levels):
        found = {"Fn::Sub": ["${a}${a}", {"a": found}]}
    return found


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"manifest": "{"}, "manifest.json: is not JSON"),
        ({"manifest": {"artifacts": {"A": {**STACK, "properties": 3}}}}, "A: properties is a num"),
        ({"m": METADATA}, "no environment dev; it holds x"),
        ({"t": b"\xff"}, "t.json: is not JSON"),
        ({"t": '{"Resources": {}, "Resources": {}}'}, "the key Resources is there twice"),
        ({"t": {"Resources": {"It": {"Type": 3}}}}, "t.json: Resources.It.Type: is a number"),
        ({"t": '{"a":' * 50_000 + "1" + "}" * 50_000}, "nested more than 100 levels deep"),
        ({"t": json.dumps(TEMPLATE) + " " * 12 * 2**20}, "t.json: has 12.0 MiB; 1 MiB at most"),
        (
            {"t": {"Resources": {"It": {**TOPIC, "Properties": {"KmsMasterKeyId": doubled(20)}}}}},
            "Storage: a value has more than 1 MiB",
        ),
    ],
    ids=range(9),
)
def test_what_cannot_be_reviewed_is_one_line_and_exit_code_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    files: dict[str, Any],
    said: str,
) -> None:
    monkeypatch.setattr(sheet_files, "SHEETS", tmp_path / "sheets")
    (tmp_path / "cdk.out").mkdir()
    folder = written(tmp_path / "cdk.out", **{"m": ENVIRONMENT, **files})

    assert main(["review", "--env", "dev", "--assembly", str(folder)]) == 2
    told = capsys.readouterr().err.strip()
    assert "\n" not in told
    assert said in told
    assert not (tmp_path / "sheets").exists()
