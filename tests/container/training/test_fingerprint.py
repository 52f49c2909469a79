import json
from typing import Any

import numpy as np
import pytest

from container.formats.dataset import Dataset
from container.formats.schema import Feature, Schema
from container.hosts.single_host import SingleHost
from container.training.fingerprint import fingerprint
from tests.container.support.datasets import FORMS, batch, dataset, in_batches
from tests.container.support.world import simple_rows


def print_of(data: Dataset) -> dict[str, Any]:
    return fingerprint(data, SingleHost())


@pytest.mark.parametrize("form", FORMS)
def test_the_same_rows_have_the_same_fingerprint_however_they_are_batched(form: str) -> None:
    data = dataset(simple_rows(), form, weights=np.arange(60), groups=np.arange(60) // 7)

    assert print_of(data) == print_of(in_batches(data, 7, 20))
    assert json.loads(json.dumps(print_of(data))) == print_of(data)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("row", "column"), [(0, 0), (59, 3), (30, 2)])
def test_any_other_value_makes_another_fingerprint(form: str, row: int, column: int) -> None:
    rows = simple_rows()
    before = print_of(dataset(rows, form))
    rows[row, column] += 1

    assert print_of(dataset(rows, form)) != before


@pytest.mark.parametrize("form", FORMS)
def test_values_that_change_places_make_another_fingerprint(form: str) -> None:
    rows = simple_rows()
    before = print_of(dataset(rows, form))
    rows[:, [1, 2]] = rows[:, [2, 1]]
    other_columns = print_of(dataset(rows, form))
    rows[[0, 2], 1] = rows[[2, 0], 1]

    assert len({str(each) for each in (before, other_columns, print_of(dataset(rows, form)))}) == 3


@pytest.mark.parametrize("form", FORMS)
def test_the_order_of_rows_does_not_matter_so_that_hosts_can_add_theirs_up(form: str) -> None:
    rows = simple_rows()

    whole = print_of(dataset(rows, form))
    parts = [print_of(dataset(part, form)) for part in (rows[40:], rows[:40])]

    assert print_of(dataset(rows[::-1], form)) == whole
    together = sum(int(part["checksum"], 16) for part in parts) % 2**64
    assert f"{together:016x}" == whole["checksum"]


def test_weights_queries_and_names_count_too() -> None:
    rows = simple_rows()
    named = Schema((Feature("a"), Feature("b"), Feature("c", ("x", "y"))))
    different = [
        print_of(dataset(rows)),
        print_of(dataset(rows, weights=np.ones(60))),
        print_of(dataset(rows, groups=np.ones(60))),
        print_of(Dataset.of(named, batch(rows))),
    ]

    assert len({str(each) for each in different}) == 4


def test_missing_values_of_a_sparse_row_are_told_from_those_of_its_neighbour() -> None:
    rows = simple_rows()
    rows[3, 1] = np.nan
    before = print_of(dataset(rows, "sparse"))
    rows[4, 1], rows[3, 1] = np.nan, rows[4, 1]

    assert print_of(dataset(rows, "sparse")) != before
