import io
import os
import sys
import tempfile
import threading
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet
import pytest

from cli.data.reading import source
from cli.data.reading.source import display_name, open_source
from cli.terminal.errors import Failure, WrongInput
from tests.cli.data.files import lines, noise, put, refusal, write

TEXT = lines("y,city", lambda n: f"{n % 2},{('Tōkyō', 'Kyōto')[n % 3 == 0]}")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_text_with_a_mark_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding.endswith("e") else ""
    done = put(write(tmp_path, (mark + TEXT.replace("\n", "\r\n")).encode(encoding)))

    assert done.found.table.names == ["y", "city"]
    assert set(done.rows) == {"0,Tōkyō", "0,Kyōto", "1,Tōkyō", "1,Kyōto"}


def test_text_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    text = lines("y,a", lambda n: f"{n % 2},{'é' if n == 40 else noise(n)}")

    assert refusal(write(tmp_path, text.encode("latin-1"))) == (
        "rows.csv: not text (line 42 is not UTF-8); save it as CSV in UTF-8"
    )


def test_a_cut_file_of_utf_16_is_refused(tmp_path: Path) -> None:
    content = TEXT.encode("utf-16")[:-1]

    assert "not text (it is not UTF-16)" in refusal(write(tmp_path, content))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04\xff\xfe\x00", " (an Excel workbook or a zip archive)"),
        (b"\x1f\x8b\x08", " (compressed by gzip)"),
        (b"1,2\n\x00,3\n", ""),
    ],
)
def test_a_binary_file_is_refused(tmp_path: Path, content: bytes, kind: str) -> None:
    assert refusal(write(tmp_path, content)) == (
        f"rows.csv: a binary file, not CSV{kind}; export it as CSV"
    )


def test_a_zero_byte_far_below_is_found(tmp_path: Path) -> None:
    content = TEXT.encode() * 200 + b"\0\n"

    assert "a binary file" in refusal(write(tmp_path, content))


@pytest.mark.parametrize("content", ["", "\n\n", " \n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    assert refusal(write(tmp_path, content)) == "rows.csv: empty; give at least one row"


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.csv") == (
        "none.csv: cannot be read: no such file or directory; check the path"
    )
    assert "cannot be read: is a directory; check the path" in refusal(tmp_path)


def test_what_is_appended_meanwhile_is_not_read(tmp_path: Path) -> None:
    path = write(tmp_path, TEXT)
    with open_source(path) as opened:
        before = list(opened.open_text(lambda count: None))
        with path.open("a") as file:
            file.write("1,Nara\n")

        assert list(opened.open_text(lambda count: None)) == before
        path.write_text("")
        with pytest.raises(WrongInput, match="became shorter while it was read; put it again"):
            opened.open_text(lambda count: None)


def test_standard_input_is_kept_in_a_temporary_file(monkeypatch: pytest.MonkeyPatch) -> None:
    read, written = os.pipe()
    sender = threading.Thread(target=_send, args=(written, TEXT.encode()))
    sender.start()
    with os.fdopen(read, "rb") as pipe:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=pipe))
        done = put(Path("-"))
    sender.join()

    assert done.found.table.source.name == "standard input"
    assert len(done.rows) == 60


@pytest.mark.parametrize("is_streamed", [False, True])
def test_standard_input_begins_where_a_shell_has_left_it(
    monkeypatch: pytest.MonkeyPatch, is_streamed: bool
) -> None:
    given = io.BytesIO(b"read already\na,b\n1,2\n")
    given.readline()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=given))

    with open_source(Path("-"), is_streamed=is_streamed) as opened:
        for _ in range(2):
            assert list(opened.open_text(lambda count: None)) == ["a,b\n", "1,2\n"]


def test_a_pipe_that_is_streamed_is_received_while_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "".join(f"{number},é\n" for number in range(40_000))
    given = io.BytesIO(text.encode())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=given))

    with open_source(Path("-"), is_streamed=True) as opened:
        assert next(opened.open_text(lambda count: None)) == "0,é\n"
        assert given.tell() < 100_000
        assert "".join(opened.open_text(lambda count: None)) == text
        assert "".join(opened.open_text(lambda count: None)) == text


def _send(pipe: int, content: bytes) -> None:
    with os.fdopen(pipe, "wb") as stream:
        stream.write(content)


def test_a_file_is_named_by_its_path() -> None:
    assert display_name(Path("data/rows.csv")) == "data/rows.csv"
    assert display_name(Path("-")) == "standard input"


def test_a_full_disk_is_named_with_its_folder() -> None:
    with pytest.raises(Failure) as refused, source.temporary_file():
        raise OSError(28, "No space left on device")

    assert str(refused.value) == (
        f"{tempfile.gettempdir()}: no space left on device; free some space there, or name another "
        "folder in the variable TMPDIR"
    )


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), OSError(28, "No", "named")])
def test_another_error_is_not_taken_for_a_full_disk(error: OSError) -> None:
    with pytest.raises(OSError, match=str(error.strerror)), source.temporary_file():
        raise error


@pytest.mark.acceptance
def test_parquet_is_read_by_the_packages_of_the_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _read_with_own_packages(monkeypatch)
    table = pa.table(
        {
            "y": [number % 2 == 0 for number in range(60)],
            "city": pa.array(["Tokyo, Japan", None, "Kyoto"] * 20).dictionary_encode(),
            "size": pa.array([1.5, None, 2.5] * 20),
            "at": pa.array([0, 86_400, 172_800] * 20, pa.timestamp("s")),
        }
    )
    pyarrow.parquet.write_table(table, tmp_path / "rows.parquet")

    done = put(tmp_path / "rows.parquet", dates="split")

    assert done.found.labels.classes == ("false", "true")
    assert done.found.roles == ["label", "category", "number", "dates"]
    assert '1,"Tokyo, Japan",1.5,1970,1,1,3,0' in done.rows
    assert "0,,,1970,1,2,4,0" in done.rows


@pytest.mark.acceptance
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PAR1 and no more", "cannot be read as Parquet: "),
        (None, "column 'list' holds list<element: int64>, which is not one value; write it as"),
    ],
)
def test_parquet_that_is_no_table_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, message: str
) -> None:
    _read_with_own_packages(monkeypatch)
    path = tmp_path / "rows.parquet"
    if content is None:
        pyarrow.parquet.write_table(pa.table({"list": [[1, 2]]}), path)
    else:
        path.write_bytes(content)

    assert f"rows.parquet: {message}" in refusal(path)


def test_parquet_is_read_from_a_file_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"PAR1")))
    with (
        pytest.raises(WrongInput, match="standard input: Parquet; give the name of a file"),
        open_source(Path("-")),
    ):
        raise AssertionError


def _read_with_own_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read with this environment, which has the container's packages, too."""
    monkeypatch.setattr("sandbox.ecr.environments.ensure", lambda *requirements: Path(sys.prefix))
