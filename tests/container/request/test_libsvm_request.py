import pytest

from container.contract.http_errors import HTTPError
from container.formats import libsvm
from tests.container.support.request_bodies import (
    LIBSVM,
    read,
    refusal,
)

ROWS = [[1.5, 2, -3], [4, 5, None]]


@pytest.mark.parametrize(
    "body",
    [
        b"0:1.5 1:2 2:-3\n0:4 1:5",
        b"1 0:1.5 1:2 2:-3\n0 1:5 0:4\n",
        b"+1 qid:3 2:-3 1:2. 0:1.5 # comment\n-1 0:4 1:5 2:nan",
        b"\t0:1.5  1:2 2:-3 \r\n0:4 1:5\r\n",
    ],
)
def test_libsvm_is_rows_with_indices_from_zero(body: bytes) -> None:
    assert read(body, LIBSVM) == ROWS


def test_indices_are_not_shifted_when_no_row_has_the_first_feature() -> None:
    assert read(b"1:5 2:6", LIBSVM) == [[None, 5, 6]]


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        (b"1:5 2:6", [[5, 6, None]]),
        (b"7 1:5 3:6\n2:4", [[5, None, 6], [None, 4, None]]),
        (b"2:5 3:6", [[None, 5, 6]]),
        # One index of zero, and none is shifted.
        (b"1:5 2:6\n0:1", [[None, 5, 6], [1, None, None]]),
        (b"1:5\n\n3:6", [[5, None, None], [None] * 3, [None, None, 6]]),
    ],
)
def test_as_the_built_in_indices_count_from_one_if_none_is_zero(
    body: bytes, rows: list[list[float | None]]
) -> None:
    assert read(body, LIBSVM, lenient=True) == rows


@pytest.mark.parametrize(
    ("body", "line"), [(b"0:1\n3:1", 2), (b"1:1\n1:2\n4:1", 3), (b"0:1 3:1", 1), (b"5:1", 1)]
)
def test_an_index_beyond_the_model_is_refused_also_where_indices_are_shifted(
    body: bytes, line: int
) -> None:
    with pytest.raises(HTTPError, match=f"line {line} has an index beyond the 3 features"):
        read(body, LIBSVM, lenient=True)


@pytest.mark.parametrize("blank", [b"", b" ", b"\t ", b"# nothing", b"5", b"\r"])
def test_a_line_without_values_is_a_row_without_values(blank: bytes) -> None:
    nothing = [None, None, None]

    assert read(b"0:1\n%b\n2:3" % blank, LIBSVM) == [[1, None, None], nothing, [None, None, 3]]
    assert read(b"0:1\n%b\n%b\n2:3" % (blank, blank), LIBSVM)[1:3] == [nothing, nothing]


@pytest.mark.parametrize("piece", [b"\n0:1 1:2", b"0:1 1:2\n", b"\n0:1 1:2\n\n", b" \n0:1 1:2"])
def test_lines_without_values_at_the_ends_of_a_piece_are_rows_too(piece: bytes) -> None:
    block = libsvm.read_block(piece, labelled=False)

    assert len(block.ends) - 1 == piece.count(b"\n") + 1
    assert sorted(block.values.tolist()) == [1, 2]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"1,2,3", "line 1 has a token"),
        (b"1\n0", "no index:value pair"),
        (b"0:1\n3:1", "line 2 has an index beyond the 3 features"),
        (b"0:1\n999999999999:1", "line 2 has an index that is no whole number"),
        (b"-1:5", "line 1 has an index"),
        (b"0:1 0:2", "line 1 has index 0 twice"),
        (b"0:1\n1 0:x", "line 2 has a wrong number: index 0 is not a number"),
        (b"0:1e39", "line 1 has a wrong number: index 0 is too large"),
        (b"0:1:2", "line 1 has a wrong number"),
        (b"0:1 5", "line 1 has a token that is no index:value pair"),
        (b"0:\xff", "line 1 is not UTF-8"),
        (b"0:[1]", "line 1 has a wrong number"),
    ],
)
def test_bad_libsvm_is_400_and_names_the_line(body: bytes, complaint: str) -> None:
    refused = refusal(body, LIBSVM)

    assert refused.status == 400
    assert complaint in refused.message
