"""Lines of libsvm one by one: what each may hold, and how a wrong one is named."""

import pytest

from container.formats.libsvm_lines import LibsvmError, LibsvmLines


def lines_of(text: str, *, labelled: bool = True) -> LibsvmLines:
    lines = LibsvmLines(labelled)
    lines.read(text.encode())
    return lines


def test_labels_weights_queries_and_pairs_are_collected() -> None:
    lines = lines_of("1:0.5 qid:7 2:3 0:1.5\n-2:2 qid:8 # nothing\n")

    assert lines.labels.tolist() == [1, -2]
    assert lines.weights.tolist() == [0.5, 2]
    assert lines.groups.tolist() == [7, 8]
    assert lines.ends.tolist() == [0, 2, 2]
    assert lines.columns.tolist() == [0, 2]
    assert lines.values.tolist() == [1.5, 3]


def test_without_weights_and_queries_there_are_none() -> None:
    lines = lines_of("1 0:1\n\n0 1:2")

    assert lines.labels.tolist() == [1, 0]
    assert not lines.weights
    assert not lines.groups


def test_lines_of_a_request_may_have_a_label_and_a_query_which_do_not_count() -> None:
    lines = lines_of("5 qid:3 0:1\n0:2\nqid:4 1:1", labelled=False)

    assert lines.labels.tolist() == [0, 0, 0]
    assert not lines.groups
    assert lines.ends.tolist() == [0, 1, 2, 3]


LARGEST = "999999"
WRONG = [
    ("x 0:1", "has a wrong number: the label is not a number"),
    ("nan 0:1", "has no label; give every line one"),
    (":1 0:1", "has no label; give every line one"),
    ("1: 0:1", "has no weight; give every line one"),
    ("1:-2 0:1", "has the weight -2; a weight is 0 or more"),
    ("1:x 0:1", "has a wrong number: the weight is not a number"),
    ("1 0", "has a token that is no index:value pair; separate them by spaces"),
    ("1 -1:2", f"has an index that is no whole number from 0 to {LARGEST}"),
    ("1 1.5:2", "has an index that is no whole number"),
    ("1 1000000:2", "has an index that is no whole number"),
    (f"1 {'0' * 19}1:2", "has an index that is no whole number"),
    ("1 3:x", "has a wrong number: index 3 is not a number"),
    ("1 3:1e39", "has a wrong number: index 3 is too large for a 32-bit number"),
    ("1 qid:4294967296 0:1", "has a qid that is no whole number from 0 to 4294967295"),
    ("1 qid: 0:1", "has a qid that is no whole number"),
    ("1 0:1 2:5 0:2", "has index 0 twice"),
]


@pytest.mark.parametrize(("line", "complaint"), WRONG)
def test_a_wrong_line_is_named_by_its_number_and_what_is_wrong(line: str, complaint: str) -> None:
    with pytest.raises(LibsvmError) as caught:
        lines_of(f"1 0:1\n\n{line}\n1 0:1")

    assert caught.value.line == 3
    assert str(caught.value).startswith(complaint)


def test_the_largest_index_and_query_are_read() -> None:
    lines = lines_of(f"1 qid:4294967295 {LARGEST}:2")

    assert lines.groups.tolist() == [2**32 - 1]
    assert lines.columns.tolist() == [999_999]


@pytest.mark.parametrize(
    ("first", "second", "complaint"),
    [
        ("1 0:1", "1:2 0:1", "has a weight, unlike the lines before"),
        ("1:2 0:1", "1 0:1", "has no weight, unlike the lines before"),
        ("1 0:1", "1 qid:1 0:1", "has a qid, unlike the lines before"),
        ("1 qid:1 0:1", "1 0:1", "has no qid, unlike the lines before"),
    ],
)
def test_either_all_lines_have_a_weight_or_a_query_or_none(
    first: str, second: str, complaint: str
) -> None:
    with pytest.raises(LibsvmError, match=complaint) as caught:
        lines_of(f"{first}\n{second}")

    assert caught.value.line == 2


def test_a_blank_line_is_a_row_in_a_request_alone() -> None:
    assert lines_of("0:1\n# nothing\n0:2", labelled=False).ends.tolist() == [0, 1, 1, 2]
    assert lines_of("1 0:1\n# nothing\n1 0:2", labelled=True).ends.tolist() == [0, 1, 2]


def test_bytes_that_are_no_text_are_named_by_their_line() -> None:
    with pytest.raises(LibsvmError, match="is not UTF-8") as caught:
        LibsvmLines(True).read(b"1 0:1\n1 \xff:1")

    assert caught.value.line == 2
