"""`make mutants`: weakens the code one line at a time, and shows what no test notices."""

import argparse
import contextlib
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from rich.console import Console

from tools.mutants.baseline import Baseline, BaselineError
from tools.mutants.equivalent import EquivalentError, read_equivalents, without_equivalents
from tools.mutants.mutant import Mutant, all_mutants, sample
from tools.mutants.pool import run_all, workplaces
from tools.mutants.report import WANTED_PERCENT, noticed_percent, print_results
from tools.mutants.scope import REPO, SCOPES
from tools.mutants.trial import Result, Trials

_TOO_FEW_NOTICED = 1
_UNUSABLE = 2
_INTERRUPTED = 130
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: Sequence[str], root: Path = REPO) -> int:
    """Try a sample; 1 when too few are noticed by a sentence, 2 when nothing can be said."""
    options = _options(arguments)
    console, progress = Console(), Console(stderr=True)
    with _ended_by_signals():
        try:
            mutants = _chosen(root, options)
            if options.list:
                for mutant in mutants:
                    console.print(str(mutant), markup=False, highlight=False, soft_wrap=True)
                return 0
            results = _tried(root, mutants, options.workers, progress)
        except (BaselineError, EquivalentError) as error:
            progress.print(f"mutants: {error}", markup=False, highlight=False, soft_wrap=True)
            return _UNUSABLE
        except KeyboardInterrupt:
            progress.print("mutants: interrupted; the copies are removed")
            return _INTERRUPTED
    print_results(console, results)
    return 0 if noticed_percent(results) >= WANTED_PERCENT else _TOO_FEW_NOTICED


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    packages = [scope.package for scope in SCOPES]
    parser.add_argument("--count", type=int, default=200, help="mutants in the sample")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another sample")
    parser.add_argument("--all", action="store_true", help="every mutant")
    parser.add_argument("--workers", type=int, default=2, help="test runs side by side")
    parser.add_argument("--package", nargs="*", choices=packages, default=packages)
    parser.add_argument("--file", nargs="*", default=[], help="mutants of these files only")
    parser.add_argument("--operator", nargs="*", default=[], help="mutants of these kinds only")
    parser.add_argument("--list", action="store_true", help="show the mutants, try none")
    return parser.parse_args(arguments)


def _chosen(root: Path, options: argparse.Namespace) -> list[Mutant]:
    scopes = tuple(scope for scope in SCOPES if scope.package in options.package)
    entries = [e for e in read_equivalents() if e.file.partition("/")[0] in options.package]
    mutants = [
        mutant
        for mutant in without_equivalents(all_mutants(root, scopes), entries)
        if not options.file or mutant.file in options.file
        if not options.operator or mutant.operator in options.operator
    ]
    return mutants if options.all else sample(mutants, options.count, options.seed)


def _tried(root: Path, mutants: Sequence[Mutant], workers: int, progress: Console) -> list[Result]:
    with workplaces(root, min(workers, len(mutants))) as places, progress.status("") as status:
        if not places:
            return []
        status.update("running the nearest tests without a mutant")
        baseline = Baseline(places[0].folder, root / ".cache/mutants/seconds.json")
        trials = Trials(root, baseline)
        done: list[Result] = []

        def show(result: Result) -> None:
            done.append(result)
            status.update(
                f"{len(done)} of {len(mutants)} mutants, {noticed_percent(done):.1f} % noticed"
            )
            progress.print(
                f"{result.verdict.value}: {result.mutant} [{result.noticed_by}]",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )

        return run_all(trials, places, mutants, show)


@contextlib.contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Have SIGTERM and SIGHUP end a run as Ctrl-C does."""
    before = {number: signal.signal(number, _interrupt) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    # Once: a second one would break off the removal of the copies.
    for other in _ENDING:
        signal.signal(other, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
