"""Every command answers a program: one JSON document, the error included."""

import importlib
import inspect
import json
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from cli import program
from cli.terminal import json_document, questions, screen
from cli.terminal.errors import Failure, WrongInput
from tests.cli.documents import PAGE, SHAPES, documented, require_documented
from tests.cli.terminal import kiban
from tests.cli.test_command_table import ALL

NAMES = [one.name for one in ALL]
# What stands before the options of a command that reads a file of an environment.
ARGUMENTS = {
    "verify": ["--max-usd", "1"],
    "approve": ["churn", "1"],
    "reject": ["churn", "1"],
    "predict": ["churn", "rows.csv"],
    "data put": ["churn", "rows.csv"],
    "notebook upgrade": ["--to", "notebook-al2023-v2"],
    **{name: ["churn"] for name in ("train", "runs", "models", "report", "data list", "logs")},
}
WRONG = [
    *(
        [*name.split(), *ARGUMENTS.get(name, []), "--env", "nowhere"]
        for name in ("demo", "up", "doctor", "review", "plan", "deploy", "status", "drift")
    ),
    *(
        [*name.split(), *ARGUMENTS.get(name, []), "--env", "nowhere"]
        for name in ("destroy", "verify", "approve", "reject", "predict", "report", "train", "runs")
    ),
    *(
        [*name.split(), *ARGUMENTS.get(name, []), "--env", "nowhere"]
        for name in (
            "models",
            "data list",
            "data put",
            "logs",
            "notebook upgrade",
            "prices refresh",
            "env export",
        )
    ),
    ["promote", "churn", "--from", "nowhere", "--to", "dev"],
    ["notebook", "open"],
    ["env", "new", "dev"],
    ["env", "compare", "dev", "nowhere"],
    ["container", "test", "/nowhere"],
    ["container", "new", "A B"],
    ["sandbox", "save", "/nowhere/file"],
    ["sandbox", "load"],
    ["down", "now"],
    ["completion", "tcsh"],
]


def typed(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """The exit code of a command line, and what it wrote."""
    code = program.main(words)
    output = capsys.readouterr()
    return code, output.out, output.err


@pytest.mark.parametrize("command", ALL, ids=NAMES)
def test_every_command_takes_json(command: Any) -> None:
    function = getattr(importlib.import_module(command.module), command.function)
    given = inspect.signature(function, eval_str=True).parameters["as_json"].annotation

    assert given.__metadata__[0].default == json_document.OPTION


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_an_error_is_a_document_with_the_exit_code_that_it_has_without(
    words: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("KIBAN_SANDBOX", str(tmp_path))
    plain, nothing, lines = typed(words, capsys)

    code, output, errors = typed([*words, "--json"], capsys)

    error = json.loads(output)["error"]
    assert (code, nothing, errors) == (plain, "", lines)
    assert plain in (1, 2)
    assert error == {"exit_code": code, "message": lines.strip()}


def test_every_command_has_a_wrong_line_above() -> None:
    assert {name for name in NAMES if not any(" ".join(one).startswith(name) for one in WRONG)} == (
        set()
    )


@pytest.mark.parametrize("name", NAMES)
def test_an_option_that_does_not_exist_is_a_document_too(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, output, _ = typed([*name.split(), "--json", "--no-such-option"], capsys)

    assert code == 2
    assert "--no-such-option" in json.loads(output)["error"]["message"]


def test_the_page_has_a_row_for_each_command_and_no_other() -> None:
    rows = documented()

    assert {name.partition(" --")[0] for name in rows} == {*NAMES}
    assert {row.shape for row in rows.values()} <= {*SHAPES}
    assert all(row.fields for row in rows.values() if row.shape != "by name")


def test_the_japanese_page_has_the_same_rows() -> None:
    japanese = unicodedata.normalize("NFKC", (PAGE.parent / "ja" / PAGE.name).read_text())

    rows = re.findall(r"^\| `([a-z -]+)` \| \w+ \| (.+) \|$", japanese, re.M)
    fields = {
        name: {*re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", text))} for name, text in rows
    }
    assert [*fields] == [*documented()]
    assert fields == {name: {*row.fields} for name, row in documented().items()}


def ended(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], work: Any, *words: str
) -> tuple[int, str, str]:
    """What a command line leaves whose command is `work`."""
    monkeypatch.setattr(program, "_run", lambda _: work())
    return typed([*words], capsys)


def test_what_was_found_before_an_error_stays_beside_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def work() -> int:
        screen.print_json({"version": 3})
        raise Failure("it does not serve")

    code, output, errors = ended(monkeypatch, capsys, work, "--json")

    error = {"exit_code": 1, "message": "it does not serve"}
    assert json.loads(output) == {"version": 3, "error": error}
    assert (code, errors) == (1, "it does not serve\n")


def test_lines_for_people_go_to_standard_error_beside_a_document(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def work() -> int:
        screen.print_line("going on")
        screen.print_title("Title")
        screen.print_table(["a"], [["b"]])
        screen.print_json({"version": 3})
        return 0

    code, output, errors = ended(monkeypatch, capsys, work, "--json")
    plain = ended(monkeypatch, capsys, work)

    assert (code, json.loads(output)) == (0, {"version": 3})
    assert errors.split() == ["going", "on", "Title", "a", "b"]
    assert plain[1].split()[:2] == ["going", "on"]
    assert plain[2] == ""


def test_an_error_of_a_stream_is_its_last_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def work() -> int:
        json_document.write_line({"text": "one"})
        json_document.write_line({"text": "two"})
        raise Failure("it has ended")

    _, output, _ = ended(monkeypatch, capsys, work, "--json")

    first, second, last = map(json.loads, output.splitlines())
    assert (first, second) == ({"text": "one"}, {"text": "two"})
    assert last == {"error": {"exit_code": 1, "message": "it has ended"}}


@pytest.mark.parametrize(
    ("error", "code"),
    [(KeyboardInterrupt(), 130), (ValueError("odd"), 1), (OSError(28, "No space left"), 1)],
)
def test_an_interruption_and_a_mistake_of_ours_are_documents(
    error: BaseException,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    def work() -> int:
        raise error

    monkeypatch.setattr(program, "PROJECT", tmp_path)

    _, output, _ = ended(monkeypatch, capsys, work, "--json")

    assert json.loads(output)["error"]["exit_code"] == code


def test_a_word_after_two_hyphens_is_no_option(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def work() -> int:
        raise Failure("no")

    assert ended(monkeypatch, capsys, work, "--", "--json")[1] == ""
    assert not json_document.is_wanted()


def test_with_json_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", type("Terminal", (), {"isatty": lambda self: True})())
    questions.require_person("kiban-dev", "add --yes")

    with (
        json_document.document_of(["destroy", "--json"]),
        pytest.raises(WrongInput, match="kiban-dev: --json asks nothing; add --yes"),
    ):
        questions.require_person("kiban-dev", "add --yes")


def test_documents_are_those_that_the_page_describes(tmp_path: Path) -> None:
    made = kiban("container", "new", "mine", "--into", str(tmp_path), "--json", folder=tmp_path)

    assert Path(json.loads(made.out)["folder"]) == (tmp_path / "mine").resolve()
    for output in ('{"folder": "x", "more": 1}', "{}", '[{"folder": "x"}]'):
        with pytest.raises((AssertionError, AttributeError)):
            require_documented(["container", "new"], output)
