"""The other emulator and ours, with every stack of dev and prod in both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from sandbox.server.server import Sandbox
from tests.second_opinion import emulator
from tests.second_opinion.deployment import Deployment
from tests.second_opinion.emulator import Emulator
from tests.second_opinion.shown_templates import templates


class Both(NamedTuple):
    """The same stacks in both emulators."""

    theirs: Deployment
    ours: Deployment


@pytest.fixture(scope="package")
def other() -> None:
    """Skip what needs the other emulator where it cannot be asked."""
    if reason := emulator.reason_against():
        pytest.skip(reason)


@pytest.fixture(scope="module")
def both(other: None, synthesis: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """Every stack of dev and prod in both; what the other one refuses is a stand-in in both."""
    wanted = templates(synthesis / "assembly-kiban-dev")
    wanted |= templates(synthesis / "assembly-kiban-prod")
    with emulator.running(tmp_path_factory.mktemp("other")) as other_one:
        theirs = Deployment(other_one, wanted)
        with Sandbox(folder=tmp_path_factory.mktemp("ours")) as sandbox:
            own = Emulator(sandbox.url, sandbox.secret)
            replaced = {name: set(ids) for name, ids in theirs.replaced.items()}
            yield Both(theirs, Deployment(own, wanted, replaced))
