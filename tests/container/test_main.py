"""The entry point: which program runs for which words."""

import importlib
import os
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from container import __main__ as entry
from container.contract.layout import Layout

PROGRAMS = {
    "train": "container.training.train",
    "serve": "container.serving.serve",
    "evaluate": "container.evaluation.evaluate",
}
CONVERT = "container.conversion.convert"


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Which program was run with what, instead of running it."""
    found: list[tuple[str, Any]] = []

    def program(name: str) -> Any:
        def run(given: Any) -> int:
            found.append((name, given))
            return 7

        return SimpleNamespace(main=run)

    monkeypatch.setattr(importlib, "import_module", program)
    monkeypatch.setitem(sys.modules, "sklearn", sys.modules.get("sklearn"))
    return found


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_runs_by_its_name(calls: list[tuple[str, Any]], name: str) -> None:
    assert entry.main([name]) == 7
    ((module, layout),) = calls
    assert module == PROGRAMS[name]
    assert isinstance(layout, Layout)


def test_a_model_is_converted_from_one_file_to_another(calls: list[tuple[str, Any]]) -> None:
    assert entry.main(["convert", "a", "b"]) == 7
    assert calls == [(CONVERT, ["a", "b"])]


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ([], "nothing"),
        (["other"], "other"),
        (["train", "x"], "train x"),
        (["convert"], "convert"),
        (["convert", "a"], "convert a"),
        (["convert", "a", "b", "c"], "convert a b c"),
        (["train", "a", "b"], "train a b"),
    ],
)
def test_other_words_are_an_error_of_use(
    calls: list[tuple[str, Any]],
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    given: str,
) -> None:
    assert entry.main(words) == 64
    assert calls == []
    assert capsys.readouterr().err == (
        "container: the program must be one of train, serve, evaluate, convert FILE OUT; "
        f"got {given}\n"
    )


@pytest.mark.parametrize(
    ("shipped", "hidden"),
    [
        ("xgboost==3\n", True),
        ("scikit-learn==1\n", False),
        ("a\nscikit-learn>1\n", False),
        ("my-scikit-learn==1\n", True),
        ("scikit-learned\n", True),
    ],
)
def test_scikit_learn_is_hidden_unless_it_is_shipped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, shipped: str, hidden: bool
) -> None:
    (tmp_path / "requirements.txt").write_text(shipped)
    monkeypatch.setattr(entry, "_FOLDER", tmp_path)
    monkeypatch.delitem(sys.modules, "sklearn", raising=False)

    entry._hide_scikit_learn()

    assert ("sklearn" in sys.modules) is hidden


def test_a_closed_standard_stream_is_opened_on_nothing() -> None:
    opened: list[tuple[str, int]] = []

    def closed(number: int) -> None:
        if number == 1:
            raise OSError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fstat", closed)
        patch.setattr(os, "open", lambda path, flags: opened.append((path, flags)))
        entry._have_standard_streams()

    assert opened == [(os.devnull, os.O_RDWR)]

    def broken(number: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fstat", broken)
        entry._have_standard_streams()


def test_the_folder_is_the_package_whatever_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    before = sys.modules["container"]
    entry._become_package()
    assert sys.modules["container"] is before

    monkeypatch.delitem(sys.modules, "container")
    entry._become_package()

    made = sys.modules["container"]
    assert made is not before
    assert [*made.__path__] == [str(entry._FOLDER)]
    monkeypatch.setattr("importlib.util.spec_from_file_location", lambda *_, **__: None)
    monkeypatch.delitem(sys.modules, "container")
    with pytest.raises(ImportError, match="not a package"):
        entry._become_package()
