import json
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from container.contract.layout import Layout
from container.evaluation.confidence import resampling
from container.evaluation.report import origin
from container.evaluation.report.markup import Cell, element, escape_text, joined, table
from container.evaluation.report.page import render_page
from container.evaluation.results.model_comparison import ChampionError, ModelComparison
from container.evaluation.results.picture import ReportPicture
from container.metrics.scored import Scored, Task
from tests.container.support.evaluated_models import (
    binary,
    compared,
    judged,
    multiclass,
    regression,
)

PICTURE = ReportPicture("roc", "ROC curve", 'An "alt" text', b"\x89PNG bytes")
ATTACK = "<script>alert('x')</script>\"&\u202e\x00"
EMPTY = {"meta", "img", "br", "link"}


class Page(HTMLParser):
    """What a browser would make of the page; fails where tags do not match."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(content.decode())
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def shown(
    comparison: ModelComparison,
    pictures: list[ReportPicture] | str = "no pictures",
    job: Mapping[str, str] | None = None,
) -> Page:
    return Page(render_page(comparison, pictures, job or {}))


@pytest.mark.parametrize(
    "comparison",
    [
        compared(binary()),
        compared(binary(), binary(seed=2)),
        compared(multiclass(), multiclass(seed=1)),
        compared(multiclass(200, classes=40)),
        compared(regression(), regression(seed=1)),
        compared(binary(1)),
        compared(binary(60).take(np.arange(10))),
    ],
)
def test_the_page_is_whole_and_needs_nothing_else(comparison: ModelComparison) -> None:
    found = shown(comparison, [PICTURE])

    assert not found.all("script") + found.all("link") + found.all("iframe") + found.all("a")
    for tag, attributes in found.tags:
        for name, value in attributes.items():
            assert not name.startswith("on"), tag
            assert name != "src" or (value or "").startswith("data:image/png;base64,")
    assert found.all("html")[0]["lang"] == "en"
    policies = [each.get("content") for each in found.all("meta") if each.get("http-equiv")]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]


def test_the_verdict_comes_first() -> None:
    text = shown(compared(binary(separation=3), binary(separation=1)), [PICTURE]).text

    order = [
        "Better than the champion",
        "Metrics on 200",
        "Pictures",
        "Confusion matrix",
        "Signature",
    ]
    places = [text.index(each) for each in order]
    assert places == sorted(places)


def test_every_picture_has_a_text_for_those_who_do_not_see_it() -> None:
    (image,) = shown(compared(binary()), [PICTURE]).all("img")

    assert image["alt"] == 'An "alt" text'


def test_a_report_without_pictures_says_why() -> None:
    assert "install it so" in shown(compared(binary()), "install it so").text
    ranking = Scored(Task("ranking"), np.zeros(3), np.zeros(3))
    assert "nothing to draw" in shown(compared(ranking), []).text


def test_names_and_numbers_of_both_models_are_in_the_tables() -> None:
    comparison = compared(binary(), binary(seed=2))

    text = shown(comparison).text

    for expected in ("logloss", "lower is better", "calibration error", "precision", "age"):
        assert expected in text
    for side in comparison.sides:
        assert f"{side.evaluated.metrics['auc']:.4f}" in text
    assert "unclear" in text


def test_a_metric_that_the_champion_lacks_is_a_dash() -> None:
    theirs = dict(judged(binary()).metrics)
    del theirs["f1"]
    comparison = compared(binary(), binary())
    assert comparison.champion is not None
    champion = judged(binary(), theirs)
    less = ModelComparison(comparison.candidate, champion, None, comparison.confidence)

    assert "\N{EN DASH}" in shown(less).text


def test_what_comes_from_the_data_is_escaped() -> None:
    comparison = compared(
        binary(),
        features=(ATTACK, "plan", "calls"),
        objective=ATTACK,
        champion_error=ChampionError(ATTACK),
    )
    picture = ReportPicture("roc", ATTACK, ATTACK, b"png")

    content = render_page(comparison, [picture], {"processing job": ATTACK, ATTACK: ATTACK})

    assert b"<script" not in content
    assert "\u202e".encode() not in content
    assert b"\x00" not in content
    found = Page(content)
    assert found.text.count("<script>alert('x')</script>\"&??") >= 6


def test_hyperparameters_cannot_break_out_either() -> None:
    comparison = compared(binary(), hyperparameters={ATTACK: ATTACK}, versions={ATTACK: ATTACK})

    assert b"<script" not in render_page(comparison, ATTACK, {})


def test_no_row_of_the_data_is_on_the_page() -> None:
    scored = regression(30)
    text = shown(compared(scored)).text

    assert "no row of the held-out data" in text
    for label in scored.labels.tolist():
        assert f"{label:.4f}" not in text


def test_a_thinned_out_test_set_is_said_to_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resampling, "MAX_ROWS", 50)

    text = shown(compared(binary(200))).text

    assert "drawn from 50 of the 200 held-out rows" in text


def test_a_task_without_intervals_says_so() -> None:
    ranking = Scored(Task("ranking"), np.zeros(3), np.zeros(3))

    text = shown(compared(ranking, metrics={"ndcg": 0.75})).text

    assert "None of these metrics has an interval" in text
    assert "0.7500" in text


def test_quantiles_show_the_coverage_they_were_meant_to_have() -> None:
    scored = regression(50)
    task = Task("quantiles", quantiles=(0.05, 0.95))
    both = np.column_stack([scored.scores - 2, scored.scores + 2])

    text = shown(compared(Scored(task, scored.labels, both), metrics={"coverage": 0.9})).text

    assert "coverage (meant: 0.9)" in text


def test_the_same_evaluation_gives_the_same_page() -> None:
    first, second = (
        render_page(compared(binary(), binary(seed=1)), [PICTURE], {}) for _ in range(2)
    )

    assert first == second


def test_the_job_is_told_as_sagemaker_described_it(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config/processingjobconfig.json").write_text(
        json.dumps(
            {
                "ProcessingJobName": "churn-1",
                "AppSpecification": {"ImageUri": "registry/models:v1"},
                "ProcessingInputs": [
                    {"InputName": "test", "S3Input": {"S3Uri": "s3://data/churn/test/"}}
                ],
            }
        )
    )

    facts = origin.job(Layout(tmp_path))

    assert facts == {
        "processing job": "churn-1",
        "image": "registry/models:v1",
        "input test": "s3://data/churn/test/",
    }
    assert "s3://data/churn/test/" in shown(compared(binary()), job=facts).text


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"ProcessingJobName": 1}', "\x00"])
def test_a_job_that_nobody_described_is_no_failure(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "config").mkdir()
        (tmp_path / "config/processingjobconfig.json").write_text(content)

    assert origin.job(Layout(tmp_path)) == {}


def test_markup_is_escaped_once() -> None:
    inner = element("b", "a < b")

    assert element("p", inner) == "<p><b>a &lt; b</b></p>"
    assert joined([inner, "a > b"]) == "<b>a &lt; b</b>\na &gt; b"
    assert escape_text('"') == "&quot;"


def test_a_table_has_headings_for_columns_and_rows() -> None:
    found = Page(table("Counts", ["class", "rows"], [["a", Cell("5", "of 6", "hit")]]).encode())

    assert [each["scope"] for each in found.all("th")] == ["col", "col", "row"]
    assert found.all("td") == [{"class": "hit"}]
    assert "of 6" in found.text
