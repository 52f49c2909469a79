"""Runs the checks in order: what trains, what asks, what stops; one result for each."""

import concurrent.futures
import contextlib
import difflib
import os
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.check import Check, Checks, NotApplicable, Violation
from conformance.checks import (
    evaluation,
    health,
    interruption,
    refusals,
    starting,
    stopping,
    training,
    transport,
)
from conformance.errors import TargetError
from conformance.harness.bench import Bench, bench
from conformance.report import Outcome, Report, Result
from conformance.target import find_target
from conformance.terms import Terms


@dataclass(frozen=True)
class _Group:
    """Checks with the same subject, and where to get it."""

    checks: Checks[Any]
    subject: Callable[[Bench], Any]


_ORDER = (
    _Group(training.CHECKS, lambda made: made.trainer),
    _Group(interruption.CHECKS, lambda made: made.trainer),
    _Group(evaluation.CHECKS, lambda made: made.evaluator),
    _Group(starting.FIRST_CHECKS, lambda made: made.host),
    _Group(health.CHECKS, lambda made: made.server),
    _Group(refusals.CHECKS, lambda made: made.server),
    _Group(transport.CHECKS, lambda made: made.server),
    _Group(starting.CHECKS, lambda made: made.host),
    _Group(stopping.CHECKS, lambda made: made.host),
    _Group(transport.PATIENT_CHECKS, lambda made: made.host),
)
CHECKS: tuple[Check[Any], ...] = tuple(check for group in _ORDER for check in group.checks)
NAMES = tuple(check.name for check in CHECKS)


def run(
    target: str | Path,
    on_result: Callable[[Result], None] = lambda result: None,
    *,
    on_begin: Callable[[Check[Any]], None] = lambda check: None,
    only: Collection[str] = (),
    search_path: str | None = None,
    described_by: Path | None = None,
    terms: Terms | None = None,
) -> Report:
    """Look at a container's folder, or at a server at a loopback address; raises TargetError.

    `search_path` is the PATH of the image, without the folder's own bin; default: the caller's.
    Whatever was started has ended when this returns or raises.
    """
    if unknown := sorted(set(only) - set(NAMES)):
        near = difflib.get_close_matches(unknown[0], NAMES, n=1)
        advice = f"did you mean {near[0]}?" if near else f"the first of all is {NAMES[0]}"
        raise TargetError(f"{unknown[0]}: no such check; {advice}")
    found = find_target(str(target), described_by, NAMES)
    path = search_path if search_path is not None else os.environ.get("PATH", os.defpath)
    results: list[Result] = []
    with bench(found, path, terms or Terms()) as made:
        for result in _Run(made, only, on_begin).results():
            results.append(result)
            on_result(result)
    return Report(str(target), tuple(results))


class _Run:
    """One pass over the chosen checks; patient ones wait in a thread while others run."""

    def __init__(
        self, made: Bench, only: Collection[str], on_begin: Callable[[Check[Any]], None]
    ) -> None:
        self._made, self._only, self._on_begin = made, only, on_begin

    def results(self) -> Iterator[Result]:
        waiting: dict[str, concurrent.futures.Future[Result]] = {}
        for group in _ORDER:
            for check in self._chosen(group):
                self._on_begin(check)
                if check.name in waiting:
                    yield waiting[check.name].result()
                else:
                    yield self._look(group, check)
            if group.checks is training.CHECKS:
                waiting = self._begin_patient_checks()

    def _begin_patient_checks(self) -> dict[str, "concurrent.futures.Future[Result]"]:
        with contextlib.suppress(NotApplicable):
            # Two threads must not both start the first server.
            _ = self._made.server
        return {
            check.name: self._made.threads.submit(self._look, group, check)
            for group in _ORDER
            for check in self._chosen(group)
            if check.is_patient
        }

    def _chosen(self, group: _Group) -> list[Check[Any]]:
        return [check for check in group.checks if not self._only or check.name in self._only]

    def _look(self, group: _Group, check: Check[Any]) -> Result:
        reason = self._made.manifest.skip.get(check.name)
        if reason:
            return Result(check, "skipped", f"the container opts out: {reason}")
        began = time.monotonic()
        outcome, seen = _outcome(group, check, self._made)
        return Result(check, outcome, " ".join(seen.split()), time.monotonic() - began)


def _outcome(group: _Group, check: Check[Any], made: Bench) -> tuple[Outcome, str]:
    try:
        check.look(group.subject(made))
    except NotApplicable as reason:
        return "skipped", str(reason)
    except Violation as violation:
        return "failed", str(violation)
    except Exception as error:
        # A fault of the suite must neither pass nor stop the others.
        return "failed", f"the check itself broke: {type(error).__name__}: {error}"
    return "passed", ""
