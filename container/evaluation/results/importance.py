"""Feature importance: mean absolute SHAP values on a sample of the rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from container.metrics.scored import Floats

_MAX_ROWS = 1_000
_FEWEST_ROWS = 100
# The time to explain a row grows with the number of trees.
_TREES_TIMES_ROWS = 500_000


@dataclass(frozen=True)
class Importance:
    """Mean absolute contribution to the raw score, [features] or [classes, features]."""

    features: Sequence[str]
    contributions: Floats
    biases: Floats
    rows: int

    @property
    def overall(self) -> Floats:
        """By feature; of several classes, their mean."""
        return self.contributions if self.contributions.ndim == 1 else self.contributions.mean(0)

    def ranked(self, most: int) -> list[tuple[str, float]]:
        """Return the features that matter most, and how much."""
        order = np.argsort(-self.overall, kind="stable")[:most]
        return [(self.features[place], float(self.overall[place])) for place in order]

    def to_json(self) -> dict[str, Any]:
        """Return it in the shape of Clarify's analysis.json, which SageMaker Studio draws."""
        by_class = np.atleast_2d(self.contributions)
        biases = np.atleast_1d(self.biases)
        return {
            f"label{number}": {
                "global_shap_values": dict(zip(self.features, row.tolist(), strict=True)),
                "expected_value": float(bias),
            }
            for number, (row, bias) in enumerate(zip(by_class, biases, strict=True))
        }


def importance(
    explain: Callable[[Any], Any], signature: Mapping[str, Any], features: Sequence[str], rows: Any
) -> Importance | None:
    """Return the importance; None when the algorithm has no explanations."""
    trees = int(signature.get("rounds") or 1) * int(signature.get("classes") or 1)
    most = min(max(_TREES_TIMES_ROWS // trees, _FEWEST_ROWS), _MAX_ROWS, rows.shape[0])
    chosen = np.linspace(0, rows.shape[0] - 1, most).round().astype(np.intp)
    try:
        contributions = explain(rows[chosen]).astype(np.float64)
    except NotImplementedError:
        return None
    return Importance(
        features,
        np.abs(contributions[..., :-1]).mean(axis=0),
        contributions[..., -1].mean(axis=0),
        most,
    )


def report(found: Importance | None) -> dict[str, Any]:
    """Return the content of explainability.json."""
    explanations = {"kernel_shap": found.to_json()} if found else {}
    return {"version": "1.0", "explanations": explanations}
