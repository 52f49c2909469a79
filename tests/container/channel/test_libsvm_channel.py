import numpy as np
import pytest

from container.contract.errors import InputError
from container.formats.libsvm import read_block
from tests.container.support.channel_files import Channel, listed

ROWS = [[2.5, None, 3], [None, None, None], [None, 4, None]]


@pytest.mark.parametrize(
    "content",
    [
        b"1 0:2.5 2:3\n0\n1 1:4\n",
        b"+1 0:2.5 2:3 \r\n0 \r\n1 1:4",
        b"1\t0:2.5\t2:3 # a comment: here\n# nothing\n\n0\n1  1:4\n",
        b"\xef\xbb\xbf1. 2:3 0:2.5\n0\n1 1:+4\n",
    ],
)
@pytest.mark.parametrize("memory", [None, 0])
def test_indices_count_from_zero_and_what_a_line_lacks_is_missing(
    channel: Channel, content: bytes, memory: int | None
) -> None:
    channel.put("part.libsvm", content)

    data = channel.read(memory=memory)

    assert data.labels.tolist() == [1, 0, 1]
    assert [row for batch in data.batches() for row in listed(batch)] == ROWS
    assert sum(batch.features.nnz for batch in data.batches()) == 3
    assert next(data.batches()).features.dtype == np.float32


def test_a_label_may_have_a_weight(channel: Channel) -> None:
    batch = channel.put("part", b"1:0.5 0:1\n0:2 0:2\n-1:3\n").batch(content_type="libsvm")

    assert batch.labels.tolist() == [1, 0, -1]
    assert batch.weights is not None
    assert batch.weights.tolist() == [0.5, 2, 3]


@pytest.mark.parametrize("ending", [".weights", ".weight"])
@pytest.mark.parametrize("memory", [None, 0])
def test_a_companion_file_holds_a_weight_per_row(
    channel: Channel, ending: str, memory: int | None
) -> None:
    channel.put("a.libsvm", b"1 0:1\n0 0:2\n").put(f"a.libsvm{ending}", b"0.5\n2\n")
    channel.put("b.libsvm", b"1 0:3\n").put(f"b.libsvm{ending}", b"7")

    data = channel.read(memory=memory)

    weights = [batch.weights for batch in data.batches() if batch.weights is not None]
    assert np.concatenate(weights).tolist() == [0.5, 2, 7]
    assert data.rows == 3


def test_a_file_named_like_weights_with_rows_in_it_is_data(channel: Channel) -> None:
    channel.put("a.libsvm", b"1 0:1\n").put("a.libsvm.weights", b"1:0.5 0:1\n")
    channel.put("alone.weights", b"0 0:1\n")

    with pytest.raises(InputError, match="only some files have weights"):
        channel.read(content_type="libsvm")


@pytest.mark.parametrize(
    ("weights", "complaint"),
    [
        (b"1\n2\n3\n", r"a: has 2 rows but input/data/train/a\.weights has 3 weights"),
        (b"1\n", r"a: has 2 rows but input/data/train/a\.weights has 1 weights"),
        (b"1\nx\n", r"a\.weights: line 2 is not a number; give one weight per line"),
        (b"1\n-1\n", r"a\.weights: line 2 is negative; got -1; a weight is 0 or more"),
        (b"0\n0\n", r"train: all weights are 0; give the rows that count a weight above 0"),
        (b"1\n\n", r"a\.weights: line 2 is empty; give every row a weight"),
    ],
)
def test_weights_that_do_not_fit_the_rows_are_refused(
    channel: Channel, weights: bytes, complaint: str
) -> None:
    channel.put("a", b"1 0:1\n0 0:2\n").put("a.weights", weights)

    with pytest.raises(InputError, match=complaint):
        channel.read(content_type="libsvm")


def test_weights_on_both_sides_are_refused(channel: Channel) -> None:
    channel.put("a", b"1:2 0:1\n").put("a.weights", b"1\n")

    with pytest.raises(InputError, match="has weights of its own and those of"):
        channel.read(content_type="libsvm")


