import numpy as np
import pytest

from container.contract.errors import InputError
from tests.container.support.channel_files import Channel, listed


@pytest.mark.parametrize(
    "content",
    [
        b"1,2,3\n0,4,5\n",
        b"1,2,3\n0,4,5",
        b"1,2,3\r\n0,4,5\r\n",
        b"\xef\xbb\xbf1,2,3\n0,4,5\n",
        b"1, 2, 3\n\n0, 4, 5\n",
        b'"1","2","3"\n0,4.0,5e0\n',
        b"1\t2\t3\n0\t4\t5\n",
        b"1;2;3\n0;4;5\n",
        b"1|2|3\n0|4|5\n",
        b"1 2 3\n0 4 5\n",
        b"+1,2.,3\n0,.4e1,+5\n",
    ],
)
def test_the_same_numbers_are_read_from_every_spelling(channel: Channel, content: bytes) -> None:
    batch = channel.put("part.csv", content).batch(content_type="text/csv")

    assert batch.labels.tolist() == [1, 0]
    assert listed(batch) == [[2, 3], [4, 5]]
    assert batch.labels.dtype == np.float32


def test_a_single_line_without_newline_is_one_row(channel: Channel) -> None:
    assert channel.put("part.csv", b"1,2,3").batch().rows == 1


def test_an_empty_field_and_na_and_nan_are_missing_values(channel: Channel) -> None:
    channel.put("part.csv", b"1,,3\n0,4,\n1,nan,NaN\n0,NA,NAN\n")

    assert channel.rows() == [[None, 3], [4, None], [None, None], [None, None]]


def test_files_are_read_in_the_order_of_their_names(channel: Channel) -> None:
    for name, label in (("b/1.csv", 2), ("a.csv", 1), ("c/d/e/f/g.csv", 3)):
        channel.put(name, f"{label},5\n".encode())

    assert channel.read().labels.tolist() == [1, 2, 3]


def test_column_two_is_the_weight_when_weighted(channel: Channel) -> None:
    batch = channel.put("part.csv", b"1,0.5,3\n").batch(weighted=True)

    assert batch.weights is not None
    assert batch.weights.tolist() == [0.5]
    assert listed(batch) == [[3]]


def test_a_declared_header_gives_the_features_their_names(channel: Channel) -> None:
    channel.put("a.csv", b"label,age,income\n1,2,3\n").put("b.csv", b"label,age,income\n0,4,5\n")

    data = channel.read(content_type="text/csv;header=present;label_size=1")

    assert data.schema.given_names == ["age", "income"]
    assert data.labels.tolist() == [1, 0]


def test_texts_of_a_categorical_column_become_codes_in_the_order_of_the_alphabet(
    channel: Channel,
) -> None:
    channel.put("part.csv", b'y,plan,age\n1,red,3\n0, gold ,4\n1,"NA",5\n1,,6\n')

    data = channel.read(content_type="text/csv;header=present", categorical=["plan"])

    assert data.schema.features[0].categories == ("NA", "gold", "red")
    assert listed(next(data.batches())) == [[2, 3], [1, 4], [0, 5], [None, 6]]


def test_a_categorical_column_may_be_given_by_its_position(channel: Channel) -> None:
    channel.put("part.csv", b"1,7,red\n0,8,gold\n")

    assert channel.rows(categorical=["1"]) == [[7, 1], [8, 0]]


def test_a_category_that_training_did_not_have_is_missing_in_validation(channel: Channel) -> None:
    schema = channel.put("part.csv", b"1,red\n0,gold\n").read(categorical=["0"]).schema

    channel.put("part.csv", b"1,gold\n0,green\n")

    assert channel.rows(schema=schema) == [[0], [None]]


@pytest.mark.parametrize("name", ["plan", "2", "-1", "1.0", ""])
def test_a_categorical_feature_that_is_none_is_refused(channel: Channel, name: str) -> None:
    with pytest.raises(InputError, match="which is no feature; give 0 to 1, or a name"):
        channel.put("part.csv", b"1,2,3\n").read(categorical=[name])


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"label,a,b\n1,2,3\n", "line 1 is a header ('label,a,b'); remove it, or say"),
        (b"1,2,3\n\nno,4,5\n", "line 3: label is not a number; got 'no'"),
        (b"1,2,3\n0,4,abc\n", "line 2: f1 is not a number; got 'abc'; encode text"),
        (b"1,2,3\n0,4,inf\n", "line 2: f1 is not a number; got 'inf'"),
        (b"1,2,3\n0,4,1e39\n", "line 2: f1 is too large for a 32-bit number; got '1e39'"),
        (b"1,2,3\n0,4,0x10\n", "line 2: f1 is not a number; got '0x10'"),
        (b"1,2,3\n,4,5\n", "line 2: label is empty"),
        (b"1,2,3\nnan,4,5\n", "line 2: label is empty"),
        (b"1,2,3\n0,4\n", "line 2 has 2 columns where 3 are expected"),
        (b"1,2,3\n0,4,5,6\n", "line 2 has 4 columns where 3 are expected"),
        (b"1\n0\n", "needs a label and at least one feature"),
        (b"1,2,3\n0,4,\xff\n", "line 2: f1 is not a number"),
    ],
)
def test_what_cannot_be_read_is_refused_with_file_and_line(
    channel: Channel, content: bytes, complaint: str
) -> None:
    channel.put("part.csv", content)

    for memory in (None, 0):
        with pytest.raises(InputError) as caught:
            channel.read(memory=memory)
        assert str(caught.value).startswith("input/data/train/part.csv: ")
        assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"1,2,3\n", "line 1 is no header"),
        (b"y,a,a\n1,2,3\n", "the name of another column"),
        (b"y,a,\n1,2,3\n", "gives a column no name"),
        (b"y,a,b\n", "its files have no rows"),
    ],
)
def test_a_wrong_declared_header_is_refused(
    channel: Channel, content: bytes, complaint: str
) -> None:
    with pytest.raises(InputError, match=complaint):
        channel.put("part.csv", content).read(content_type="text/csv;header=present")


