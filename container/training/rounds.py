"""What happens after each round of one model: a line, early stopping, a checkpoint, a look out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from container.contract.log import log_event
from container.formats.dataset import Dataset
from container.protocol import Algorithm, Hosts, Round, Start
from container.training.checkpoints import Checkpoint, CheckpointFolder
from container.training.early_stopping import EarlyStopping
from container.training.metric_lines import print_metrics
from container.training.termination import Termination


@dataclass
class Rounds:
    """The rounds of one model; `after_each` is told about every one that is finished.

    `kept` holds the values of the round whose model is kept: the last, or the best if training
    stopped early or could have.
    """

    hosts: Hosts
    termination: Termination
    checkpoints: CheckpointFolder | None = None
    after_each: Callable[[Round], None] | None = None
    finished: int = field(default=0, init=False)
    kept: Mapping[str, float] = field(default_factory=dict, init=False)
    _stopping: EarlyStopping | None = field(default=None, init=False)
    _best: bytes = field(default=b"", init=False)

    def learn(self, algorithm: Algorithm, channels: Mapping[str, Dataset]) -> None:
        """From the newest checkpoint, if there is one, to the model that is to be kept."""
        rule = algorithm.plan.stopping
        self._stopping = EarlyStopping(rule) if rule else None
        newest = self.checkpoints.newest() if self.checkpoints else None
        if newest and not self._resumes(newest):
            newest = None
        if newest and self._stopping and self._stopping.is_over(newest.number):
            algorithm.load(newest.model)
        else:
            start = Start(newest.number, newest.model) if newest else None
            algorithm.fit(channels, self.hosts, start, self._after_round)
        # Whoever stops a training wants what it knows by now, as the built-in gives it.
        if self._stopping and self._stopping.best_round >= 0 and not self.termination.requested:
            self._keep_best(algorithm, self._stopping)

    def _resumes(self, newest: Checkpoint) -> bool:
        """Whether all that training needs to go on is there."""
        if self._stopping and self.checkpoints:
            self._stopping.restore(newest.state)
            best = self.checkpoints.read(self._stopping.best_round)
            self._best = best.model if best else b""
            if not (self._best or self._stopping.rule.cuttable):
                log_event("checkpoints ignored", {"reason": "the best round's is not there"})
                self._stopping = EarlyStopping(self._stopping.rule)
                return False
        log_event("resumed", {"finished_rounds": newest.number + 1})
        self.finished = newest.number + 1
        return True

    def _after_round(self, finished: Round) -> bool:
        print_metrics(finished.number, finished.values)
        self.finished = finished.number + 1
        stopping = self._stopping
        if stopping:
            stopping.observe(finished.number, finished.values)
        if stopping is None or stopping.best_round == finished.number:
            self.kept = finished.values
            if stopping and not stopping.rule.cuttable:
                self._best = finished.model()
        if self.checkpoints:
            state = stopping.state() if stopping else {}
            # A best round that no later model contains must survive on disk.
            best = stopping.best_round if stopping and not stopping.rule.cuttable else -1
            checkpoint = Checkpoint(finished.number, finished.model(), state)
            self.checkpoints.save(checkpoint, best=best)
        if self.after_each:
            self.after_each(finished)
        is_over = stopping is not None and stopping.is_over(finished.number)
        return not (is_over or self.termination.requested)

    def _keep_best(self, algorithm: Algorithm, stopping: EarlyStopping) -> None:
        if stopping.rule.cuttable:
            algorithm.keep_rounds(stopping.best_round + 1)
        else:
            algorithm.load(self._best)
