"""The result: a row per area, recall and precision, and a line for each case that went wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from tools.review_corpus.trial import Outcome

WANTED_RECALL = 99.0
WANTED_PRECISION = 97.0
# Of the smallest corpus that says anything.
MIN_PLANTED = 300
MIN_HARMLESS = 60


@dataclass(frozen=True)
class Score:
    """How many of some cases were judged right."""

    planted: int
    named: int
    worded: int
    harmless: int
    quiet: int

    @property
    def recall(self) -> float:
        """Percentage of the planted changes that were named where they are."""
        return _percent(self.named, self.planted)

    @property
    def precision(self) -> float:
        """Percentage of the changes asked about that are no harmless ones."""
        return _percent(self.named, self.named + self.harmless - self.quiet)

    @property
    def quiet_percent(self) -> float:
        """Percentage of the harmless changes that ask nobody."""
        return _percent(self.quiet, self.harmless)

    @property
    def is_enough(self) -> bool:
        """Whether every limit is kept.

        Precision alone would hide loud harmless changes behind many planted ones, so that the
        harmless ones have the same limit for themselves.
        """
        return (
            self.recall >= WANTED_RECALL
            and min(self.precision, self.quiet_percent) >= WANTED_PRECISION
        )


def score(outcomes: Sequence[Outcome]) -> Score:
    """Count the outcomes."""
    planted = [one for one in outcomes if one.case.asks]
    harmless = [one for one in outcomes if not one.case.asks]
    return Score(
        len(planted),
        sum(one.is_right for one in planted),
        sum(one.has_words for one in planted),
        len(harmless),
        sum(one.is_right for one in harmless),
    )


def print_results(console: Console, outcomes: Sequence[Outcome]) -> None:
    """Print the table and the two figures."""
    table = Table("", "planted", "named", "in words", "%", "harmless", "quiet", "%")
    table.columns[0].no_wrap = True
    for origin, area, group in _groups(outcomes):
        table.add_row(area or origin, *_cells(score(group)), end_section=not area)
    console.print(table)
    found = score(outcomes)
    console.print(
        f"recall {found.recall:.1f} % (at least {WANTED_RECALL:g}), "
        f"precision {found.precision:.1f} % (at least {WANTED_PRECISION:g}), "
        f"harmless and quiet {found.quiet_percent:.1f} % (at least {WANTED_PRECISION:g}), "
        f"in words of its own {_percent(found.worded, found.planted):.1f} %",
        highlight=False,
        soft_wrap=True,
    )


def missed_lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """One line for each case that was judged wrong, by area."""
    wrong = [one for one in outcomes if not one.is_right]
    for one in sorted(wrong, key=lambda one: (one.case.area, not one.case.asks)):
        kind = "broke off" if one.error else "missed" if one.case.asks else "asked needlessly"
        said = one.error or "; ".join(f"{f.rule} at {f.at}: {f.said}" for f in one.asking[:3])
        line = f"{one.case.area}: {kind}: {one.case.name} [{one.case.places[0]}] {said}"
        yield " ".join(line.split())


def wordless_lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """One line for each planted case that is named by no rule that knows what it means."""
    for one in sorted(outcomes, key=lambda one: one.case.area):
        if one.case.asks and one.is_right and not one.has_words:
            yield f"{one.case.area}: no words: {one.case.name} [{one.case.places[0]}]"


def _cells(found: Score) -> list[str]:
    recall = f"{found.recall:.1f}" if found.planted else ""
    quiet = f"{found.quiet_percent:.1f}" if found.harmless else ""
    counts = [found.planted, found.named, found.worded]
    return [*map(str, counts), recall, str(found.harmless), str(found.quiet), quiet]


def _groups(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, str, list[Outcome]]]:
    for origin in dict.fromkeys(one.case.origin for one in outcomes):
        own = [one for one in outcomes if one.case.origin == origin]
        for area in dict.fromkeys(one.case.area for one in own):
            yield origin, area, [one for one in own if one.case.area == area]
        yield origin, "", own
    yield "all", "", list(outcomes)


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 100.0
