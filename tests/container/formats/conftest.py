from pathlib import Path

import pytest

from tests.container.formats.channel import Channel


@pytest.fixture
def channel(tmp_path: Path) -> Channel:
    """An empty train channel."""
    return Channel(tmp_path)
