import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import kiban
from tests.journeys import shown
from tests.journeys.reader import typed
from tests.journeys.rows import HELD_OUT, as_csv, breast_cancer, features_csv
from tests.journeys.shown import PROJECT, TRANSLATED
from tests.journeys.workplace import Workplace, make


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    place = make(tmp_path)
    yield place
    place.kiban("down")


@pytest.mark.parametrize("page", TRANSLATED)
def test_a_page_shows_the_same_code_in_japanese(page: str) -> None:
    assert shown.blocks(TRANSLATED[page]) == shown.blocks(page)


@pytest.mark.parametrize("command", shown.of("make "))
def test_every_make_word_of_the_pages_exists(command: str) -> None:
    makefile = (PROJECT / "Makefile").read_text()
    assert re.search(rf"^{command.removeprefix('make ')}:.*## ", makefile, re.MULTILINE)


@pytest.mark.parametrize("command", shown.of("./kiban "))
def test_every_command_line_of_the_pages_is_understood(command: str, tmp_path: Path) -> None:
    words = command.removeprefix("./kiban ").split()
    # --help answers only after every word and option before it was recognised.
    screen = kiban(*words, "--help", folder=tmp_path)
    assert screen.code == 0, screen.err


@pytest.mark.acceptance
def test_the_readme_is_typed_from_up_to_down(place: Workplace) -> None:
    (place.folder / "my.csv").write_bytes(as_csv(breast_cancer()[:455]))
    (place.folder / "rows.csv").write_bytes(features_csv(HELD_OUT))
    listed = shown.commands("README.md")
    begin, end = listed.index("./kiban up"), listed.index("./kiban down")

    printed = dict(typed(place, listed[begin : end + 1]))

    predictions = printed["./kiban predict churn rows.csv --sandbox"].split()
    right = [
        (float(one) > 0.5) == (row[0] == 1) for one, row in zip(predictions, HELD_OUT, strict=True)
    ]
    assert sum(right) / len(right) > 0.93


@pytest.mark.acceptance
def test_the_readme_makes_a_container_and_an_environment_and_compares_it(place: Workplace) -> None:
    files = ("./kiban container new", "./kiban env new", "./kiban env compare")
    listed = [line for line in shown.commands("README.md") if line.startswith(files)]

    assert len(list(typed(place, listed))) == len(files)
    assert (place.folder / "my-model" / "algorithm.py").exists()
    assert place.file("live").exists()
