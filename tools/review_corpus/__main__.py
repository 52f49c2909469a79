"""`make corpus`: plants changes in prod one at a time, and shows which a review does not name."""

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.console import Console

from reviewer.assembly import read_assembly
from reviewer.pricing.prices import read_prices
from tests.templates.synthesis import REPO, synthesised_once
from tools.review_corpus.case import Case, CorpusError
from tools.review_corpus.corpus import all_cases
from tools.review_corpus.report import missed_lines, print_results, score, wordless_lines
from tools.review_corpus.trial import Outcome, Trials

_TOO_LITTLE = 1
_UNUSABLE = 2


def main(arguments: Sequence[str]) -> int:
    """Try the corpus; 1 when a limit is not kept, 2 when a case cannot be made."""
    options = _options(arguments)
    console, progress = Console(), Console(stderr=True)
    try:
        outcomes = list(_outcomes(options, progress))
    except CorpusError as error:
        progress.print(f"corpus: {error}", markup=False, highlight=False, soft_wrap=True)
        return _UNUSABLE
    if options.list:
        return 0
    print_results(console, outcomes)
    lines = [*missed_lines(outcomes), *(wordless_lines(outcomes) if options.words else ())]
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    return 0 if score(outcomes).is_enough else _TOO_LITTLE


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.review_corpus",
        description=__doc__,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--list", action="store_true", help="show the cases, try none")
    parser.add_argument("--only", default="", help="cases whose area, name or place has this text")
    parser.add_argument("--every", action="store_true", help="repeat a case on all like resources")
    parser.add_argument("--words", action="store_true", help="list what no rule of its own names")
    parser.add_argument("--assembly", type=Path, help="a cdk.out to read instead of a synthesis")
    return parser.parse_args(arguments)


def _outcomes(options: argparse.Namespace, progress: Console) -> Iterator[Outcome]:
    with tempfile.TemporaryDirectory(prefix="kiban-corpus-") as scratch, progress.status("") as now:
        now.update("synthesising")
        folder = options.assembly or synthesised_once(Path(scratch) / "cdk.out")
        prod = read_assembly(folder, "prod")
        trials = Trials(prod, read_prices(REPO / "prices", prod.region))
        cases = list(_chosen(all_cases(prod, every=options.every), options.only))
        for number, case in enumerate(cases, start=1):
            if options.list:
                kind = "planted" if case.asks else f"harmless: {case.why}"
                print(f"{case.area}: {case.name} [{case.places[0]}] {kind}")
                continue
            now.update(f"{number} of {len(cases)}: {case.name}")
            yield trials.of(case)


def _chosen(cases: Iterable[Case], text: str) -> Iterator[Case]:
    for case in cases:
        if text in f"{case.origin} {case.area} {case.name} {' '.join(case.places)}":
            yield case


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
