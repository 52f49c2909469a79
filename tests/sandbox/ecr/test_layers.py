"""What ECR serves behind a digest: an image's record, and what stands for its source."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.ecr import images, layers


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "manifests"
    folder.mkdir()
    for name in ("one", "two"):
        record = {"folder": f"/images/{name}", "environment": "/e"}
        (folder / f"{name * 3}.json").write_text(json.dumps(record))
    monkeypatch.setattr(images, "image_folder", lambda content: tmp_path / content)
    return folder


def digest_of(name: str) -> str:
    return "sha256:" + hashlib.sha256(name.encode()).hexdigest()


def served(path: str) -> tuple[str, bytes] | None:
    said: list[str] = []
    found = layers.serve({"PATH_INFO": path}, lambda status, headers: said.append(status))
    return None if found is None else (said[0], b"".join(found))


def test_the_record_of_an_image_is_found_by_its_digest(records: Path) -> None:
    content = (records / "oneoneone.json").read_bytes()

    assert layers.blob("sha256:oneoneone") == content
    assert served("/sandbox/layers/sha256:oneoneone") == ("200 OK", content)


@pytest.mark.parametrize("name", ["one", "two"])
def test_a_layer_is_found_by_the_digest_of_its_source(records: Path, name: str) -> None:
    assert served(f"/sandbox/layers/{digest_of(name)}") == ("200 OK", name.encode())


def test_another_digest_is_not_found(records: Path) -> None:
    assert served(f"/sandbox/layers/{digest_of('three')}") == ("404 Not Found", b"")


@pytest.mark.parametrize("environ", [{}, {"PATH_INFO": "/"}, {"PATH_INFO": "/sandbox/layer/x"}])
def test_another_request_is_not_answered_here(environ: dict[str, Any]) -> None:
    assert layers.serve(environ, None) is None
