"""What `down` says is gone, and `up` after a crash says is lost."""

import json
from pathlib import Path

import pytest

from cli.sandbox.inventory import FILE, Inventory, read_inventory
from sandbox.server import inventory


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Inventory((), (), 0, 0), "nothing"),
        (Inventory((), (), 3, 0), "nothing"),
        (Inventory(("a",), ("e",), 1, 1), "1 stack, 1 endpoint, 1 object in 1 bucket"),
        (
            Inventory(("a", "b"), (), 4, 12),
            "2 stacks, 12 objects in 4 buckets",
        ),
    ],
)
def test_it_is_counted_in_words(found: Inventory, words: str) -> None:
    assert found.describe() == words


@pytest.mark.parametrize(
    "content", [None, "", "[]", "{}", '{"stacks": 1, "endpoints": [], "buckets": 0, "objects": 0}']
)
def test_a_list_that_cannot_be_read_is_none(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / FILE).write_text(content)

    assert read_inventory(tmp_path) is None


def test_both_sides_mean_the_same_file(tmp_path: Path) -> None:
    (tmp_path / inventory.FILE).write_text(json.dumps(inventory.collect()))

    assert inventory.FILE == FILE
    assert read_inventory(tmp_path) is not None
