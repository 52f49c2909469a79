from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from container.contract.http_errors import HTTPError
from container.formats.media import request_type
from container.formats.schema import Feature, Label, Schema
from container.request.request_body import read_rows
from tests.container.support.request_bodies import NAMED, random_rows, read, refusal

HEADER = "text/csv;header=present"


@pytest.mark.parametrize(
    "body",
    [
        b"1,2,3\n4,5,6",
        b"1,2,3\n4,5,6\n",
        b"1,2,3\r\n4,5,6\r\n",
        b"\xef\xbb\xbf1,2,3\n4,5,6\n\n",
        b"  1, 2 ,3\n4,\t5,6",
        b'"1","2","3"\n4,5,6',
        b"+1,2.,3\n.4e1,5E0,6",
        b'1,2,"3"\n4,5,6',
        b"1,2,3\r4,5,6",
    ],
)
def test_the_same_numbers_are_read_from_every_spelling(body: bytes) -> None:
    assert read(body) == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    ("body", "row"),
    [
        (b",2,3", [None, 2, 3]),
        (b"1,,3", [1, None, 3]),
        (b"1,2,", [1, 2, None]),
        (b",,", [None, None, None]),
        (b"nan,NaN,NAN", [None, None, None]),
        (b"NA,2,nan", [None, 2, None]),
        (b'"",2, ', [None, 2, None]),
        (b", nan,+3", [None, None, 3]),
    ],
)
def test_a_missing_value_is_an_empty_field_or_na_or_nan(
    body: bytes, row: list[float | None]
) -> None:
    assert read(body) == [row]
    assert read(body + b"\n" + body + b"\r\n1,2,3") == [row, row, [1, 2, 3]]


def test_a_column_alone_is_one_number_per_line() -> None:
    assert read(b"1\n2.5\n-3", schema=Schema.of_numbers(1)) == [[1], [2.5], [-3]]


@pytest.mark.parametrize("rows", [1, 7, 10_000])
def test_numbers_become_the_nearest_32_bit_number_of_the_nearest_64_bit_number(rows: int) -> None:
    values = random_rows(rows)
    body = "\n".join(",".join(map(repr, row)) for row in values.tolist()).encode()

    found = read_rows(body, request_type("text/csv"), Schema.of_numbers(30))

    np.testing.assert_array_equal(found, values.astype(np.float32))


@pytest.mark.parametrize("rows", [2, 20_000])
def test_missing_values_do_not_change_their_neighbours(rows: int) -> None:
    values = random_rows(rows)
    values[::3, 1] = values[1::2, 29] = np.nan
    body = "\n".join(",".join(map(repr, row)) for row in values.tolist()).replace("nan", "")

    found = read_rows(body.encode(), request_type("text/csv"), Schema.of_numbers(30))

    np.testing.assert_array_equal(found, values.astype(np.float32))


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "the body is empty"),
        (b" \r\n \n", "the body is empty"),
        (b"1,2", "line 1 has 2 features; this model takes 3"),
        (b"1,2,3,4", "line 1 has 4 features; this model takes 3"),
        (b"1,2,3\n4,5", "line 2 has 2 features; this model takes 3"),
        (b"1,2,3\n4,5,6,7", "line 2 has 4 features; this model takes 3"),
        (b"1,2,3\n\n4,5,6", "line 2 is blank; remove it"),
        (b"1,2,3\n \n4,5,6", "line 2 is blank; remove it"),
        (b"a,b,c\n1,2,3", "line 1 is a header or holds no number"),
        (b"1;2;3", "line 1 has 1 features; this model takes 3"),
        (b"1,2,3\n4,x,6", "line 2, field 2 is not a number"),
        (b"1,2,3\nx,y,z", "line 2, field 1 is not a number"),
        (b",x,y", "line 1, field 2 is not a number"),
        (b"NA,x,y", "line 1, field 2 is not a number"),
        (b"1,=1+1,3", "line 1, field 2 is not a number"),
        (b"1,[2],3", "line 1, field 2 is not a number"),
        (b"1,true,3", "line 1, field 2 is not a number"),
        (b"1,null,3", "line 1, field 2 is not a number"),
        (b"1,inf,3", "line 1, field 2 is not a number"),
        (b"1,1_0,3", "line 1, field 2 is not a number"),
        (b"1,0x10,3", "line 1, field 2 is not a number"),
        (b"1,\xd9\xa1,3", "line 1, field 2 is not a number"),
        (b"1,1e39,3", "line 1, field 2 is too large for a 32-bit number"),
        (b"1,1e400,3", "line 1, field 2 is too large for a 32-bit number"),
        (b"1,9e307,3", "line 1, field 2 is too large for a 32-bit number"),
        (b",8e307,3", "line 1, field 2 is too large for a 32-bit number"),
        (b",9e307,3", "line 1, field 2 is too large for a 32-bit number"),
        (b",90e306,3", "line 1, field 2 is too large for a 32-bit number"),
        (b"1," + b"9" * 401 + b",3", "line 1, field 2 is not a number"),
        (b"1,nan5,", "line 1, field 2 is not a number"),
        (b'1,"2,3",4,5', "line 1 has 4 features"),
        (b'1,"2,5",3', "line 1, field 2 is not a number"),
        (b'1,"2,3', "line 1 is not CSV: a quote is not closed on its line"),
        (b'1,"2"x,3', "line 1 is not CSV"),
        (b"1,2,3\xff", "the body is not UTF-8"),
        (b"1,2,3\x00", "line 1, field 3 is not a number"),
    ],
)
def test_a_bad_body_is_400_and_names_line_and_field(body: bytes, complaint: str) -> None:
    refused = refusal(body)

    assert refused.status == 400
    assert complaint in refused.message


