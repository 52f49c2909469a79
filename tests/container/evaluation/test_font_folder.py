"""The folder in which matplotlib keeps its fonts is ours only while pictures are drawn."""

import os
from pathlib import Path
from typing import Any

import pytest

from container.evaluation.evaluate import draw_pictures
from container.evaluation.pictures import album

VARIABLE = "MPLCONFIGDIR"


@pytest.mark.parametrize("given", [None, "/tmp/of-somebody"])
def test_a_folder_that_somebody_chose_is_kept_and_ours_is_gone_afterwards(
    given: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[str] = []

    def draw(comparison: Any) -> list[Any]:
        used.append(os.environ[VARIABLE])
        return []

    monkeypatch.setattr(album, "draw_pictures", draw)
    monkeypatch.setenv(VARIABLE, given or "")
    if given is None:
        monkeypatch.delenv(VARIABLE)

    assert draw_pictures(None) == []  # type: ignore[arg-type]
    assert os.environ.get(VARIABLE) == given
    assert (used == [given]) == (given is not None)
    assert given or not Path(used[0]).exists()
