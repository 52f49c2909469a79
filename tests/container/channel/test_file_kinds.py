"""Files that are not what their channel says: each is named for what it is."""

import bz2
import gzip
import io
import lzma
import pickle
import tarfile
import zipfile

import pytest

from container.contract.errors import InputError
from tests.container.channel.test_reading import ROWS, WRITERS
from tests.container.support.channel_files import Channel

CSV = WRITERS["text/csv"](ROWS)
BINARY = ("application/x-parquet", "application/x-npy", "application/x-recordio-protobuf")
TEXT = ("text/csv", "text/csv;header=present", "text/libsvm")
NO_INDEX = "an index as pandas writes it; write the file with to_csv(path, index=False, header=F"


def zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("part.csv", CSV)
    return stream.getvalue()


def tarred() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("part.csv"))
    return stream.getvalue()


OTHERS = {
    "xz": (lzma.compress(CSV), "is compressed with xz; unpack it, or compress it with gzip"),
    "bzip2": (bz2.compress(CSV), "is compressed with bzip2; unpack it, or compress it with gzip"),
    "zip": (
        zipped(),
        "is a ZIP archive, or an Excel workbook; unpack it, or save the sheet as CSV",
    ),
    "tar": (tarred(), "is a tar archive; unpack it"),
    "gzip twice": (
        gzip.compress(gzip.compress(CSV)),
        "is compressed with gzip twice; unpack it onc",
    ),
    "pickle": (pickle.dumps(ROWS), "is a Python pickle, which is never opened; write it as CSV or"),
    "pdf": (b"%PDF-1.7\n\x00\x01", "is a PDF; take it out of the channel"),
    "UTF-16": (CSV.decode().encode("utf-16"), "is UTF-16; save it as UTF-8, or say charset=utf-16"),
    "UTF-16 LE": (CSV.decode().encode("utf-16-le"), "is UTF-16; save it as UTF-8, or say charset"),
    "UTF-16 BE": (CSV.decode().encode("utf-16-be"), "is UTF-16; save it as UTF-8, or say charset"),
}


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("content_type", [*TEXT, *BINARY, ""])
def test_what_no_channel_reads_is_named_for_what_it_is(
    channel: Channel, name: str, content_type: str
) -> None:
    content, complaint = OTHERS[name]
    channel.put("part", content)

    assert complaint in refusal(channel, content_type)


@pytest.mark.parametrize("declared", [*TEXT, *BINARY])
@pytest.mark.parametrize("actual", WRITERS)
def test_a_file_in_another_format_is_named_with_the_content_type_that_reads_it(
    channel: Channel, declared: str, actual: str
) -> None:
    channel.put("part", WRITERS[actual](ROWS))
    if actual == declared:
        assert channel.read(content_type=declared).rows == 3
        return

    found = refusal(channel, declared)

    if declared in BINARY and actual not in BINARY:
        assert "is text, not " in found
    elif actual == declared.partition(";")[0]:
        assert "line 1 is no header" in found
    else:
        assert f"; say {actual} as ContentType" in found


