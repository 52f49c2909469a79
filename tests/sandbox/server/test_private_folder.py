"""A sandbox's folder is its owner's alone, or the sandbox does not start."""

import os
from pathlib import Path

import pytest

from sandbox.server import private_folder
from sandbox.server.private_folder import FolderRefused


@pytest.mark.parametrize("mode", [None, 0o755, 0o700])
def test_a_folder_is_made_or_becomes_its_owners_alone(tmp_path: Path, mode: int | None) -> None:
    folder = tmp_path / "sandbox"
    if mode is not None:
        folder.mkdir()
        folder.chmod(mode)

    private_folder.make(folder)

    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777, 0o1777])
def test_a_folder_that_others_may_write_to_is_refused(tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(mode)

    with pytest.raises(FolderRefused, match="others may write to it") as caught:
        private_folder.make(tmp_path)
    assert "\n" not in str(caught.value)
    assert tmp_path.stat().st_mode & 0o777 == mode & 0o777


def test_a_folder_of_another_user_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: own + 1)

    with pytest.raises(FolderRefused, match="belongs to another user"):
        private_folder.make(tmp_path)
