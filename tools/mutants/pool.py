"""Workers that try mutants side by side, each in a copy of its own; an interrupt ends all."""

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools.mutants.mutant import Mutant
from tools.mutants.trial import Result, Trials
from tools.mutants.workplace import Workplace

_POLL_SECONDS = 0.2


@contextlib.contextmanager
def workplaces(root: Path, count: int) -> Iterator[list[Workplace]]:
    """Make copies of the checkout, and remove them and their processes in any case."""
    with contextlib.ExitStack() as opened:
        made = []
        for _ in range(count):
            place = Workplace(root)
            opened.callback(place.close)
            made.append(place)
        yield made


@dataclass
class Run:
    """The mutants that wait for a worker, and the results so far."""

    trials: Trials
    finished: Callable[[Result], None]
    waiting: deque[tuple[int, Mutant]]
    results: dict[int, Result] = field(default_factory=dict)
    errors: list[BaseException] = field(default_factory=list)

    def work(self, place: Workplace) -> None:
        """Try one mutant after the other until none waits or some worker failed."""
        while not self.errors:
            try:
                number, mutant = self.waiting.popleft()
            except IndexError:
                return
            try:
                self.results[number] = self.trials.run(place, mutant)
                self.finished(self.results[number])
            except BaseException as error:
                self.errors.append(error)


def run_all(
    trials: Trials,
    places: Sequence[Workplace],
    mutants: Sequence[Mutant],
    finished: Callable[[Result], None],
) -> list[Result]:
    """Try every mutant; the results have the order of the mutants."""
    run = Run(trials, finished, deque(enumerate(mutants)))
    # Daemons: after an interrupt the main thread closes the workplaces, which ends their runs.
    threads = [threading.Thread(target=run.work, args=[place], daemon=True) for place in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(_POLL_SECONDS)
    if run.errors:
        raise run.errors[0]
    return [run.results[number] for number in range(len(mutants))]