TEXTS = {
    "README.md": (
        b"# Rows\n\nWhat they are, and whence.\n",
        "is a text for people, not rows of num",
    ),
    "LICENSE": (b"Permission is hereby granted, free\n", "is a text for people, not rows of numb"),
    "part.json": (b'{"label": 1, "age": 2}\n', "is JSON; write it as CSV or Parquet"),
    "array": (b"[[1,2],\n[0,3]]\n", "is JSON; write it as CSV or Parquet"),
    "page": (b"<!DOCTYPE html>\n<p>1,2</p>\n", "is HTML or XML; write it as CSV or Parquet"),
    "a.csv.metadata": (
        b"\n$b4a8b6d1\x12\x04\x08\x01\x12\x05label\n",
        "is what Athena writes beside a",
    ),
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("content_type", TEXT)
def test_texts_that_are_no_rows_are_named_for_what_they_are(
    channel: Channel, name: str, content_type: str
) -> None:
    content, complaint = TEXTS[name]
    channel.put(name, content)

    assert complaint in refusal(channel, content_type)


@pytest.mark.parametrize("content_type", ["text/csv", "text/csv;header=present", ""])
@pytest.mark.parametrize("header", [b",0,1,2", b",y,a,b"])
def test_an_index_column_of_pandas_is_named(
    channel: Channel, header: bytes, content_type: str
) -> None:
    channel.put("part.csv", header + b"\n0,1,2.5,3\n1,0,4,5\n")

    assert f"line 1 is a header without a name for the first column, {NO_INDEX}" in refusal(
        channel, content_type
    )


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b",0,1\n1,2,3\n", "line 1: label is empty"),
        (b",2,3\n0,2,3\n", "line 1: label is empty"),
        (b"y,a,b\n1,2,3\n", "line 1 is a header ('y,a,b'); remove it, or say text/csv;header=pres"),
        (b"1,2,3\n0,<a>,5\n", "line 2: f1 is not a number; got '<a>'"),
    ],
)
def test_what_only_resembles_another_kind_is_not_taken_for_it(
    channel: Channel, content: bytes, complaint: str
) -> None:
    assert complaint.replace("f1", "f0") in refusal(channel.put("part.csv", content), "text/csv")


@pytest.mark.parametrize("memory", [None, 0])
@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"sep=;\n1;2;3\n", "begins with a line for Excel (sep=); remove it"),
        (b"# label, age\n1,2\n", "begins with a comment; remove it"),
        (b"1;2,5;3\n0;4,1;5\n", "has decimal commas; write numbers with a point"),
        (b"1\t2,5\t3\n", "has decimal commas; write numbers with a point"),
        (b"yes,2,3\n", "line 1: label is not a number; got 'yes'; a label is a number: write cla"),
        (b"1,caf\xe9\n", "; the file is not UTF-8; save it as that, or say its charset in Content"),
    ],
)
def test_a_first_line_that_is_no_row_is_named_for_what_it_is(
    channel: Channel, content: bytes, complaint: str, memory: int | None
) -> None:
    channel.put("part.csv", content)

    with pytest.raises(InputError) as caught:
        channel.read(content_type="text/csv", memory=memory)
    assert complaint in str(caught.value)


@pytest.mark.parametrize("memory", [None, 0])
def test_texts_and_names_that_are_not_utf8_are_refused_with_how_to_say_their_charset(
    channel: Channel, memory: int | None
) -> None:
    for content, header, categorical in (
        (b"1,caf\xe9\n0,b\n", "", ["0"]),
        (b"y,caf\xe9\n0,1\n", ";header=present", []),
    ):
        channel.put("part.csv", content)
        with pytest.raises(InputError, match=r"part\.csv: is not UTF-8; save it as that, or say"):
            channel.read(content_type=f"text/csv{header}", categorical=categorical, memory=memory)
        data = channel.read(
            content_type=f"text/csv{header};charset=latin-1", categorical=categorical, memory=memory
        )
        assert "café" in (*data.schema.names, *data.schema.features[0].categories)


@pytest.mark.parametrize("name", ["README.md", "notes.csv.gz", "ORC.csv", "BZh"])
def test_rows_are_read_whatever_the_file_is_called(channel: Channel, name: str) -> None:
    assert channel.put(name, CSV).read(content_type="text/csv").rows == 3


def test_text_that_begins_like_another_format_is_text(channel: Channel) -> None:
    content = b"PAR1,ORC,BZh\n1,2,3\n"

    assert channel.put("part", content).read(content_type="text/csv;header=present").rows == 1


def refusal(channel: Channel, content_type: str) -> str:
    """The message for the only file, one line that a terminal can show."""
    with pytest.raises(InputError, match=r"^input/data/train/\S+: ") as caught:
        channel.read(content_type=content_type)
    text = str(caught.value)
    assert text.isprintable()
    return text