def test_a_declared_header_of_a_model_without_names_is_skipped() -> None:
    assert read(b"a,b,c\n1,2,3", HEADER) == [[1, 2, 3]]
    assert "line 2, field 1 is not" in refusal(b"a,b,c\nx,y,z", HEADER).message
    assert "line 2 is blank" in refusal(b"a,b,c\n\n1,2,3", HEADER).message


@pytest.mark.parametrize(
    "body",
    [
        b'age, "plan",income\n1,red,3\n4,,6',
        b"plan,age,income\nred,1,3\n,4,6",
        b"income,plan,age\r\n3,red,1\r\n6,,4\r\n",
        b"\xef\xbb\xbfplan,income,age\nred,3,1\n,6,4",
    ],
)
def test_columns_are_those_of_the_header_in_any_order(body: bytes) -> None:
    assert read(body, HEADER, NAMED) == [[1, 2, 3], [4, None, 6]]


@pytest.mark.parametrize("count", [1, 5_000])
def test_plain_numbers_are_rearranged_too(count: int) -> None:
    numbers = Schema(tuple(map(Feature, "abc")), Label("y"))
    rows = b"\n".join(b"3,1,2" for _ in range(count))

    assert read(b"c,a,b\n" + rows, HEADER, numbers) == [[1, 2, 3]] * count
    assert read(b"c,a,y,b\n" + rows.replace(b"2", b"0,2"), HEADER, numbers) == [[1, 2, 3]] * count


@pytest.mark.parametrize("label", [b"yes", b"1", b"", b'"a, b"', b"9e999"])
def test_a_column_with_the_labels_name_is_not_read(label: bytes) -> None:
    schema = replace(NAMED, label=Label("churned", ("no", "yes")))
    body = b"churned,income,plan,age\n" + b"%b,3,red,1\n" % label * 2

    assert read(body, HEADER, schema) == [[1, 2, 3]] * 2
    short = refusal(b"churned,income,plan,age\nyes,3,red", HEADER, schema)
    assert short.message == "line 2 has 3 fields; the header has 4"
    wrong = refusal(b"churned,income,plan,age\nyes,x,red,1", HEADER, schema)
    assert wrong.message.startswith("line 2, field 2 (income) is not a number")


