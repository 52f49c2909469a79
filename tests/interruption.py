"""Pytest plugin for the end of a run: it is orderly, names the failures and leaves no process."""

import signal
import warnings
from collections.abc import Generator
from contextlib import nullcontext
from types import FrameType

import pytest

from tests.leftovers import start_reaper


def pytest_configure(config: pytest.Config) -> None:
    """Let a run that is terminated stop its sandboxes, as one that is interrupted does.

    A shell that starts a run in the background has it ignore Ctrl-C, which tests press.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    # The workers of xdist carry the mark of the process that started them.
    if not hasattr(config, "workerinput"):
        capture = config.pluginmanager.getplugin("capturemanager")
        # It speaks after the end of the run, when nothing is captured.
        with capture.global_and_fixture_disabled() if capture else nullcontext():
            start_reaper()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_sessionfinish() -> Generator[None]:
    """Keep the summary of an interrupted run, whose workers could not report their snapshots.

    syrupy warns of it; as an error the warning would end pytest before it names what failed.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("default", message="syrupy: ", category=UserWarning)
        return (yield)
