from typing import Any

import pyarrow as pa
import pytest

from container.contract.errors import InputError
from tests.container.support.channel_files import Channel, listed
from tests.container.support.request_bodies import parquet


def test_parquet_keeps_its_names_and_may_hold_texts(channel: Channel) -> None:
    plan = ["red", None, "gold"]
    content = parquet(
        {"y": [1, 0, 1], "age": [1.5, None, 3], "plan": plan, "old": [True, False, None]}
    )

    data = channel.put("part", content).read(categorical=["plan"])

    assert data.schema.given_names == ["age", "plan", "old"]
    assert data.schema.features[1].categories == ("gold", "red")
    assert listed(next(data.batches())) == [[1.5, 1, 1], [None, None, 0], [3, 0, None]]


@pytest.mark.parametrize("kind", [pa.dictionary(pa.int8(), pa.string()), pa.large_string()])
def test_other_kinds_of_text_are_categories_too(channel: Channel, kind: Any) -> None:
    column = pa.array(["b", "a"]).cast(kind)

    assert channel.put("part", parquet({"y": [1, 0], "x": column})).rows(categorical=["x"]) == [
        [1],
        [0],
    ]


def test_whole_numbers_with_gaps_are_categories_without_decimals(channel: Channel) -> None:
    channel.put("part", parquet({"y": [1, 0, 1], "x": [3.0, None, 12.0]}))

    data = channel.read(categorical=["x"])

    assert data.schema.features[0].categories == ("12", "3")


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        ({"y": [1], "x": ["a"]}, "column x holds string instead of numbers; encode text"),
        ({"y": ["1"], "x": [1]}, "column y holds string instead of numbers"),
        ({"y": [1], "x": [[1]]}, "column x holds list"),
        ({"y": [1], "x": pa.array([1], pa.timestamp("s"))}, "column x holds timestamp"),
        ({"y": [1], "x": [1e39]}, "column x is infinite as a 32-bit number in row 1"),
        ({"y": [1, None], "x": [1, 2]}, "row 2: the label (y) is missing"),
        ({"y": [1]}, "has 1 column(s); it needs a label"),
    ],
)
@pytest.mark.parametrize("memory", [None, 0])
def test_parquet_that_cannot_be_learned_from_names_the_column(
    channel: Channel, columns: dict[str, Any], complaint: str, memory: int | None
) -> None:
    with pytest.raises(InputError) as caught:
        channel.put("part", parquet(columns)).read(memory=memory)

    assert str(caught.value).startswith("input/data/train/part: ")
    assert complaint in str(caught.value)


def test_parquet_files_with_other_columns_are_refused(channel: Channel) -> None:
    channel.put("a", parquet({"y": [1], "x": [1]})).put("b", parquet({"y": [1], "z": [1]}))

    with pytest.raises(
        InputError, match=r"train/b: has other columns than .*a \(has z and lacks x"
    ):
        channel.read()


def test_parquet_whose_names_are_no_text_is_refused(channel: Channel) -> None:
    named = parquet({"y": [1, 0], "salary": [1, 2]}, store_schema=False)
    channel.put("part", named.replace(b"salary", b"\x90alary"))

    with pytest.raises(InputError, match="part: not readable as Parquet: 'utf-8' codec"):
        channel.read()


def test_parquet_without_rows_is_no_data(channel: Channel) -> None:
    empty = parquet({"y": pa.array([], pa.int64()), "x": pa.array([], pa.int64())})

    with pytest.raises(InputError, match="no data"):
        channel.put("part", empty).read()


def test_an_index_that_pandas_wrote_is_noticed_in_the_log(
    channel: Channel, capfd: pytest.CaptureFixture[str]
) -> None:
    columns = {"y": [1, 0], "x": [1, 2], "__index_level_0__": [7, 9]}

    assert channel.put("part", parquet(columns)).rows() == [[1, 7], [2, 9]]
    assert "__index_level_0__ is an index that pandas wrote" in capfd.readouterr().err
    channel.put("part", parquet({"y": [1, 0], "x": [1, 2]})).read()
    assert capfd.readouterr().err == ""
