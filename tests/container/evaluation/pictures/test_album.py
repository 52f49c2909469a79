import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from container.evaluation.evaluate import NOT_INSTALLED, draw_pictures
from container.evaluation.pictures import album
from container.evaluation.pictures.canvas import by_class, shorten
from container.evaluation.results.picture import ReportPicture
from container.metrics.scored import Scored, Task
from tests.container.support.evaluated_models import (
    BINARY,
    binary,
    compared,
    multiclass,
    regression,
)

pytestmark = pytest.mark.slow_first
MADE: dict[str, Callable[..., Scored]] = {
    "binary": binary,
    "multiclass": multiclass,
    "regression": regression,
}


def drawn(candidate: Scored, champion: Scored | None = None) -> dict[str, ReportPicture]:
    found = draw_pictures(compared(candidate, champion))
    assert not isinstance(found, str), found
    return {each.name: each for each in found}


@cache
def drawn_once(task: str) -> dict[str, ReportPicture]:
    """The pictures of one task, of two models; drawing takes most of the time of these tests."""
    return drawn(MADE[task](), MADE[task](seed=2))


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each part of a PNG file."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at = 8
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        at += size + 12


@pytest.mark.parametrize(
    ("candidate", "names"),
    [
        ("binary", ["calibration", "importance", "precision-recall", "roc", "scores"]),
        ("multiclass", ["calibration", "confusion", "importance"]),
        (multiclass(200, classes=12), ["calibration", "confusion", "importance"]),
        (multiclass(200, classes=30), ["calibration", "confusion", "importance"]),
        ("regression", ["importance", "predicted-actual", "residuals"]),
        (replace(regression(), task=Task("ranking")), ["importance"]),
        (replace(regression(), task=Task("survival")), ["importance"]),
    ],
)
def test_each_task_has_its_pictures(candidate: Scored | str, names: list[str]) -> None:
    found = drawn_once(candidate) if isinstance(candidate, str) else drawn(candidate)

    assert sorted(found) == names
    for each in found.values():
        (kind, header), *_ = chunks(each.png)
        assert kind == b"IHDR"
        assert struct.unpack(">I", header[:4])[0] == 1080
        assert each.title
        assert len(each.alt) > 40


@pytest.mark.parametrize("task", MADE)
def test_the_same_numbers_give_the_same_bytes_with_neither_date_nor_version(
    task: str,
) -> None:
    first, second = drawn_once(task), drawn(MADE[task](), MADE[task](seed=2))

    assert {name: each.png for name, each in first.items()} == {
        name: each.png for name, each in second.items()
    }
    for each in first.values():
        kinds = {kind for kind, _ in chunks(each.png)}
        assert not kinds & {b"tEXt", b"iTXt", b"zTXt", b"tIME"}


def test_the_alternative_text_says_the_numbers() -> None:
    found = drawn_once("binary")

    assert "candidate, AUC 0.9" in found["roc"].alt
    assert "champion, AUC 0.9" in found["roc"].alt
    assert "200 held-out rows: 120 of class 0, 80 of class 1" in found["roc"].alt
    assert re.search(
        r"Medians: candidate, 0\.\d+ of class 0 and 0\.\d+ of class 1;", found["scores"].alt
    )
    assert "age 1, plan 0.5, calls 0.333" in found["importance"].alt


def test_a_model_without_contributions_has_no_picture_of_importance() -> None:
    comparison = compared(regression())
    unexplained = replace(comparison.candidate, importance=None)

    found = draw_pictures(replace(comparison, candidate=unexplained))

    assert [each.name for each in found if isinstance(each, ReportPicture)] == [
        "predicted-actual",
        "residuals",
    ]


def test_rows_of_one_class_have_no_curves() -> None:
    one_class = binary(60).take(np.arange(20))

    assert sorted(drawn(one_class)) == ["calibration", "importance", "scores"]


def test_answers_of_yes_and_no_have_no_calibration() -> None:
    hinge = Scored(BINARY, binary().labels, (binary().scores > 0.5).astype(np.float64))

    assert "calibration" not in drawn(hinge)


def test_log_odds_are_drawn_on_their_own_axis() -> None:
    scores = np.log(binary().scores / (1 - binary().scores))
    log_odds = Scored(replace(BINARY, threshold=0.0), binary().labels, scores)

    assert "scores" in drawn(log_odds)


@pytest.mark.parametrize(
    "candidate",
    [
        Scored(Task("regression"), np.full(5, 2.0), np.full(5, 2.0)),
        Scored(Task("regression"), np.array([1.0]), np.array([2.0])),
        Scored(Task("regression"), np.array([1.0, 1e30]), np.array([1e30, 2.0])),
        binary(2),
        multiclass(1),
    ],
    ids=["all equal", "one row", "huge", "two rows", "one of three classes"],
)
def test_odd_rows_are_drawn_all_the_same(candidate: Scored) -> None:
    assert "importance" in drawn(candidate)


def test_names_from_the_data_are_never_read_as_mathematics() -> None:
    names = ("$\\frac{", "line\nbreak", "\u202eesrever", "年齢" * 40)

    found = draw_pictures(compared(binary(), features=names))

    assert isinstance(found, list)
    assert shorten("line\nbreak\x1b") == "line?break?"
    assert shorten("x" * 80) == "x" * 25 + "…"


def test_pictures_that_fail_do_not_keep_the_report_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(album, "draw_pictures", fail)

    found = draw_pictures(compared(binary()))

    assert found == "Pictures are left out because drawing failed: MemoryError: no room"
    assert "MemoryError" in capsys.readouterr().err


def test_without_matplotlib_the_report_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    assert draw_pictures(compared(binary())) == NOT_INSTALLED
    assert "requirements-pictures.txt" in NOT_INSTALLED


@pytest.mark.acceptance
def test_settings_of_matplotlib_that_lie_around_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import matplotlib as mpl

    expected = drawn_once("binary")["roc"].png
    monkeypatch.setitem(mpl.rcParams, "axes.facecolor", "black")

    assert drawn(binary(), binary(seed=2))["roc"].png == expected
    assert mpl.rcParams["axes.facecolor"] == "black"


def test_many_classes_are_counted_and_few_are_named() -> None:
    assert by_class(multiclass(9)) == "9 held-out rows of 3 classes"
    assert by_class(binary(10)) == "10 held-out rows: 6 of class 0, 4 of class 1"
