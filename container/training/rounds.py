"""Boosting rounds of one model: metric lines, early stopping, checkpoints and termination."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from container.contract.log import log_event
from container.protocol import Algorithm, Channels, Hosts, Round, Start
from container.training.checkpoints import Checkpoint, CheckpointFolder
from container.training.early_stopping import EarlyStopping
from container.training.metric_lines import print_metrics
from container.training.resumption import Resumption, find_resumption
from container.training.termination import Termination


@dataclass
class Rounds:
    """The rounds of one model; `after_each` is called after every one.

    Only the first host has `checkpoints` and `after_each`. `kept` holds the values of the round
    whose model is kept: the last, or the best if training stopped early or could have.
    """

    hosts: Hosts
    termination: Termination
    checkpoints: CheckpointFolder | None = None
    after_each: Callable[[Round], None] | None = None
    finished: int = field(default=0, init=False)
    kept: Mapping[str, float] = field(default_factory=dict, init=False)
    _stopping: EarlyStopping | None = field(default=None, init=False)
    _best: bytes = field(default=b"", init=False)

    def learn(self, algorithm: Algorithm, channels: Channels) -> None:
        """From the newest checkpoint, if there is one, to the model that is to be kept."""
        rule = algorithm.plan.stopping
        if rule and rule.channel not in channels:
            rule = None
        self._stopping = EarlyStopping(rule) if rule else None
        found = find_resumption(self.checkpoints, rule, self.hosts)
        if found:
            self._resume(found)
        if found and self._stopping and self._stopping.is_over(found.checkpoint.number):
            algorithm.load(found.checkpoint.model)
        else:
            start = Start(found.checkpoint.number, found.checkpoint.model) if found else None
            algorithm.fit(channels, self.hosts, start, self._after_round)
        # A stopped training keeps its newest round, as in the built-in.
        if self._stopping and self._stopping.best_round >= 0 and not self.termination.requested:
            self._keep_best(algorithm, self._stopping)

    def _resume(self, found: Resumption) -> None:
        self._best = found.best
        self.finished = found.checkpoint.number + 1
        if self._stopping:
            self._stopping.restore(found.checkpoint.state)
        log_event("resumed", {"finished_rounds": self.finished})

    def _after_round(self, finished: Round) -> bool:
        self.finished = finished.number + 1
        stopping = self._stopping
        if stopping:
            stopping.observe(finished.number, finished.values)
        if stopping is None or stopping.best_round == finished.number:
            self.kept = finished.values
            if stopping and not stopping.rule.cuttable:
                self._best = finished.model()
        if self.hosts.rank == 0:
            print_metrics(finished.number, finished.values)
            self._keep(finished, stopping)
        is_over = stopping is not None and stopping.is_over(finished.number)
        return not (self._is_stopped() or is_over)

    def _keep(self, finished: Round, stopping: EarlyStopping | None) -> None:
        if self.checkpoints:
            state = stopping.state() if stopping else {}
            # A best round that no later model contains must survive on disk.
            best = stopping.best_round if stopping and not stopping.rule.cuttable else -1
            checkpoint = Checkpoint(finished.number, finished.model(), state)
            self.checkpoints.save(checkpoint, best=best)
        if self.after_each:
            self.after_each(finished)

    def _is_stopped(self) -> bool:
        """Return whether any host got SIGTERM, which does not reach all in the same round."""
        requested = any(self.hosts.exchange(self.termination.requested))
        # Not what this host knows by now: another would go on without it.
        if requested:
            self.termination.requested = True
        return requested

    def _keep_best(self, algorithm: Algorithm, stopping: EarlyStopping) -> None:
        if stopping.rule.cuttable:
            algorithm.keep_rounds(stopping.best_round + 1)
        else:
            algorithm.load(self._best)