def test_files_with_different_headers_are_refused(channel: Channel) -> None:
    channel.put("a.csv", b"y,a,b\n1,2,3\n").put("b.csv", b"y,b,a\n1,2,3\n")

    with pytest.raises(InputError, match=r"b\.csv: line 1 is not the header of .*a\.csv"):
        channel.read(content_type="text/csv;header=present")


@pytest.mark.parametrize("content", [b"\xef", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
@pytest.mark.parametrize("header", ["", ";header=present"])
def test_a_file_with_nothing_but_its_ends_is_refused(
    channel: Channel, content: bytes, header: str
) -> None:
    with pytest.raises(InputError) as caught:
        channel.put("part", content).read(content_type=f"text/csv{header}")

    assert str(caught.value) == "input/data/train/part: has no line that is not blank"


def test_an_empty_weight_is_refused(channel: Channel) -> None:
    with pytest.raises(InputError, match="line 1: weight is empty"):
        channel.put("part.csv", b"1,,3\n").read(weighted=True)


@pytest.mark.parametrize("memory", [None, 0])
def test_a_negative_weight_is_refused_with_file_and_line(
    channel: Channel, memory: int | None
) -> None:
    channel.put("a.csv", b"1,0,3\n").put("b.csv", b"1,0.5,-3\n0,-0.5,3\n")

    with pytest.raises(InputError) as caught:
        channel.read(weighted=True, memory=memory)
    assert str(caught.value) == (
        "input/data/train/b.csv: line 2: weight is negative; got '-0.5'; a weight is 0 or more"
    )


@pytest.mark.parametrize("memory", [None, 0])
def test_weights_that_are_all_0_are_refused_and_some_that_are_not(
    channel: Channel, memory: int | None
) -> None:
    channel.put("a.csv", b"1,0,3\n-1,0,3\n")

    with pytest.raises(InputError, match=r"^input/data/train: all weights are 0; give the rows"):
        channel.read(weighted=True, memory=memory)
    assert channel.put("b.csv", b"1,1,3\n").read(weighted=True, memory=memory).rows == 3


def test_the_file_that_is_wrong_is_the_one_that_is_named(channel: Channel) -> None:
    channel.put("a.csv", b"1,2\n").put("deep/b.csv", b"1,2,3\n")

    with pytest.raises(InputError, match=r"train/deep/b\.csv: line 1 has 3 columns where 2"):
        channel.read()


def test_a_long_text_is_shortened_in_the_message(channel: Channel) -> None:
    with pytest.raises(InputError) as caught:
        channel.put("part.csv", b"1,2\n0," + b"x" * 5000 + b"\n").read()

    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("memory", [None, 0])
@pytest.mark.parametrize("blank", [b" ", b"\t", b"\x0c"])
def test_a_last_line_of_blanks_is_a_line_in_memory_and_in_pieces(
    channel: Channel, blank: bytes, memory: int | None
) -> None:
    channel.put("part.csv", b"1,2,3\n0,4,5\n" + blank)

    with pytest.raises(InputError, match="line 3 has 1 columns where 3 are expected"):
        list(channel.read(memory=memory).batches())


@pytest.mark.parametrize("memory", [None, 0])
def test_a_quote_that_nobody_closes_is_refused_in_memory_and_in_pieces(
    channel: Channel, memory: int | None
) -> None:
    channel.put("part.csv", b'1,2,3\n0,4,"5\n')

    with pytest.raises(InputError, match="not readable as CSV"):
        list(channel.read(memory=memory).batches())


@pytest.mark.parametrize("memory", [None, 0])
@pytest.mark.parametrize("text", [b'"a\nb"\n1,c', b'"a\nb', b'"a\r\nb"'])
def test_a_text_over_several_lines_is_refused_in_memory_and_in_pieces(
    channel: Channel, text: bytes, memory: int | None
) -> None:
    channel.put("part.csv", b"1,x\n0," + text + b"\n")

    with pytest.raises(InputError, match="not readable as CSV"):
        list(channel.read(categorical=["0"], memory=memory).batches())
