"""Whether a sandbox runs in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.state import context
from sandbox.state.context import Context


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = context._Slot.context
    yield
    context.set_current(before)


def test_without_a_sandbox_there_is_no_context() -> None:
    context.set_current(None)

    assert context.is_set() is False
    with pytest.raises(RuntimeError, match=r"start one with Sandbox\(\)\.start\(\)"):
        context.current()


def test_the_context_of_a_sandbox_is_that_which_was_set() -> None:
    here = Context("http://127.0.0.1:1", "us-east-1", "123456789012", Path())

    context.set_current(here)

    assert context.is_set() is True
    assert context.current() is here
