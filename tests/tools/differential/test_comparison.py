"""The container beside the built-in: nothing differs that is not in the table."""

import pytest

from tools.differential.comparison import SUBJECTS, cases, results
from tools.differential.differences import table
from tools.differential.judge import faults, faults_of_results
from tools.differential.models import FOLDER, releases

# Each n-th case, so that all subjects together take a second; `make differential` runs every one.
_SAMPLE = {
    "models": 97,
    "responses": 41,
    "requests": 2,
    "hyperparameters": 7,
    "metrics": 53,
    "learning": 23,
    "channels": 2,
}


def test_of_a_sample_nothing_differs_that_is_not_in_the_table() -> None:
    assert _SAMPLE.keys() == SUBJECTS.keys()
    assert faults_of_results(results(_SAMPLE), table()) == []


# 3,500 cases take ten seconds of processor time.
@pytest.mark.acceptance
def test_nothing_differs_that_is_not_in_the_table_and_every_row_has_what_shows_it() -> None:
    assert faults(results(), table()) == []


def test_every_release_has_predictions_of_its_models() -> None:
    found = releases()

    assert len(found) == 9
    for release in found:
        assert {name.rpartition(".")[0] for name in release.models} == release.predictions.keys()
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 300_000


@pytest.mark.parametrize("subject", SUBJECTS)
def test_no_two_cases_have_one_name_and_each_begins_with_its_subject(subject: str) -> None:
    names = [case.name for case in cases(subject)]

    assert len(names) == len(set(names))
    assert all(name.startswith(f"{subject}/") for name in names)
