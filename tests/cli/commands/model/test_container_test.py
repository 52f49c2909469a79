import json
from pathlib import Path

import pytest

from tests.cli.terminal import Screen, kiban, require_one_line
from tests.conformance import tiny

QUICK = ["--only", "trains", "--only", "wrong-accept", "--only", "killed-workers-are-replaced"]


def run_container_test(
    folder: Path, *words: str, changes: dict[str, dict[str, str]] | None = None
) -> Screen:
    made = tiny.container(folder / "tiny", changes)
    # Without a requirements.txt its programs run with what this terminal has.
    return kiban("container", "test", str(made), *words, folder=folder)


def test_a_container_that_keeps_the_contract_ends_with_0(tmp_path: Path) -> None:
    screen = run_container_test(tmp_path, *QUICK)

    assert screen.code == 0
    assert (
        "tiny keeps SageMaker's contract: 2 passed, 0 failed, 0 warnings, 1 skipped" in screen.out
    )
    assert "it is one process: killed, it is replaced as a whole" in screen.out
    assert "\x1b" not in screen.out + screen.err


def test_progress_is_told_while_it_runs(tmp_path: Path) -> None:
    message = run_container_test(tmp_path, *QUICK).err.splitlines()

    assert message[0] == "1/3 A training of valid data ends with 0 and leaves a model"
    assert len(message) == 3


def test_a_broken_demand_comes_first_with_its_reason_and_page_and_ends_with_1(
    tmp_path: Path,
) -> None:
    changes = {
        "bin/serve": {"return self.answer(406)": "pass"},
        "bin/train": {'(base / "output/failure").write_text(reason)': "pass"},
    }
    words = ["--only", "wrong-accept", "--only", "failure-is-explained"]
    screen = run_container_test(tmp_path, *words, changes=changes)

    assert screen.code == 1
    lines = [line.strip() for line in screen.out.splitlines() if line.strip()]
    assert lines[1:3] == [
        "fail A training that fails says why in output/failure",
        "wrote nothing to output/failure",
    ]
    assert "https://docs.aws.amazon.com/" in lines[4]
    assert "tiny breaks SageMaker's contract: 0 passed, 1 failed, 1 warning, 0 skipped" in lines[-1]


def test_advice_is_shown_and_ends_with_0(tmp_path: Path) -> None:
    changes = {"bin/serve": {"return self.answer(406)": "pass"}}

    screen = run_container_test(tmp_path, "--only", "wrong-accept", changes=changes)

    assert screen.code == 0
    assert "warn An answer in a format that the container cannot write is 4xx" in screen.out
    assert "0 failed, 1 warning, 0 skipped" in screen.out


def test_nothing_to_look_at_is_no_success(tmp_path: Path) -> None:
    words = ["container", "test", "http://127.0.0.1:1", "--only", "trains"]

    screen = kiban(*words, folder=tmp_path)

    assert screen.code == 1
    assert "nothing could be checked" in screen.out


def test_json_is_all_there_is_on_standard_output(tmp_path: Path) -> None:
    report = json.loads(run_container_test(tmp_path, "--json", *QUICK).out)

    assert report["keeps_the_contract"] is True
    assert [result["outcome"] for result in report["results"]] == ["passed", "passed", "skipped"]
    assert set(report["results"][0]) >= {"name", "title", "severity", "seen", "why", "page"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere"], "nowhere: no such folder"),
        (["http://example.com"], "example.com is not this machine"),
        (["config"], "config: has neither bin/train nor bin/serve"),
        (["container", "--only", "trian"], "trian: no such check; did you mean trains?"),
        (["container", "--manifest", "nowhere.toml"], "nowhere.toml: the file is not there"),
    ],
)
def test_what_cannot_be_looked_at_is_one_line(
    tmp_path: Path, words: list[str], message: str
) -> None:
    assert message in require_one_line(kiban("container", "test", *words, folder=tmp_path), 2)
