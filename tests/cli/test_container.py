import json
import os
from pathlib import Path

import pytest

from cli.containers import container_template
from tests.cli.terminal import PROJECT, Screen, kiban, require_one_line
from tests.conformance import tiny

QUICK = ["--only", "trains", "--only", "wrong-accept", "--only", "killed-workers-are-replaced"]


def looked_at(
    folder: Path, *words: str, changes: dict[str, dict[str, str]] | None = None
) -> Screen:
    made = tiny.container(folder / "tiny", changes)
    # Without a requirements.txt its programs run with what this terminal has.
    return kiban("container", "test", str(made), *words, folder=folder)


def test_a_container_that_keeps_the_contract_ends_with_0(tmp_path: Path) -> None:
    screen = looked_at(tmp_path, *QUICK)

    assert screen.code == 0
    assert (
        "tiny keeps SageMaker's contract: 2 passed, 0 failed, 0 warnings, 1 skipped" in screen.out
    )
    assert "it is one process: killed, it is replaced as a whole" in screen.out
    assert "\x1b" not in screen.out + screen.err


def test_progress_is_told_while_it_runs(tmp_path: Path) -> None:
    told = looked_at(tmp_path, *QUICK).err.splitlines()

    assert told[0] == "1/3 A training of valid data ends with 0 and leaves a model"
    assert len(told) == 3


def test_a_broken_demand_comes_first_with_its_reason_and_page_and_ends_with_1(
    tmp_path: Path,
) -> None:
    changes = {
        "bin/serve": {"return self.answer(406)": "pass"},
        "bin/train": {'(base / "output/failure").write_text(reason)': "pass"},
    }
    words = ["--only", "wrong-accept", "--only", "failure-is-explained"]
    screen = looked_at(tmp_path, *words, changes=changes)

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

    screen = looked_at(tmp_path, "--only", "wrong-accept", changes=changes)

    assert screen.code == 0
    assert "warn An answer in a format that the container cannot write is 4xx" in screen.out
    assert "0 failed, 1 warning, 0 skipped" in screen.out


def test_nothing_to_look_at_is_no_success(tmp_path: Path) -> None:
    words = ["container", "test", "http://127.0.0.1:1", "--only", "trains"]

    screen = kiban(*words, folder=tmp_path)

    assert screen.code == 1
    assert "nothing could be checked" in screen.out


def test_json_is_all_there_is_on_standard_output(tmp_path: Path) -> None:
    report = json.loads(looked_at(tmp_path, "--json", *QUICK).out)

    assert report["keeps_the_contract"] is True
    assert [result["outcome"] for result in report["results"]] == ["passed", "passed", "skipped"]
    assert set(report["results"][0]) >= {"name", "title", "severity", "seen", "why", "page"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nowhere"], "nowhere: no such folder"),
        (["http://example.com"], "example.com is not this machine"),
        (["config"], "config: has neither bin/train nor bin/serve"),
        (["container", "--only", "trian"], "trian: no such check; did you mean trains?"),
        (["container", "--manifest", "nowhere.toml"], "nowhere.toml: the file is not there"),
    ],
)
def test_what_cannot_be_looked_at_is_one_line(tmp_path: Path, words: list[str], told: str) -> None:
    assert told in require_one_line(kiban("container", "test", *words, folder=tmp_path), 2)


def test_packages_that_cannot_be_installed_are_one_line(tmp_path: Path) -> None:
    made = tiny.container(tmp_path / "tiny")
    (made / "requirements.txt").write_text("./no-such-package\n")
    variables = {"KIBAN_CACHE": str(tmp_path / "cache")}

    screen = kiban("container", "test", str(made), folder=tmp_path, variables=variables)

    assert "requirements.txt: cannot install the packages" in require_one_line(screen, 1)


def test_a_requirements_file_decides_which_python_the_programs_get(tmp_path: Path) -> None:
    made = tiny.container(
        tmp_path / "tiny", {"bin/train": {"if not rows:": "sys.exit(sys.prefix)\nif not rows:"}}
    )
    (made / "requirements.txt").write_text("# nothing\n")
    variables = {"KIBAN_CACHE": str(tmp_path / "cache")}
    words = ["container", "test", str(made), "--only", "trains"]

    screen = kiban(*words, folder=tmp_path, variables=variables)

    assert f"ended with 1: {tmp_path / 'cache' / 'environments'}" in screen.out


def test_a_new_container_is_the_shape_of_ours_without_xgboost(tmp_path: Path) -> None:
    screen = kiban("container", "new", "my-model", "--into", str(tmp_path), folder=tmp_path)

    made = tmp_path / "my-model"
    assert screen.code == 0
    assert f"./kiban container test {made}" in screen.out
    assert f"./kiban container test {made}" in (made / "README.md").read_text()
    assert sorted(program.name for program in (made / "bin").iterdir()) == [
        "evaluate",
        "serve",
        "train",
    ]
    assert all(os.access(program, os.X_OK) for program in (made / "bin").iterdir())
    texts = "".join(path.read_text() for path in made.rglob("*") if path.is_file())
    assert "import xgboost" not in texts
    assert "container.hyperparameters" not in texts
    assert [path for path in tmp_path.iterdir() if path != made and path.is_dir()] == []


def test_a_new_container_installs_what_its_algorithm_needs_as_it_is_tested_here() -> None:
    pins = [
        line for line in container_template.template_requirements().splitlines() if "==" in line
    ]
    development = (PROJECT / "requirements-dev.txt").read_text()
    (learner,) = [pin for pin in pins if pin.startswith("scikit-learn==")]

    assert learner in development
    assert not [pin for pin in pins if pin.startswith("xgboost")]
    assert [pin for pin in pins if pin.startswith("pyarrow==")]


@pytest.mark.parametrize("name", ["My-Model", "1st", "a b", "a/b", "..", "a" * 64, "a_b"])
def test_a_name_that_cannot_be_an_images_is_refused(tmp_path: Path, name: str) -> None:
    screen = kiban("container", "new", name, "--into", str(tmp_path), folder=tmp_path)

    assert "is no name" in require_one_line(screen, 2)
    assert list(tmp_path.glob("*/bin")) == []


def test_an_existing_folder_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()

    screen = kiban("container", "new", "mine", "--into", str(tmp_path), folder=tmp_path)

    assert "is there already" in require_one_line(screen, 2)
    assert list((tmp_path / "mine").iterdir()) == []


def test_a_container_is_made_where_there_is_a_folder_for_it(tmp_path: Path) -> None:
    words = ["container", "new", "mine", "--into", str(tmp_path / "nowhere")]

    assert "no such folder" in require_one_line(kiban(*words, folder=tmp_path), 2)
