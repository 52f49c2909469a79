"""Files of libsvm: their weights, their queries, and the line that is wrong."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from container.channel.data_files import DataFile
from container.channel.libsvm_channel import LibsvmChannel
from container.contract.errors import InputError
from container.formats.schema import Schema


def complaint(action: Any) -> str:
    with pytest.raises(InputError) as caught:
        list(action())
    return str(caught.value)


def libsvm(base: Path, contents: dict[str, bytes], expected: int | None = None) -> LibsvmChannel:
    made = []
    for name, content in contents.items():
        path = base / name
        path.write_bytes(content)
        made.append(DataFile(path, path.name))
    return LibsvmChannel(made, None if expected is None else Schema.of_numbers(expected))


@pytest.mark.parametrize("ending", ["weights", "weight"])
def test_a_file_of_numbers_beside_a_data_file_holds_its_weights(
    tmp_path: Path, ending: str
) -> None:
    reader = libsvm(tmp_path, {"a": b"1 0:1\n\n0 1:2\n", f"a.{ending}": b"2\n 0.5 \n"})

    (batch,) = reader.whole(())

    assert batch.weights is not None
    assert batch.weights.tolist() == [2, 0.5]
    assert reader.names is None


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ({"a": b"1 0:1", "a.weights": b"2\n3"}, "a: has 1 rows but a.weights has 2 weights"),
        ({"a": b"1 0:1\n0 1:1", "a.weights": b"2"}, "a: has 2 rows but a.weights has 1 weights"),
        ({"a": b"1:5 0:1", "a.weights": b"2"}, "a: has weights of its own and those of a.weig"),
        ({"a": b"1 0:1", "a.weights": b"2x"}, "a.weights: line 1 has "),
        ({"a": b"1 0:1\n1 0:1", "a.weights": b"2\nx"}, "a.weights: line 2 is not a number; give"),
        ({"a": b"1 0:1\n1 0:1", "a.weights": b"2\n\n"}, "a.weights: line 2 is empty; give every"),
        ({"a": b"1 0:1\n1 3:1"}, "a: row 2 has index 3; the largest may be 2"),
        ({"a": b"1 0:1\n\n1 0:x"}, "a: line 3 has a wrong number: index 0 is not a number"),
    ],
)
def test_libsvm_that_cannot_be_learned_is_named(
    tmp_path: Path, contents: dict[str, bytes], message: str
) -> None:
    reader = libsvm(tmp_path, contents, expected=3)

    assert complaint(lambda: reader.whole(())).startswith(message)


def test_queries_are_numbered_by_their_runs_over_all_files(tmp_path: Path) -> None:
    reader = libsvm(
        tmp_path,
        {
            "a": b"1 qid:5 0:1\n1 qid:5 0:1\n1 qid:3 0:1",
            "b": b"1 qid:3 0:1\n1 qid:9 0:1",
            "c": b"1 qid:0 0:1\n1 qid:0 2:1",
        },
    )

    groups = [batch.groups for batch in reader.whole(()) if batch.groups is not None]

    assert np.concatenate(groups).tolist() == [0, 0, 1, 1, 2, 3, 3]