@pytest.mark.parametrize("memory", [None, 0])
def test_queries_are_numbered_by_their_runs_of_rows(channel: Channel, memory: int | None) -> None:
    channel.put("a", b"1 qid:7 0:1\n0 qid:7 0:2\n1 qid:3 0:1\n")
    channel.put("b", b"1 qid:3 0:1\n0 qid:7\n")

    data = channel.read(content_type="libsvm", memory=memory)

    groups = [batch.groups for batch in data.batches() if batch.groups is not None]
    assert np.concatenate(groups).tolist() == [0, 0, 1, 1, 2]
    assert [row for batch in data.batches() for row in listed(batch)] == [
        [1],
        [2],
        [1],
        [1],
        [None],
    ]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"1 0:1\nx 0:1\n", "line 2 has a wrong number: the label is not a number"),
        (b"1 0:1\nnan 0:1\n", "line 2 has no label"),
        (b"1 0:1\n1 -1:1\n", "line 2 has an index that is no whole number from 0 to 999999"),
        (b"1 0:1\n1 1000000:1\n", "line 2 has an index that is no whole number from 0 to 999999"),
        (b"1 0:1\n1 0:1 0:1\n", "line 2 has index 0 twice"),
        (b"1 0:1\n1 0:1e39\n", "line 2 has a wrong number: index 0 is too large"),
        (b"1 0:1\n1 0:1 5\n", "line 2 has a token that is no index:value pair"),
        (b"1 0:1\n\n1,2,3\n", "line 3 has a wrong number: the label is not a number"),
        (b"1 0:1\n1:1 0:1\n", "line 2 has a weight, unlike the lines before"),
        (b"1 qid:1 0:1\n1 0:1\n", "line 2 has no qid, unlike the lines before"),
        (b"1 qid:-1 0:1\n", "line 1 has a qid that is no whole number"),
        (b"1 qid:1.5 0:1\n", "line 1 has a qid that is no whole number"),
        (b"1 0:1\n1 0:\xff\n", "line 2 is not UTF-8"),
        (b"label a b\n1 0:1\n", "line 1 has a wrong number: the label is not a number"),
    ],
)
def test_a_wrong_line_is_refused_by_its_number(
    channel: Channel, content: bytes, complaint: str
) -> None:
    with pytest.raises(InputError) as caught:
        channel.put("part", content).read(content_type="text/x-libsvm")

    assert str(caught.value).startswith("input/data/train/part: ")
    assert complaint in str(caught.value)


def test_a_line_beyond_the_first_megabyte_is_still_counted_from_the_beginning(
    channel: Channel,
) -> None:
    channel.put("part", b"1 0:1.25 1:2.25 2:3.25\n" * 100_000 + b"1 0:x\n")

    with pytest.raises(InputError, match="line 100001 has a wrong number"):
        channel.read(content_type="libsvm")


def test_validation_beyond_the_columns_of_train_is_refused_by_row_and_index(
    channel: Channel,
) -> None:
    schema = channel.put("part", b"1 0:1 3:1\n").read(content_type="libsvm").schema

    with pytest.raises(InputError, match="row 2 has index 4; the largest may be 3"):
        channel.put("part", b"1 0:1\n1 4:1\n").read(content_type="libsvm", schema=schema)


def test_the_usual_spelling_and_any_other_give_the_same_rows() -> None:
    generator = np.random.default_rng(0)
    usual, other = [], []
    for _ in range(500):
        columns = np.flatnonzero(generator.random(20) < 0.3)
        pairs = [f"{column}:{generator.normal():.6f}" for column in columns]
        head = f"{generator.integers(2)} qid:{generator.integers(5)}"
        usual.append(" ".join([head, *pairs]))
        other.append("  ".join([f"+{head}", *pairs[::-1], "# [1]"]))

    one = read_block("\n".join(usual).encode(), labelled=True)
    two = read_block("\n".join(other).encode(), labelled=True)

    np.testing.assert_array_equal(one.matrix(20).toarray(), two.matrix(20).toarray())
    np.testing.assert_array_equal(one.labels, two.labels)
    assert one.groups is not None
    assert two.groups is not None
    np.testing.assert_array_equal(one.groups, two.groups)
