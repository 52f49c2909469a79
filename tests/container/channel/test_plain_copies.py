"""Compressed files and other charsets: read as if they were plain UTF-8."""

import gc
import gzip
import tempfile
from pathlib import Path

import pytest

from container.channel import plain_copies
from container.contract.errors import InputError
from tests.container.channel.test_reading import ROWS, WRITERS
from tests.container.support.channel_files import Channel, listed

CSV = b"1,2.5,3\n0,-4,5\n"


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where copies lie."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_copy_lives_as_long_as_the_data_that_are_read_from_it(
    channel: Channel, scratch: Path
) -> None:
    data = channel.put("part.csv.gz", gzip.compress(CSV)).read(memory=0)
    assert len(list(scratch.iterdir())) == 1
    assert sum(batch.rows for batch in data.batches()) == 2

    del data
    gc.collect()
    assert not list(scratch.iterdir())


@pytest.mark.parametrize("content_type", WRITERS)
@pytest.mark.parametrize("memory", [None, 0])
@pytest.mark.parametrize("declared", [True, False])
def test_gzip_is_read_in_every_format(
    channel: Channel, content_type: str, memory: int | None, declared: bool
) -> None:
    written = WRITERS[content_type]
    channel.put("a.gz", gzip.compress(written(ROWS[:2]))).put("b", written(ROWS[2:]))
    channel.put("blank.gz", gzip.compress(b"\n"))

    data = channel.read(content_type=content_type if declared else "", memory=memory)

    for _ in range(2):
        batches = list(data.batches())
        assert [row for batch in batches for row in listed(batch)] == [row[1:] for row in ROWS]


def test_the_ending_before_gz_says_the_format(channel: Channel) -> None:
    channel.put("part.svm.gz", gzip.compress(b"1\n0\n1 0:2\n"))
    channel.put("part.svm.weights.gz", gzip.compress(b"1\n2\n3\n"))

    batch = channel.batch()

    assert batch.weights is not None
    assert batch.weights.tolist() == [1, 2, 3]


def test_several_members_are_one_file(channel: Channel) -> None:
    content = gzip.compress(b"1,2.5,3\n") + gzip.compress(b"0,-4,5\n")

    assert channel.put("part.csv.gz", content).read().labels.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (gzip.compress(CSV)[:-5], "is damaged: gzip cannot unpack it; write it again"),
        (gzip.compress(CSV)[:20] + b"x" * 20, "is damaged: gzip cannot unpack it; write it again"),
        (gzip.compress(CSV) + b"more", "is damaged: gzip cannot unpack it; write it again"),
        (gzip.compress(b" \n"), "no data (nothing but blanks in it); put rows there"),
    ],
)
def test_gzip_that_holds_no_rows_is_refused(
    channel: Channel, content: bytes, complaint: str
) -> None:
    with pytest.raises(InputError) as caught:
        channel.put("part.csv.gz", content).read(content_type="text/csv")

    assert str(caught.value) == f"input/data/train/part.csv.gz: {complaint}"


def test_what_unpacks_to_far_more_than_it_is_is_refused_before_it_fills_the_disk(
    channel: Channel, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain_copies, "_FREE_BYTES", 100_000)
    packed = gzip.compress(b"0,0\n" * 300_000)
    limit = len(packed) * 100 + 100_000

    with pytest.raises(InputError, match=rf"part\.csv\.gz: unpacks to more than {limit:,} bytes; "):
        channel.put("part.csv.gz", packed).read()
    assert channel.put("part.csv.gz", gzip.compress(b"0,0\n" * 20_000)).read().rows == 20_000


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "utf-16", "utf-16-le", "cp500"])
@pytest.mark.parametrize("packed", [True, False])
def test_a_charset_that_python_knows_is_decoded(
    channel: Channel, charset: str, packed: bool
) -> None:
    content = "1,café,2\n0,thé,3\n".encode(charset)
    channel.put("part", gzip.compress(content) if packed else content)

    data = channel.read(content_type=f"text/csv; charset={charset}", categorical=["0"])

    assert data.schema.features[0].categories == ("café", "thé")
    assert data.labels.tolist() == [1, 0]


@pytest.mark.parametrize("content_type", ["text/csv", "text/libsvm"])
def test_numbers_in_a_charset_that_contains_ascii_are_read_where_they_lie(
    channel: Channel, scratch: Path, content_type: str
) -> None:
    channel.put("part", WRITERS[content_type](ROWS))

    data = channel.read(content_type=f"{content_type}; charset=Shift_JIS", memory=0)

    assert not list(scratch.iterdir())
    assert data.rows == 3


def test_bytes_that_are_not_in_the_charset_are_refused(channel: Channel) -> None:
    with pytest.raises(InputError, match="part: is not in the charset that ContentType says"):
        channel.put("part", b"1,\x81\n").read(content_type="text/csv;charset=shift_jis")


def test_a_disk_without_room_for_a_copy_is_named(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        path = Path("/dev/full")

    monkeypatch.setattr(plain_copies, "_Copy", Full)

    with pytest.raises(
        InputError, match=r"copy cannot be written \(No space left on device\); giv"
    ):
        channel.put("part.gz", gzip.compress(CSV)).read()
