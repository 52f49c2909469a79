"""One sandbox for all engine tests, emptied before each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.server.server import Sandbox
from tests.sandbox.engine.stacks import Stacks


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox that several tests share."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def stacks(running: Sandbox) -> Stacks:
    """A sandbox without stacks."""
    running.reset()
    return Stacks(running)
