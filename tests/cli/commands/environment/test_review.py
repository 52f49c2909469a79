"""What `kiban review` asks of git and of the sheets, what it prints and how it ends."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer

from cli.commands.environment import review as command
from cli.review import finding_lines, price_lists, revision_comparison, sheet_files
from cli.terminal.errors import WrongInput


class Review:
    """The parts of a review, each of which notes that it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.asked: list[Any] = []
        self.stale: dict[str, list[str]] = {}
        self.found: list[Any] = []
        self.ages: dict[str, int | None] = {}
        self.output = folder / "reports"
        prices = folder / "prices"
        prices.mkdir()
        self.prices = prices
        for module, name, answer in (
            (command, "environment_names", lambda: ["dev", "prod"]),
            (command, "commit_of", lambda base: self._note("commit", base)),
            (command, "require_committed", lambda: self._note("committed")),
            (command, "json_report", lambda base, found: {"base": base}),
            (command, "markdown_report", lambda base, found: "comment"),
            (command, "html_report", lambda base, found: "page"),
            (sheet_files, "stale_sheets", self._sheets("checked")),
            (sheet_files, "write_sheets", self._sheets("written")),
            (revision_comparison, "compare_with", self._compared),
            (finding_lines, "print_comparisons", lambda found: print(*(one.name for one in found))),
            (price_lists, "PRICES", prices),
            (price_lists, "read_price_list", self._prices),
        ):
            monkeypatch.setattr(module, name, answer)

    def _note(self, *what: Any) -> str:
        self.asked.append(what)
        return "c0ffee"

    def _sheets(self, how: str) -> Any:
        def work(assembly: Path | None, names: list[str]) -> dict[str, list[str]]:
            self._note(how, *names)
            return self.stale

        return work

    def _compared(self, commit: str, assembly: Path | None, names: list[str]) -> list[Any]:
        self._note("compared", commit, *names)
        return self.found

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
        ({"base": "main"}, [("commit", "main"), ("committed",), ("compared", "c0ffee")]),
        (
            {"base": "main", "env": "dev", "uncommitted": True},
            [("commit", "main"), ("compared", "c0ffee", "dev")],
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


@pytest.mark.parametrize(
    ("given", "code"), [([], 0), ([False], 0), ([True], 3), ([False, True], 3)]
)
def test_a_comparison_ends_with_three_when_one_environment_needs_a_person(
    review: Review, given: list[bool], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    review.found = [SimpleNamespace(name=f"n{needs}", needs_person=needs) for needs in given]

    assert review.code(base="main") == code
    printed = capsys.readouterr().out.splitlines()
    assert " ".join(f"n{needs}" for needs in given) in printed
    assert any(line.startswith("As a page: ") for line in printed)


def test_a_comparison_is_written_as_comment_page_and_json(
    review: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    assert review.code(base="main", as_json=True) == 0

    written = {path.name: path.read_text() for path in review.output.iterdir()}
    assert (written["review.md"], written["review.html"]) == ("comment", "page")
    assert json.loads(written["review.json"]) == {"base": "main"}
    assert json.loads(capsys.readouterr().out) == {"base": "main"}


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
