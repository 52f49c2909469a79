"""The sandbox's clock as it was before a test moved it."""

from datetime import timedelta

from sandbox.state import clock


def set_back() -> None:
    """Let the clock show the machine's time again, and go on from there."""
    clock._Clock.moved = timedelta()
    clock._Clock.passed = clock.now().timestamp() // 10 * 10
