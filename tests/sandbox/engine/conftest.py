"""One sandbox for all engine tests, emptied before each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.cdk import bootstrap
from sandbox.server.server import Sandbox
from sandbox.state import clients
from tests.sandbox.engine.stacks import Stacks


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox that several tests share."""
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def stacks(running: Sandbox) -> Stacks:
    """A sandbox without stacks, the bootstrap among them: it takes longer than most tests."""
    running.clear()
    return Stacks(running)


@pytest.fixture
def bootstrapped(stacks: Stacks) -> None:
    """The bootstrap, which files and the CDK's command line need."""
    bootstrap.ensure(url=stacks.sandbox.url, region=stacks.region, account=clients.ACCOUNT)
