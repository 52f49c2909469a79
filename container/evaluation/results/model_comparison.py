"""Comparison of candidate and champion, with confidence intervals."""

from collections.abc import Mapping
from dataclasses import dataclass

from container.evaluation.confidence.intervals import Confidence, Interval
from container.evaluation.results.evaluated_model import EvaluatedModel


@dataclass(frozen=True)
class Side:
    """One of the two, by the name that readers see."""

    name: str
    evaluated: EvaluatedModel
    intervals: Mapping[str, Interval]


@dataclass(frozen=True)
class ChampionError:
    """Why a champion that exists could not be evaluated.

    `changes_schema`: the candidate takes other columns or has another task, so requests that the
    champion answers may fail with it.
    """

    text: str
    changes_schema: bool = False


@dataclass(frozen=True)
class ModelComparison:
    """Candidate against the champion, or against none."""

    candidate: EvaluatedModel
    champion: EvaluatedModel | None
    champion_error: ChampionError | None
    confidence: Confidence

    @property
    def sides(self) -> list[Side]:
        """The candidate, and the champion if there is one."""
        ours = Side("candidate", self.candidate, self.confidence.candidate)
        if self.champion is None:
            return [ours]
        return [ours, Side("champion", self.champion, self.confidence.champion)]

    @property
    def kind(self) -> str:
        """The task, as the signature calls it."""
        return self.candidate.scored.task.kind
