"""Interface between an algorithm and training, serving and evaluation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

import numpy as np
from numpy.typing import NDArray

from container.formats.dataset import Dataset

Floats = NDArray[np.float32]
# Floats [n, features] in which NaN is missing, or a scipy csr_matrix of float32 in which a value
# that is not stored is missing.
Rows = Any
Channels = Mapping[str, Dataset]


@dataclass(frozen=True)
class Stopping:
    """End when `metric`, as in `validation-auc`, was not better for `patience` rounds.

    `cuttable`: `keep_rounds` can truncate a later model to that of the best round.
    """

    metric: str
    patience: int
    maximise: bool
    cuttable: bool = True

    @property
    def channel(self) -> str:
        """The channel whose rows the metric is of."""
        return self.metric.partition("-")[0]


@dataclass(frozen=True)
class Folds:
    """Cross-validation: `count` models, each evaluated on its held-out rows, `repeats` times.

    `stratified`: every fold has its share of every class. `seed` decides which rows go together.
    """

    count: int
    repeats: int = 1
    stratified: bool = False
    seed: int = 0


@dataclass(frozen=True)
class Plan:
    """Settings of the training around the algorithm, from its hyperparameters.

    `weighted`: the column after the label is a weight. `stops_with_model`: SIGTERM leaves a model.
    `categorical`: names or positions of columns of categories. `external_memory`: `auto`, `always`
    or `never` read the data again for every pass. `several_hosts`: more than one may train.
    `workers`: processes on each host, one for each GPU. `notices` are sentences for the log.
    """

    weighted: bool = False
    stopping: Stopping | None = None
    stops_with_model: bool = False
    notices: tuple[str, ...] = ()
    folds: Folds | None = None
    categorical: tuple[str, ...] = ()
    external_memory: str = "auto"
    several_hosts: bool = False
    workers: int = 1


@dataclass(frozen=True)
class Start:
    """Where an interrupted training goes on: after round `number` (the first is 0)."""

    number: int
    model: bytes


@dataclass(frozen=True)
class Round:
    """One finished round: `values` by `<channel>-<metric>`, and the model as it is now."""

    number: int
    values: Mapping[str, float]
    model: Callable[[], bytes]


# False: no round after this one is wanted.
AfterRound = Callable[[Round], bool]


class Hosts(Protocol):
    """The machines that train one model together; `rank` 0 prints, keeps and saves."""

    @property
    def rank(self) -> int:
        """The place of this host among `names`."""

    @property
    def names(self) -> Sequence[str]:
        """All of them, in the order of ranks."""

    def exchange(self, value: Any) -> list[Any]:
        """Return the values of all hosts (all-gather), by rank; raises AlgorithmError."""

    def missing(self) -> list[str]:
        """Return the names of unresponsive hosts; a collective call, made after a failure."""

    def gone(self) -> list[str]:
        """Return the hosts that left or died, as far as this one sees; without waiting."""

    def fail_for_loss(self) -> NoReturn:
        """End this process, as a failed training, because of the hosts that are gone."""

    @property
    def address(self) -> str:
        """Address of the first host, for the algorithm's own communication."""

    @property
    def timeout_seconds(self) -> float:
        """How long to wait for a silent host."""


class Algorithm(Protocol):
    """Interface that training, serving and evaluation need of an algorithm."""

    @property
    def plan(self) -> Plan:
        """Settings of the training, from the hyperparameters."""

    def fit(
        self,
        channels: Channels,
        hosts: Hosts,
        start: Start | None,
        after_round: AfterRound,
    ) -> None:
        """Train, evaluate on all channels; stop early when `after_round` returns False."""

    def keep_rounds(self, count: int) -> None:
        """Forget what was learned after the first `count` rounds."""

    def evaluate(self, data: Dataset, names: Sequence[str]) -> dict[str, float]:
        """Return the named metrics on held-out rows; what is not a finite number is left out."""

    def dump(self) -> bytes:
        """Return the model as data: no code, the same bytes for the same training."""

    def load(self, content: bytes) -> None:
        """Become the model of `dump`; raises InputError when it is not one."""

    def predict(self, rows: Rows) -> Floats:
        """Return scores of rows: [n], or [n, k] for probabilities or quantiles. Thread-safe."""

    def explain(self, rows: Rows) -> Floats:
        """Return contributions to the raw score, last the bias: [n, features + 1], or [n, k, …]."""

    def signature(self) -> dict[str, Any]:
        """Return what a reader of the model file must know; JSON."""
