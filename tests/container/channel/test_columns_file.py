"""`_columns.json` beside the files of a channel."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from container.channel import columns_file
from container.channel.columns_file import NAME, names_of, read_columns_file, require_same
from container.contract.errors import InputError
from container.contract.layout import Layout
from container.formats.schema import ColumnNames, Feature, Label, Schema
from tests.container.support.channel_files import FOLDER, Channel

LABEL = Label("survived", ("no", "yes"))
COLUMNS = ColumnNames(LABEL, ("age", "sex", "fare"), frozenset({"sex"}))
ROWS = b'0,22,male,7.25\n1,38,"female",\n1,,female,53.1\n'


def read_file(channel: Channel) -> ColumnNames | None:
    return read_columns_file(Layout(channel.base), channel.base / FOLDER)


def complaint(action: Callable[..., object], *arguments: Any, **named: Any) -> str:
    with pytest.raises(InputError) as caught:
        action(*arguments, **named)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_file_is_read_and_may_be_absent(channel: Channel) -> None:
    channel.put("rows.csv", ROWS)
    assert read_file(channel) is None
    channel.put(NAME, json.dumps(COLUMNS.to_json()).encode())

    assert read_file(channel) == COLUMNS


def test_a_file_that_is_wrong_is_refused_by_its_name(
    channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel.put(NAME, b'{"format": 1}')
    assert complaint(read_file, channel) == (
        "input/data/train/_columns.json: the document has no label; put the data again with "
        "`data put`, or remove the file"
    )

    monkeypatch.setattr(columns_file, "_LARGEST_BYTES", 12)
    assert complaint(read_file, channel).startswith(f"{FOLDER}/{NAME}: over 12 bytes; ")
    monkeypatch.setattr(columns_file, "_LARGEST_BYTES", 13)
    assert "has no label" in complaint(read_file, channel)


@pytest.mark.parametrize("memory", [None, 0])
def test_names_and_categories_become_the_schema(channel: Channel, memory: int | None) -> None:
    channel.put("rows.csv", ROWS)

    found = channel.read(columns=COLUMNS, memory=memory)

    assert found.schema == Schema(
        (Feature("age"), Feature("sex", ("female", "male")), Feature("fare")), LABEL
    )
    assert found.labels.tolist() == [0, 1, 1]


def test_categories_of_the_hyperparameter_are_added(channel: Channel) -> None:
    channel.put("rows.csv", b"0,1,a,7\n1,2,b,7\n")

    for named in ("age", "0"):
        schema = channel.read(columns=COLUMNS, categorical=[named]).schema
        assert schema.categorical == (0, 1)


def test_without_the_file_nothing_has_a_name(channel: Channel) -> None:
    channel.put("rows.csv", b"0,1,2\n1,3,4\n").put(NAME, b"not read by anybody")

    assert channel.read().schema == Schema.of_numbers(2)


def test_sparse_rows_may_lack_the_last_columns(channel: Channel) -> None:
    channel.put("rows.libsvm", b"1 0:1 1:2\n0 0:3\n")
    numbers = ColumnNames(Label("y"), ("a", "b", "c"))

    assert channel.read(columns=numbers).schema.names == ("a", "b", "c")
    assert "not all rows have 1 features" in complaint(
        channel.read, columns=ColumnNames(Label("y"), ("a",))
    )


def test_a_column_of_categories_without_a_value_is_named(channel: Channel) -> None:
    channel.put("rows.csv", b"0,1,,7\n1,2,,7\n")

    assert complaint(channel.read, columns=COLUMNS) == (
        f"{FOLDER}: categorical feature 1 (sex) has no value in any row; leave the column out"
    )


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (["f0", "f1", "f2"], ""),
        (["age", "sex", "fare"], ""),
        (None, ""),
        (["f0", "f1"], "names 3 features where the files have 2; name every column after"),
        (["f0", "f1", "f2", "f3"], "names 3 features where the files have 4; name every"),
        (["age", "fare", "sex"], "feature 1 is sex but in the files it is fare; remove the file"),
    ],
)
def test_names_are_those_of_the_files_where_they_have_any(
    found: list[str] | None, message: str
) -> None:
    if message:
        line = complaint(names_of, "here", found, COLUMNS)
        assert line.startswith(f"here/_columns.json: {message}")
    else:
        assert names_of("here", found, COLUMNS) == COLUMNS.features
    assert names_of("here", found, None) == found


OTHERS = {
    "its label is survived (yes, no) but train's is survived (no, yes)": ColumnNames(
        Label("survived", ("yes", "no")), COLUMNS.features, COLUMNS.categorical
    ),
    "its label is died but train's is survived (no, yes)": ColumnNames(
        Label("died"), COLUMNS.features, COLUMNS.categorical
    ),
    "its columns of categories are not train's": ColumnNames(LABEL, COLUMNS.features),
    "has deck and lacks fare, unlike train": ColumnNames(LABEL, ("age", "sex", "deck")),
    "lacks fare, unlike train": ColumnNames(LABEL, ("age", "sex")),
    "its columns are in another order": ColumnNames(LABEL, ("sex", "age", "fare")),
}


@pytest.mark.parametrize("difference", OTHERS)
def test_a_channel_with_other_names_than_train_is_refused_by_name(difference: str) -> None:
    files = {"train": COLUMNS, "validation": COLUMNS, "test": OTHERS[difference]}

    assert complaint(require_same, files) == (
        f"input/data/test/_columns.json: {difference}; give both channels the same file"
    )


def test_names_that_train_lacks_are_refused_and_a_channel_may_lack_them() -> None:
    require_same({"train": COLUMNS, "validation": None})
    require_same({"train": None, "validation": None})

    assert "validation/_columns.json: train has none; give" in complaint(
        require_same, {"train": None, "validation": COLUMNS}
    )


@pytest.mark.parametrize(
    ("label", "message"),
    [
        (LABEL, ""),
        (Label("survived"), ""),
        (Label("died", ("no", "yes")), "its label is died (no, yes) but training had survived"),
        (Label("survived", ("yes", "no")), "its label is survived (yes, no) but training had"),
    ],
)
def test_rows_are_read_with_the_label_that_training_had(
    channel: Channel, label: Label, message: str
) -> None:
    channel.put("rows.csv", ROWS)
    trained = channel.read(columns=COLUMNS).schema
    columns = ColumnNames(label, COLUMNS.features, COLUMNS.categorical)

    if message:
        assert message in complaint(channel.read, schema=trained, columns=columns)
    else:
        assert channel.read(schema=trained, columns=columns).schema == trained
