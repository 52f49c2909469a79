"""How `convert` ends, and what it says, without a process of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from container.contract.errors import AlgorithmError, InputError
from container.conversion import convert
from container.conversion.convert import main
from container.conversion.isolation import IsolationLimits

MODEL = b'{"learner": {}}'


@pytest.fixture
def paths(tmp_path: Path) -> tuple[Path, Path]:
    """A file in an old format, and where the model goes."""
    source = tmp_path / "old"
    source.write_bytes(b"binf")
    return source, tmp_path / "new"


def isolated(monkeypatch: pytest.MonkeyPatch, answer: bytes | BaseException) -> list[Any]:
    """Limits under which the file is opened; it gives `answer`."""
    limits: list[Any] = []

    def run(work: Callable[[], bytes], given: Any) -> bytes:
        limits.append(given)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    monkeypatch.setattr(convert, "run_isolated", run)
    return limits


def outcome(capsys: pytest.CaptureFixture[str], *arguments: Path) -> tuple[int, str]:
    code = main([*map(str, arguments)])
    return code, capsys.readouterr().err


def test_a_model_is_opened_in_isolation_and_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], paths: tuple[Path, Path]
) -> None:
    limits = isolated(monkeypatch, MODEL)
    monkeypatch.setattr(convert, "log_event", lambda *_: None)

    assert outcome(capsys, *paths) == (0, "")
    assert paths[1].read_bytes() == MODEL
    assert limits == [IsolationLimits.for_file(4)]


@pytest.mark.parametrize(
    ("answer", "code", "message"),
    [
        (InputError("damaged"), 1, "damaged"),
        (AlgorithmError("it died"), 2, "it died"),
        (b"nonsense", 1, "the model made of it: not a model in UBJSON, JSON or"),
        (b"\x80\x04.", 1, "the model made of it: a pickle"),
    ],
)
def test_a_file_that_cannot_be_converted_is_named_and_nothing_is_written(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    paths: tuple[Path, Path],
    answer: bytes | Exception,
    code: int,
    message: str,
) -> None:
    isolated(monkeypatch, answer)

    found, said = outcome(capsys, *paths)

    assert (found, said.startswith(f"convert: {paths[0]}: {message}")) == (code, True)
    assert not paths[1].exists()


def test_an_interrupted_conversion_ends_as_a_shell_has_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], paths: tuple[Path, Path]
) -> None:
    isolated(monkeypatch, KeyboardInterrupt())

    assert outcome(capsys, *paths) == (130, "convert: interrupted; nothing was written\n")


def test_another_error_is_not_swallowed(
    monkeypatch: pytest.MonkeyPatch, paths: tuple[Path, Path]
) -> None:
    isolated(monkeypatch, ZeroDivisionError())

    with pytest.raises(ZeroDivisionError):
        main([*map(str, paths)])


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b'{"learner": {}}', "a model in UBJSON or JSON already; use it as it is"),
        (b"{}", "a model in UBJSON or JSON already; use it as it is"),
        (b'{"learner"', "damaged "),
        (b'{"a":' * 100_000, "damaged "),
    ],
)
def test_a_model_of_today_needs_no_conversion(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    paths: tuple[Path, Path],
    content: bytes,
    complaint: str,
) -> None:
    isolated(monkeypatch, MODEL)
    paths[0].write_bytes(content)

    code, said = outcome(capsys, *paths)

    assert (code, said.startswith(f"convert: {paths[0]}: {complaint}")) == (1, True)


def test_a_model_that_is_misread_today_is_converted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], paths: tuple[Path, Path]
) -> None:
    isolated(monkeypatch, MODEL)
    monkeypatch.setattr(convert, "is_misread", lambda document: document == {"old": 1})
    monkeypatch.setattr(convert, "log_event", lambda *_: None)
    paths[0].write_bytes(b'{"old": 1}')

    assert outcome(capsys, *paths)[0] == 0


def test_the_file_itself_is_not_overwritten_and_another_may_be(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], paths: tuple[Path, Path]
) -> None:
    isolated(monkeypatch, MODEL)
    monkeypatch.setattr(convert, "log_event", lambda *_: None)
    source, target = paths
    target.hardlink_to(source)

    code, said = outcome(capsys, source, target)
    assert code == 1
    assert "the file to convert; name another file for the model" in said
    target.unlink()
    target.write_bytes(b"older")
    assert outcome(capsys, source, target)[0] == 0


def test_a_folder_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], paths: tuple[Path, Path]
) -> None:
    isolated(monkeypatch, MODEL)

    code, said = outcome(capsys, paths[0], paths[1] / "no" / "file")

    assert code == 1
    assert "cannot be written (No such file or directory); name a file in a folder that" in said


def test_only_a_file_of_bounded_size_is_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], paths: tuple[Path, Path]
) -> None:
    isolated(monkeypatch, MODEL)
    monkeypatch.setattr(convert, "log_event", lambda *_: None)
    source, target = paths
    monkeypatch.setattr(convert, "_MAX_BYTES", 4)
    assert outcome(capsys, source, target)[0] == 0

    for wrong in (source.parent, Path("/dev/null")):
        code, said = outcome(capsys, wrong, target)
        assert (code, "no file of at most 4 bytes; name a model" in said) == (1, True)
    source.write_bytes(b"binf5")
    assert "no file of at most 4 bytes" in outcome(capsys, source, target)[1]
    missing = outcome(capsys, source.parent / "missing", target)
    assert (missing[0], "cannot be read (No such file or dir" in missing[1]) == (1, True)


@pytest.mark.parametrize("name", ["is_misread", "write_atomically", "check_readable"])
def test_an_error_that_says_nothing_of_the_files_is_not_swallowed(
    monkeypatch: pytest.MonkeyPatch, paths: tuple[Path, Path], name: str
) -> None:
    isolated(monkeypatch, MODEL)
    paths[0].write_bytes(b"{}" if name == "is_misread" else b"binf")

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(convert, name, broken)

    with pytest.raises(ZeroDivisionError):
        main([*map(str, paths)])
