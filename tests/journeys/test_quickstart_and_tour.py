import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys import shown
from tests.journeys.reader import typed
from tests.journeys.shown import PROJECT
from tests.journeys.workplace import Workplace, make

pytestmark = pytest.mark.acceptance


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    place = make(tmp_path)
    yield place
    place.kiban("down")


def test_the_quickstart_is_typed_from_top_to_bottom(place: Workplace) -> None:
    printed = dict(typed(place, shown.commands("docs/quickstart.md")))

    followed = printed["./kiban logs churn --run --follow --sandbox"]
    assert followed.rstrip().endswith("ExecutionSucceeded")
    assert len(printed["./kiban predict churn new.csv --sandbox"].split()) == 3
    assert not (place.folder / "rows.csv").exists()


def test_the_tour_is_walked_and_ends_with_an_accurate_endpoint(place: Workplace) -> None:
    printed = dict(typed(place, shown.commands("docs/tour.md")))

    steps = re.findall(r"^ *(\d+) ✓ (\w[\w ]+?)  ", printed["./kiban demo --keep"], re.MULTILINE)
    told = (PROJECT / "docs" / "tour.md").read_text(encoding="utf-8")
    assert steps == re.findall(r"^ *(\d+) ✓ (\w[\w ]+?)  ", told, re.MULTILINE)
    assert len(steps) == 10
    accuracy = re.search(r"(\d+\.\d+)%", printed["./kiban demo --keep"])
    assert accuracy is not None
    assert float(accuracy[1]) > 93
