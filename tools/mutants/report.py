"""The result: a table per package and operator, and every mutant that no sentence noticed."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.table import Table

from tools.mutants.trial import Result, Verdict

WANTED_PERCENT = 95.0
_COLUMNS = (Verdict.NOTICED, Verdict.SNAPSHOT_ONLY, Verdict.SURVIVED, Verdict.BROKEN)


def noticed_percent(results: Iterable[Result]) -> float:
    """Return the share of mutants noticed by a sentence, of those that can be imported."""
    counted = [item.verdict for item in results if item.verdict is not Verdict.BROKEN]
    return 100 * counted.count(Verdict.NOTICED) / len(counted) if counted else 100.0


def print_results(console: Console, results: Sequence[Result]) -> None:
    """Print the survivors and the table."""
    for result in results:
        if result.verdict in (Verdict.SURVIVED, Verdict.SNAPSHOT_ONLY):
            text = f"{result.verdict.value}: {result.mutant}"
            console.print(text, markup=False, highlight=False, soft_wrap=True)
    table = Table("package", "operator", *(verdict.value for verdict in _COLUMNS), "%")
    for package, operator, group in _groups(results):
        counts = [str(sum(r.verdict is verdict for r in group)) for verdict in _COLUMNS]
        percent = f"{noticed_percent(group):.1f}"
        table.add_row(package, operator, *counts, percent, end_section=not operator)
    console.print(table)


def _groups(results: Sequence[Result]) -> Iterator[tuple[str, str, list[Result]]]:
    """Yield the rows: each operator of a package, then the package, then everything."""
    for package in dict.fromkeys(result.mutant.package for result in results):
        own = [result for result in results if result.mutant.package == package]
        for operator in sorted({result.mutant.operator for result in own}):
            yield package, operator, [r for r in own if r.mutant.operator == operator]
        yield package, "", own
    yield "all", "", list(results)
