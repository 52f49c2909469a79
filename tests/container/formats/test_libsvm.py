"""Blocks of libsvm: what the fast lane reads, and what it leaves to the slow one."""

import numpy as np
import pytest

from container.formats import libsvm
from container.formats.libsvm import looks_like_libsvm, read_block
from container.formats.libsvm_lines import LibsvmError

# Halfway between the largest 32-bit number and the next power of two: rounds to infinity.
FIRST_TOO_LARGE = 2.0**128 - 2.0**103
Pairs = list[dict[int, float]]


def pairs(block: libsvm.Block) -> Pairs:
    return [
        dict(zip(block.columns[a:b].tolist(), block.values[a:b].tolist(), strict=True))
        for a, b in zip(block.ends, block.ends[1:], strict=False)
    ]


USUAL: list[tuple[str, Pairs]] = [
    ("1 0:1.5 2:3", [{0: 1.5, 2: 3}]),
    ("+1 0:1\n+2 1:2", [{0: 1}, {1: 2}]),
    ("-1 0:1\n0 1:-2", [{0: 1}, {1: -2}]),
    ("1\t0:1  2:2 \r\n  2 1:5", [{0: 1, 2: 2}, {1: 5}]),
    ("1 0:1 # first\n2 1:2#second", [{0: 1}, {1: 2}]),
    ("1 2:1 0:5", [{0: 5, 2: 1}]),
    ("1 3:1\n2 0:5", [{3: 1}, {0: 5}]),
    ("1\n2 0:1", [{}, {0: 1}]),
    ("1 999999:1", [{999_999: 1}]),
]


@pytest.mark.parametrize(("text", "expected"), USUAL)
def test_the_usual_spellings_of_a_channel_take_the_fast_lane(text: str, expected: Pairs) -> None:
    fast = libsvm._fast_block(text.encode(), True)

    assert fast is not None
    assert pairs(fast) == expected
    assert fast.weights is None
    assert fast.groups is None


def test_labels_and_weights_are_read_in_the_fast_lane() -> None:
    fast = libsvm._fast_block(b"1:0.5 0:3\n-2:2 1:3 4:5", True)

    assert fast is not None
    assert fast.weights is not None
    assert fast.labels.tolist() == [1, -2]
    assert fast.weights.tolist() == [0.5, 2]
    assert pairs(fast) == [{0: 3}, {1: 3, 4: 5}]
    assert fast.width == 5


def test_queries_are_read_in_the_fast_lane() -> None:
    fast = libsvm._fast_block(b"1 qid:7 0:3\n2 qid:4294967295 1:3 4:5", True)

    assert fast is not None
    assert fast.groups is not None
    assert fast.groups.tolist() == [7, 2**32 - 1]
    assert pairs(fast) == [{0: 3}, {1: 3, 4: 5}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0:1.5 2:3", [{0: 1.5, 2: 3}]),
        ("0:1\n1 2:3", [{0: 1}, {2: 3}]),
        ("7 1:2\n0:5", [{1: 2}, {0: 5}]),
    ],
)
def test_a_request_has_labels_or_none_in_the_fast_lane(text: str, expected: Pairs) -> None:
    fast = libsvm._fast_block(text.encode(), False)

    assert fast is not None
    assert pairs(fast) == expected
    assert fast.labels.tolist() == [0] * len(expected)


def test_the_usual_spelling_is_never_read_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libsvm, "LibsvmLines", None)

    assert pairs(read_block(b"1 0:5", labelled=True)) == [{0: 5}]


# Each is read by the slow lane, or refused by it with the number of the line.
UNUSUAL = [
    "1 qid:1 0:1\n2 0:1",
    "1 qid:1 0:1\n2\n3 qid:2 qid:3",
    "1 0:1 qid:1",
    "1:2 0:1\n1 0:1",
    "1 0:1\n1:2 0:1",
    "1:2 0:1\n5 6",
    "1 qid:1 qid:2 0:1",
    f"{FIRST_TOO_LARGE!r} 0:1",
    f"1:{FIRST_TOO_LARGE!r} 0:1",
    f"1 0:-{FIRST_TOO_LARGE!r}",
    "1:2:3 0:1",
    "1 0:1:2",
    "1 0",
    "1 0:1 1",
    "1 0:1 0:2",
    "1 2:1 0:1 2:2",
    "1 -1:1",
    "1 -1:5 0:2",
    "1 0.5:1",
    "1 1000000:1",
    "1 qid:4294967296 0:1",
    "1 qid:0.5 0:1",
    "1 qid:-1 0:1",
    "1e39 0:1",
    "-1e39 0:1",
    "1:1e39 0:1",
    "1 0:1e39",
    "1 0:-1e39",
    "1 [0:1]",
    "[1] 0:1",
    "1 0:nan",
    "1 0:",
    "x 0:1",
    "1 0:.5",
    "1 0:+5",
    "++1 0:1",
    "1,0:1",
    "1 0:1,1:2",
]
UNUSUAL_REQUESTS = [
    "0:1\n\n0:2",
    "0:1 # remark\n0:2",
    "# remark",
    "-1 0:1",
    "+1 0:1",
    "0:1\n-1 0:1",
    "0:1\n+1 0:1",
    "5 7 0:1",
    "0:1 5",
    "qid:5 0:1",
    "1 qid:5 0:1\n0:1",
    "[0:1]",
    "",
    "\n",
    " 0:1",
    "-0:1",
    "0:1\n-0:1",
    "+0:1",
    "0:1\n+0:1",
    "0:1\n# remark",
]


@pytest.mark.parametrize(
    ("text", "labelled"),
    [*((text, True) for text in UNUSUAL), *((text, False) for text in UNUSUAL_REQUESTS)],
)
def test_an_unusual_spelling_is_read_or_refused_as_line_by_line(text: str, labelled: bool) -> None:
    def outcome() -> object:
        # As text, in which one NaN is as another.
        try:
            block = read_block(text.encode(), labelled=labelled)
        except LibsvmError as error:
            return error.line, str(error)
        queries = block.groups.tolist() if labelled and block.groups is not None else None
        weights = None if block.weights is None else block.weights.tolist()
        return repr((pairs(block), block.labels.tolist(), weights, queries))

    found = outcome()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(libsvm, "_fast_block", lambda *_: None)
        assert outcome() == found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"1 0:1", True),
        (b"0:1", True),
        (b"1\t10:x", True),
        (b"1,0:1", False),
        (b"1,2 0:1", False),
        (b"1 2 3", False),
        (b"1 0: 1", False),
        (b"1 a0:1", False),
        (b"12:30:00", True),
        (b"", False),
    ],
)
def test_a_line_with_an_index_and_a_value_looks_like_libsvm(line: bytes, expected: bool) -> None:
    assert looks_like_libsvm(line) is expected


def test_a_block_becomes_a_matrix_of_the_width_that_is_asked_for() -> None:
    block = read_block(b"1 0:5\n2\n3 2:7", labelled=True)

    matrix = block.matrix(4)

    assert block.width == 3
    assert matrix.shape == (3, 4)
    np.testing.assert_array_equal(matrix.toarray(), [[5, 0, 0, 0], [0] * 4, [0, 0, 7, 0]])
    assert read_block(b"1\n2", labelled=True).width == 0
