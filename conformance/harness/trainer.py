"""Trains with the container's own program, each time in a folder of its own."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from conformance.check import NotApplicable, Violation
from conformance.harness.opt_ml import CHANNELS, OptMl
from conformance.harness.programs import Program, Programs
from conformance.manifest import Manifest
from conformance.terms import Terms


@dataclass(frozen=True)
class Ended:
    """A training that is over: its exit code, what it printed, and the folder it worked in."""

    code: int
    output: str
    last_words: str
    place: OptMl

    @property
    def failure(self) -> bytes | None:
        """The content of output/failure, if there is such a file."""
        path = self.place.output / "failure"
        return path.read_bytes() if path.is_file() else None

    @property
    def model_files(self) -> list[str]:
        """What lies in the model's folder, by name."""
        return sorted(
            str(path.relative_to(self.place.model))
            for path in self.place.model.rglob("*")
            if path.is_file()
        )


class Trainer:
    """Makes jobs and runs them; the folders of all of them are below `work`."""

    def __init__(self, programs: Programs, manifest: Manifest, terms: Terms, work: Path) -> None:
        self.programs, self.manifest, self.terms = programs, manifest, terms
        self._numbers = itertools.count()
        self._work = work

    def job(
        self,
        more: Mapping[str, str] | None = None,
        channels: Sequence[str] = CHANNELS,
        *,
        slow: bool = False,
    ) -> OptMl:
        """A described job that has not begun; `more` hyperparameters win."""
        place = OptMl.at(self._work / f"training-{next(self._numbers)}")
        training = self.manifest.training
        chosen = {
            **training.hyperparameters,
            **(training.slow_hyperparameters if slow else {}),
            **(more or {}),
        }
        place.describe(training, chosen, channels)
        return place

    @contextmanager
    def started(self, place: OptMl) -> Iterator[Program]:
        """`train` on a described job, ended with the block if not by itself."""
        names = {"TRAINING_JOB_NAME": place.root.name}
        with self.programs.running(self.programs.words("train"), place, names) as program:
            yield program

    def run(self, place: OptMl) -> Ended:
        """`train` to its end; raises Violation when it has none."""
        with self.started(place) as program:
            code = program.wait(self.terms.train_seconds, "of a small training")
            return Ended(code, program.output, program.last_words, place)

    @cached_property
    def plain(self) -> Ended:
        """A training of valid data, run once."""
        return self.run(self.job())

    @cached_property
    def without_data(self) -> Ended:
        """A training whose only channel is missing, run once."""
        return self.run(self.job(channels=()))

    def require_trained(self) -> Ended:
        """A training that worked; raises NotApplicable when it did not."""
        try:
            ended = self.plain
        except Violation as error:
            raise NotApplicable(f"training gave no model: {error}") from error
        if ended.code != 0 or not ended.model_files:
            raise NotApplicable("training gave no model")
        return ended

    def require_failed(self) -> Ended:
        """A training that failed as it should; raises NotApplicable when it did not."""
        try:
            ended = self.without_data
        except Violation as error:
            raise NotApplicable(f"no training failed in time: {error}") from error
        if ended.code == 0:
            raise NotApplicable("no training failed")
        return ended
