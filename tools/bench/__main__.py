"""`make bench`: measures everything once and prints it beside its limits."""

import sys

from rich.console import Console
from rich.table import Table

from tools.bench import flow, review, scale, synthesis
from tools.bench.measurement import Figure

ROUNDS = 7
COMPARISONS = 3


def main() -> int:
    """Print the table; 1 when a figure is over its limit."""
    console = Console()
    with console.status("synthesising, seven rounds, interleaved"):
        figures = synthesis.measure(ROUNDS)
    with console.status("reviewing, three rounds, interleaved"):
        figures += review.measure(3)
    with console.status("comparing dev and prod"):
        figures += synthesis.measure_comparison(COMPARISONS)
    with console.status("synthesising 1, 10 and 100 models"):
        figures += scale.measure(figures[0].value)
    with console.status("running the sandbox"):
        figures += flow.measure(figures[0].value)
    console.print(_table(figures))
    return 0 if all(figure.is_within_limit for figure in figures) else 1


def _table(figures: list[Figure]) -> Table:
    table = Table("figure", "value", "unit", "limit", "", "measured")
    for figure in figures:
        limit = "" if figure.limit is None else f"{figure.limit:g}"
        verdict = "" if figure.limit is None else "ok" if figure.is_within_limit else "over"
        value = f"{figure.value:.3f}" if figure.value < 0.5 else f"{figure.value:.2f}"
        table.add_row(figure.name, value, figure.unit, limit, verdict, figure.measured)
    return table


if __name__ == "__main__":
    sys.exit(main())
