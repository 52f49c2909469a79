import pytest

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
    ("body", "complaint"),
    [
        (b"1,2,3", "line 1 has a token"),
        (b"1\n0", "no index:value pair"),
        (b"0:1\n3:1", "line 2 has an index beyond the 3 features"),
        (b"0:1\n999999999999:1", "line 2 has an index that is no whole number"),
        (b"-1:5", "line 1 has an index"),
        (b"0:1\n\n1:2", "line 2 is blank"),
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