def test_generated_names_of_a_named_label_are_names() -> None:
    schema = replace(Schema.of_numbers(2), label=Label("y"))

    assert read(b"f1,f0\n2,1", HEADER, schema) == [[1, 2]]
    assert read(b"f1,f0\n2,1", HEADER, Schema.of_numbers(2)) == [[2, 1]]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (b"age,plan", 'lacks "income"; name each column once'),
        (b"age", 'lacks "plan", "income"; name'),
        (b"age,plan,income,age", 'repeats "age"; name'),
        (b"age,plan,income,extra", 'has "extra", no column of this model; name'),
        (
            b"age,plan,incom",
            'lacks "income" and has "incom", no column of this model (did you mean "income"?)',
        ),
        (b"age,plan,income,", 'has "", no column'),
        (b"age,plan,income,churned", 'has "churned", no column'),
        (b"Age,plan,plan", 'repeats "plan" and lacks "age", "income" and has "Age", no column'),
        (b"a,b,c", 'names no column of this model; it must name "age", "plan", "income"'),
        (b"age,1,2", 'lacks "plan", "income" and has 2 names that are no column of this model'),
        (b"x," * 19 + b"x", "has 20 features; this model takes 3"),
        (b'age,"plan', "is not CSV: a quote is not closed on its line"),
    ],
)
def test_a_header_that_does_not_fit_is_400_and_named(names: bytes, message: str) -> None:
    refused = refusal(names + b"\n1,red,3", HEADER, NAMED)

    assert refused.status == 400
    assert refused.message.startswith(f"line 1 {message}")


def test_the_names_that_a_header_lacks_are_counted() -> None:
    wide = Schema(tuple(Feature(f"c{i}") for i in range(10)))

    assert 'lacks "c1", "c2", "c3" and 6 more;' in refusal(b"c0\n1", HEADER, wide).message


def test_a_header_of_many_columns_is_matched_in_one_pass() -> None:
    wide = Schema(tuple(Feature(f"c{i}") for i in range(20_000)))
    names = ",".join(reversed(wide.names)).encode()
    values = ",".join(map(str, reversed(range(20_000)))).encode()

    assert read(names + b"\n" + values, HEADER, wide) == [list(range(20_000))]


def test_below_a_header_lines_count_from_the_second() -> None:
    assert "no rows" in refusal(b"age,plan,income\n", HEADER, NAMED).message
    short = refusal(b"age,plan,income\n1,red", HEADER, NAMED)
    assert short.message == "line 2 has 2 features; this model takes 3"
    late = refusal(b"age,plan,income\n1,red,3\nx,red,3", HEADER, NAMED)
    assert late.message.startswith("line 3, field 1 (age) is not a number")


def test_rows_below_a_header_have_all_its_columns_for_the_built_in_too() -> None:
    with pytest.raises(HTTPError, match="line 2 has 2 features"):
        read(b"age,plan,income\n1,red", HEADER, NAMED, lenient=True)


def test_texts_become_codes_and_unseen_ones_are_missing_and_counted() -> None:
    unseen: Counter[str] = Counter()

    rows = read(b'1,red,3\n2," gold ",4\n3,green,5\n4,,6\n5,5,7', schema=NAMED, unseen=unseen)

    assert [row[1] for row in rows] == [2, 1, None, None, 0]
    assert unseen == {"plan": 1}


def test_the_built_in_accepts_rows_that_lack_the_last_columns() -> None:
    assert read(b"1,2\n3,4", lenient=True) == [[1, 2, None], [3, 4, None]]
    assert read(b"1,2,3", lenient=True) == [[1, 2, 3]]
    for body in (b"1,2\n3", b"1\n2,3", b"1,2,3,4"):
        with pytest.raises(HTTPError):
            read(body, lenient=True)


def test_the_built_in_answers_an_empty_body_with_204() -> None:
    with pytest.raises(HTTPError) as caught:
        read(b" \n", lenient=True)

    assert caught.value.status == 204


def test_a_refusal_never_repeats_what_was_sent() -> None:
    secret = b"patient-Quentin"
    bodies = [b"1,%b,3", b"%b", b"%b,%b,%b\n1,2,3", b'1,"%b', b'[{"%b": 1}]', b'[["%b"]]']

    for body in bodies:
        for content_type in ("text/csv", "application/json", "text/libsvm"):
            refused = refusal(body.replace(b"%b", secret), content_type)
            assert "Quentin" not in refused.message
    # A row in the place of a header, though a value of it happens to be a column's name.
    for line in (b"%b,1,2", b"age,%b,7"):
        refused = refusal(line.replace(b"%b", secret) + b"\n1,2,3", HEADER, NAMED)
        assert "Quentin" not in refused.message


def test_pairs_in_a_body_that_nobody_declared_make_it_libsvm() -> None:
    rows = read_rows(b"0:1.5 2:3", request_type(""), Schema.of_numbers(3))

    assert rows.nnz == 2
    assert "field" in refusal(b"0:1.5 2:3,4,5", "").message
