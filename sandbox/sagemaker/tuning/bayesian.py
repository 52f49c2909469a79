"""Bayesian search: a Gaussian process over what was tried, and the most expected improvement.

Of the libraries that do this, scikit-learn is the one that is here anyway (`make tools`); AWS's own
is a Gaussian process too (arxiv.org/abs/2012.08489). It is imported when a tuning job needs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sandbox.sagemaker.tuning.samplers import (
    Assignment,
    RandomSampler,
    Trial,
    assignment_of,
    key_of,
    keys_of,
)

if TYPE_CHECKING:
    from random import Random

    from sandbox.sagemaker.tuning.ranges import Range

_FIRST = 3
"""Trials with a result that a Gaussian process needs."""
_CANDIDATES = 500
_NEAR_THE_BEST = 100


class BayesianSampler:
    """Bayesian search; with a seed and one job at a time, the same assignments again."""

    def __init__(self, ranges: list[Range], seed: int | None) -> None:
        self._ranges = ranges
        self._random = RandomSampler(ranges, seed)

    def propose(self, trials: Sequence[Trial]) -> Assignment:
        known = [trial for trial in trials if trial.loss is not None]
        if len(known) < _FIRST:
            return self._random.propose(trials)
        tried = keys_of(trials)
        found = [one for one in self._candidates(known) if key_of(one) not in tried]
        if not found:
            return self._random.propose(trials)
        from threadpoolctl import threadpool_limits

        pending = [trial for trial in trials if not trial.has_ended]
        # Several threads wait for each other longer than matrices of this size take.
        with threadpool_limits(1, user_api="blas"):
            scores = self._expected_improvements(known, pending, found)
        return found[int(scores.argmax())]

    @property
    def _chance(self) -> Random:
        return self._random.chance

    def _candidates(self, known: list[Trial]) -> list[Assignment]:
        best = min(known, key=lambda trial: _loss(trial)).assignment
        near = [
            {one.name: one.draw_near(best[one.name], self._chance) for one in self._ranges}
            for _ in range(_NEAR_THE_BEST)
        ]
        return [assignment_of(self._ranges, self._chance) for _ in range(_CANDIDATES)] + near

    def _expected_improvements(
        self, known: list[Trial], pending: list[Trial], found: list[Assignment]
    ) -> Any:
        import numpy
        from scipy.stats import norm

        points = self._encode([trial.assignment for trial in known])
        losses = numpy.array([_loss(trial) for trial in known])
        process = _fitted(points, losses)
        if pending:
            # What runs is taken to come to what is expected of it, so that none is tried twice.
            more = self._encode([trial.assignment for trial in pending])
            expected = process.predict(more)
            points = numpy.vstack([points, more])
            losses = numpy.concatenate([losses, expected])
            process = process.fit(points, losses)
        mean, deviation = process.predict(self._encode(found), return_std=True)
        gain = losses.min() - mean
        deviation = numpy.maximum(deviation, 1e-12)
        share = gain / deviation
        return gain * norm.cdf(share) + deviation * norm.pdf(share)

    def _encode(self, assignments: list[Assignment]) -> Any:
        import numpy

        return numpy.array(
            [
                [place for one in self._ranges for place in one.encode(assignment[one.name])]
                for assignment in assignments
            ]
        )


def _loss(trial: Trial) -> float:
    assert trial.loss is not None, "callers look first"
    return trial.loss


def _fitted(points: Any, losses: Any) -> Any:
    """Return a Gaussian process whose length scales suit what is known.

    scikit-learn's own search for them warns when one is at its bound, which it often is.
    """
    import numpy
    from scipy.optimize import minimize
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    scales = Matern(numpy.full(points.shape[1], 0.5), (0.05, 20.0), nu=2.5)
    noise = WhiteKernel(1e-3, (1e-6, 0.3))
    kernel = ConstantKernel(1.0, (0.1, 10.0)) * scales + noise
    process = GaussianProcessRegressor(kernel, optimizer=None, normalize_y=True)
    process.fit(points, losses)

    def cost(theta: Any) -> tuple[float, Any]:
        likelihood, gradient = process.log_marginal_likelihood(
            theta, eval_gradient=True, clone_kernel=False
        )
        return -likelihood, -gradient

    start, bounds = kernel.theta, kernel.bounds
    found = minimize(cost, start, jac=True, bounds=bounds, method="L-BFGS-B")
    return process.set_params(kernel=kernel.clone_with_theta(found.x)).fit(points, losses)
