import numpy as np
import pytest

from tests.container.support.request_bodies import (
    NAMED,
    NPY,
    npy,
    read,
    refusal,
)

ROWS = [[1.5, 2, -3], [4, 5, None]]
NAN = float("nan")


@pytest.mark.parametrize("kind", ["<f4", ">f4", "<f8", ">f8", "<f2"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_table_of_floats_in_npy_is_rows(kind: str, order: str) -> None:
    assert read(npy([[1.5, 2, -3], [4, 5, NAN]], kind, order), NPY) == ROWS


@pytest.mark.parametrize("kind", ["i1", "<i2", ">i4", "<i8", "u1", "<u8", "?"])
def test_a_table_of_whole_numbers_in_npy_is_rows(kind: str) -> None:
    assert read(npy([[1, 0, 1]], kind), NPY) == [[1, 0, 1]]


def npy_header(text: str, data: bytes = b"") -> bytes:
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode() + data


def of_shape(shape: str, descr: str = "'<f4'", data: bytes = b"") -> bytes:
    return npy_header(f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}", data)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x93NUMPY",
        b"\x93NUMPX" + npy([[1, 2, 3]])[6:],
        npy([[1, 2, 3]])[:-1],
        npy([[1, 2, 3]]) + b"x",
        npy([[1, 2]]),
        npy([1, 2, 3]),
        npy([[[1, 2, 3]]]),
        npy(np.empty((0, 3))),
        npy([["a", "b", "c"]], "U1"),
        npy([[1j, 2, 3]], "c8"),
        npy([[1, 2, 3]], "datetime64[s]"),
        npy([[float("inf"), 2, 3]]),
        npy([[1e39, 2, 3]]),
        of_shape("(1000000000000, 3)"),
        of_shape("(999999999999999999, 999999999999999999)"),
        of_shape("(-1, 3)"),
        of_shape("(1, 3)", "'|O'", b"cos\nsystem\n(S'true'\ntR."),
        of_shape("(1, 3)", "[('a', '<f4'), ('b', '<f4'), ('c', '<f4')]", b"\0" * 12),
        of_shape("(1, 3)", "'<f4' + __import__('os').system('true')", b""),
        of_shape("(" * 5_000, "'<f4'"),
        npy_header("{}"),
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff",
        b"PK\x03\x04" + b"\0" * 30,
    ],
)
def test_npy_that_is_no_table_of_finite_numbers_is_400(body: bytes) -> None:
    assert refusal(body, NPY).status == 400


def test_the_wrong_number_in_npy_is_named() -> None:
    refused = refusal(npy([[1, 5, 3], [1, 5, float("inf")]]), NPY, NAMED)

    assert refused.message.startswith("row 2, feature 3 (income) is infinite as a 32-bit number")
