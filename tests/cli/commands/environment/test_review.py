"""What `kiban review` asks of git and of the sheets, what it prints and how it ends."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer

from cli.commands.environment import review as command
from cli.review import price_lists, sheet_files
from cli.review.base_review import Comparison
from cli.terminal.errors import WrongInput


class Review:
    """The parts of a review, each of which notes that it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.asked: list[Any] = []
        self.stale: dict[str, list[str]] = {}
        self.ends = 0
        self.ages: dict[str, int | None] = {}
        self.output = folder / "reports"
        prices = folder / "prices"
        prices.mkdir()
        self.prices = prices
        for module, name, answer in (
            (command, "environment_names", lambda: ["dev", "prod"]),
            (command, "commit_of", self._commit),
            (command, "require_committed", lambda: self._note("committed")),
            (sheet_files, "stale_sheets", self._sheets("checked")),
            (sheet_files, "write_sheets", self._sheets("written")),
            (command, "review_by_base", lambda asked: self._compared("by base", asked)),
            (command, "review_here", lambda asked: self._compared("here", asked)),
            (price_lists, "PRICES", prices),
            (price_lists, "read_price_list", self._prices),
        ):
            monkeypatch.setattr(module, name, answer)

    def _note(self, *what: Any) -> str:
        self.asked.append(what)
        return "c0ffee"

    def _commit(self, name: str) -> str:
        self._note("commit", name)
        return f"<{name}>"

    def _sheets(self, how: str) -> Any:
        def work(assembly: Path | None, names: list[str]) -> dict[str, list[str]]:
            self._note(how, *names)
            return self.stale

        return work

    def _compared(self, how: str, asked: Comparison) -> int:
        self._note(how, asked.name, asked.base, asked.head, *asked.environments)
        self.comparison = asked
        return self.ends

    def _prices(self, region: str) -> Any:
        return SimpleNamespace(age_days=lambda today: self.ages[region])

    def code(self, **given: Any) -> int:
        """How the command ends."""
        try:
            command.review(**{"output": self.output, **given})
        except typer.Exit as end:
            return end.exit_code
        return 0


@pytest.fixture
def review(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Review:
    return Review(monkeypatch, tmp_path)


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({}, [("written", "dev", "prod")]),
        ({"env": "prod"}, [("written", "prod")]),
        ({"check": True}, [("checked", "dev", "prod")]),
        (
            {"base": "main"},
            [
                ("commit", "main"),
                ("committed",),
                ("commit", "HEAD"),
                ("by base", "main", "<main>", "<HEAD>"),
            ],
        ),
        (
            {"base": "main", "env": "dev", "uncommitted": True},
            [("commit", "main"), ("by base", "main", "<main>", "", "dev")],
        ),
        (
            {"base": "main", "head": "change", "env": "new"},
            [
                ("commit", "main"),
                ("committed",),
                ("commit", "change"),
                ("here", "main", "<main>", "<change>", "new"),
            ],
        ),
    ],
)
def test_a_review_reads_what_it_was_asked_for(
    review: Review, given: dict[str, Any], asked: list[Any]
) -> None:
    assert review.code(**given) == 0
    assert review.asked == asked


def test_an_unknown_environment_and_two_reviews_at_once_are_refused(review: Review) -> None:
    with pytest.raises(WrongInput, match="no environment 'prd'; there is prod, dev"):
        review.code(env="prd")
    with pytest.raises(WrongInput, match="exclude each other"):
        review.code(base="main", check=True)
    assert review.asked == []


@pytest.mark.parametrize(
    ("stale", "check", "code", "line"),
    [
        ([], True, 0, "✓ sheets/dev is up to date"),
        ([], False, 0, "✓ sheets/dev is up to date"),
        (["a.md", "b.md"], True, 1, "✗ sheets/dev: a.md, b.md; write them with: make review"),
        (["a.md", "b.md"], False, 0, "✓ sheets/dev: 2 files written; open index.html"),
    ],
)
def test_only_a_check_that_finds_a_stale_sheet_fails(
    review: Review,
    stale: list[str],
    check: bool,
    code: int,
    line: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    review.stale = {"dev": stale}

    assert review.code(check=check) == code
    assert line in capsys.readouterr().out.splitlines()


def test_one_stale_environment_among_good_ones_fails_a_check(review: Review) -> None:
    review.stale = {"dev": [], "prod": ["a.md"], "staging": []}

    assert review.code(check=True) == 1


def test_sheets_are_json_for_machines_and_nothing_else(
    review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    review.stale = {"dev": ["a.md"]}
    (review.prices / "r.json").write_text("{}")

    assert review.code(check=True, as_json=True) == 1
    assert json.loads(capsys.readouterr().out) == {"dev": ["a.md"]}


@pytest.mark.parametrize("code", [0, 3])
def test_a_comparison_ends_as_the_reviewer_does(review: Review, code: int) -> None:
    review.ends = code

    assert review.code(base="main", as_json=True, assembly=Path("given.out")) == code
    asked = review.comparison
    assert (asked.output, asked.assembly, asked.as_json) == (
        review.output,
        Path("given.out"),
        True,
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"head": "change"}, "--head needs --base"),
        ({"head": "change", "base": "main", "uncommitted": True}, "exclude each other"),
    ],
)
def test_another_commit_is_reviewed_against_a_base_and_as_it_was_committed(
    review: Review, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(WrongInput, match=said):
        review.code(**given)
    assert review.asked == []


def test_the_age_of_prices_is_told_where_there_are_some(
    review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    review.ages = {"eu-west-1": 0, "us-east-1": 1, "us-west-2": None}
    for region in review.ages:
        (review.prices / f"{region}.json").write_text("{}")

    assert review.code() == 0
    ages = [line.rpartition("/")[2] for line in capsys.readouterr().out.splitlines()]
    assert ages == [
        "eu-west-1.json: the oldest price is 0 days old",
        "us-east-1.json: the oldest price is 1 day old",
    ]
