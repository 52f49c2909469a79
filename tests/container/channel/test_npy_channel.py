import io

import numpy as np
import pytest

from container.contract.errors import InputError
from tests.container.support.channel_files import Channel, listed
from tests.container.support.request_bodies import npy


@pytest.mark.parametrize("kind", ["<f4", ">f4", "<f8", "<i8", "u1", "?"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("memory", [None, 0])
def test_npy_of_every_number_type_and_order_is_rows(
    channel: Channel, kind: str, order: str, memory: int | None
) -> None:
    channel.put("part", npy([[1, 0, 1], [0, 1, 0]], kind, order))

    data = channel.read(memory=memory)

    assert data.labels.tolist() == [1, 0]
    assert [row for batch in data.batches() for row in listed(batch)] == [[0, 1], [1, 0]]


def test_npy_of_32_bit_floats_stays_in_its_file(channel: Channel) -> None:
    batch = channel.put("part.npy", npy([[1, 2], [0, np.nan]], "<f4")).batch()

    assert isinstance(batch.features.base, np.memmap)
    assert listed(batch) == [[2], [None]]


def test_categories_in_a_mapped_file_are_coded_in_a_copy(channel: Channel) -> None:
    content = npy([[1, 7], [0, 9]], "<f4")

    assert channel.put("part.npy", content).rows(categorical=["0"]) == [[0], [1]]
    assert (channel.base / "input/data/train/part.npy").read_bytes() == content


def pickled() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array([[object()]]), allow_pickle=True)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (npy([1, 2]), "is not a table of rows and columns"),
        (npy([[1], [2]]), "has one column; it needs a label"),
        (npy(np.empty((0, 2))), "has no rows"),
        (npy([[1, 2], [np.nan, 2]]), "row 2: the label is nan"),
        (npy([[1, 2], [1, np.inf]]), "row 2: f0 is inf"),
        (npy([[1, 2], [1, 1e39]]), "row 2: f0 is inf"),
        (npy([["a", "b"]], "U1"), "holds something other than plain integers"),
        (pickled(), "holds something other than plain integers"),
        (npy([[1, 2]])[:-1], "claims 144 bytes where there are 143"),
    ],
)
def test_npy_that_cannot_be_learned_from_is_refused(
    channel: Channel, content: bytes, complaint: str
) -> None:
    with pytest.raises(InputError) as caught:
        channel.put("part.npy", content).read()

    assert str(caught.value).startswith("input/data/train/part.npy: ")
    assert complaint in str(caught.value)


def test_npy_files_of_other_widths_are_refused(channel: Channel) -> None:
    channel.put("a.npy", npy([[1, 2]])).put("b.npy", npy([[1, 2, 3]]))

    with pytest.raises(InputError, match=r"b\.npy: has 3 columns where 2 are expected"):
        channel.read()
