import numpy as np
import pytest

from container.response.number_text import FEW, join_numbers

_EDGES = [0.0, -0.0, 1.0, 1e-4, 9.9999e-5, 1.0001e-4, 1e-5, 1e-45, 0.1, 1e15, 1e16, 1e22, 3.4e38]


def _numbers() -> np.ndarray:
    """All kinds of 32-bit numbers: the edges of each spelling, scores, and any bits."""
    generator = np.random.default_rng(1)
    edges = np.array([*_EDGES, *(-edge for edge in _EDGES)], np.float32)
    scores = generator.random(5_000, np.float32) ** 8
    bits = generator.integers(0, 2**32, 20_000, np.uint32).view(np.float32)
    return np.concatenate([edges, scores, bits[np.isfinite(bits)]])


@pytest.mark.parametrize("separator", [b"\n", b", ", b'}, {"score": '])
def test_many_numbers_are_written_as_repr_writes_each(separator: bytes) -> None:
    numbers = _numbers()

    expected = separator.decode().join(map(repr, numbers.tolist()))

    assert join_numbers(numbers, separator).decode() == expected


@pytest.mark.parametrize("count", [1, 2, FEW - 1, FEW, FEW + 1])
def test_a_few_numbers_are_written_as_many_are(count: int) -> None:
    for numbers in np.array_split(_numbers()[:400], 400 // count):
        assert join_numbers(numbers, b",").decode() == ",".join(map(repr, numbers.tolist()))
