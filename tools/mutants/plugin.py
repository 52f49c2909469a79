"""A pytest plugin, copied beside each checkout: runs sentences or snapshots, nearest first."""

import json
import os
from pathlib import Path

import pytest

_REPORT = Path(os.environ["KIBAN_MUTANTS_REPORT"])
_SNAPSHOTS = os.environ["KIBAN_MUTANTS_SNAPSHOTS"] == "1"
_FIXTURE, *_BY_NAME = os.environ["KIBAN_MUTANTS_COMPARING"].split()
_failed: list[str] = []
_broken: list[str] = []
_seconds: dict[str, float] = {}
_clock = [0.0]


def _cpu_seconds() -> float:
    """Return the processor time of this process and its ended children; load does not alter it."""
    return sum(os.times()[:4])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep one kind of test, in the order of the command line."""
    wanted = [item for item in items if _compares(item) == _SNAPSHOTS]
    config.hook.pytest_deselected(items=[item for item in items if item not in wanted])
    order = {name.partition("::")[0]: number for number, name in enumerate(config.args)}
    wanted.sort(key=lambda item: order.get(item.nodeid.partition("::")[0], len(order)))
    items[:] = wanted
    _clock[0] = _cpu_seconds()


def _compares(item: pytest.Item) -> bool:
    names = getattr(item, "fixturenames", ())
    return _FIXTURE in names or getattr(item, "originalname", item.name) in _BY_NAME


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Remember the files that cannot be imported."""
    if report.failed:
        _broken.append(report.nodeid)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember the tests that fail, and the processor time of each file."""
    if report.failed:
        _failed.append(report.nodeid)
    now = _cpu_seconds()
    file = report.nodeid.partition("::")[0]
    _seconds[file] = _seconds.get(file, 0.0) + now - _clock[0]
    _clock[0] = now


def pytest_sessionfinish() -> None:
    """Write the report, last of all, so that a run that was ended has none."""
    report = {"failed": _failed, "broken": _broken, "seconds": _seconds}
    _REPORT.write_text(json.dumps(report), encoding="utf-8")
