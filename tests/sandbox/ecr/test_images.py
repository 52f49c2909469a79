"""What stands behind an image's address."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.ecr import images
from sandbox.ecr.images import Image, ImageError
from sandbox.state import context
from sandbox.state.stores import Place

HERE = Place("123456789012", "eu-west-1")
HOST = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
DIGEST = "sha256:" + "a" * 64


class Registry:
    """A registry with the repository `models`."""

    def __init__(self) -> None:
        self.repositories = {"models": SimpleNamespace(layers={})}
        self.pushed: dict[str, Any] = {}

    def put_image(self, repository: str, manifest: str, tag: str, kind: str) -> Any:
        stored = SimpleNamespace(image_manifest=manifest, get_image_digest=lambda: DIGEST)
        self.pushed[tag] = self.pushed[DIGEST] = stored
        return stored

    def batch_get_image(self, repository: str, image_ids: list[dict[str, str]]) -> Any:
        (which,) = image_ids[0].values()
        return {"images": [self.pushed[which]] if which in self.pushed else []}


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    found = Registry()
    monkeypatch.setattr(context, "current", lambda: SimpleNamespace(folder=tmp_path / "sandbox"))
    monkeypatch.setattr(images, "ecr_backends", {HERE.account: {HERE.region: found}})
    return found


def image(tmp_path: Path) -> Image:
    programs = tmp_path / "source/container/bin"
    programs.mkdir(parents=True)
    installed = tmp_path / "environment/bin"
    installed.mkdir(parents=True)
    (installed / "python3").touch()
    (installed / "train").touch()
    (programs / "train").write_text("x" * 7)
    return Image("uri", tmp_path / "source", tmp_path / "environment")


def test_an_image_has_its_programs_and_no_others(tmp_path: Path) -> None:
    one = image(tmp_path)

    assert one.program("train") == f"{tmp_path}/source/container/bin/train"
    assert one.program("/opt/program/container/bin/train") == one.program("train")
    assert one.program("/bin/sh") == "/bin/sh"
    assert one.program("python3") == f"{tmp_path}/environment/bin/python3"
    assert one.path.split(":")[:2] == [
        f"{tmp_path}/source/container/bin",
        f"{tmp_path}/environment/bin",
    ]
    for name in ("serve", "/opt/program/serve", "/bin"):
        with pytest.raises(ImageError, match="put it at container/bin/"):
            one.program(name)


def test_a_pushed_image_is_found_by_its_tag_and_its_digest(
    tmp_path: Path, registry: Registry
) -> None:
    one = image(tmp_path)
    assert images.exists(HERE, "models", "v1") is False

    assert images.register(HERE, f"{HOST}/models:v1", one) == DIGEST
    images.register(HERE, f"{HOST}/models", one)

    assert images.exists(HERE, "models", "v1") is True
    assert images.exists(HERE, "other", "v1") is False
    for uri in (f"{HOST}/models:v1", f"{HOST}/models@{DIGEST}", f"{HOST}/models"):
        found = images.resolve(uri)
        assert (found.uri, found.folder, found.environment) == (uri, one.folder, one.environment)
    assert 7 in [entry["size"] for entry in _layers(registry)]


def _layers(registry: Registry) -> list[dict[str, Any]]:
    return list(json.loads(registry.pushed["v1"].image_manifest)["layers"])


def test_an_address_is_shown_by_its_digest_where_it_is_known(
    tmp_path: Path, registry: Registry
) -> None:
    images.register(HERE, f"{HOST}/models:v1", image(tmp_path))

    assert images.digest_uri(f"{HOST}/models:v1") == f"{HOST}/models@{DIGEST}"
    for same in ("elsewhere/models:v1", f"{HOST}/models@{DIGEST}", f"{HOST}/models:v2"):
        assert images.digest_uri(same) == same


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("models:v1", "is not in ECR; use <account>.dkr.ecr"),
        (f"{HOST}/models:v2", "Cannot find image"),
        (f"{HOST}/other:v1", "Cannot find image"),
    ],
)
def test_an_image_that_is_not_there_is_told(uri: str, message: str, registry: Registry) -> None:
    with pytest.raises(ImageError, match=message):
        images.resolve(uri)


def test_an_image_that_somebody_else_built_is_told(registry: Registry) -> None:
    registry.put_image("models", '{"config": {"digest": "sha256:other"}}', "v1", "")

    with pytest.raises(ImageError, match="was not built here; build it in the sandbox"):
        images.resolve(f"{HOST}/models:v1")


def test_a_role_needs_two_rights_to_pull(tmp_path: Path, registry: Registry) -> None:
    asked: list[tuple[str, str]] = []
    caller: Any = SimpleNamespace(need=lambda *given: asked.append(given))
    images.register(HERE, f"{HOST}/models:v1", image(tmp_path))

    images.pull(f"{HOST}/models:v1", caller)

    arn = "arn:aws:ecr:eu-west-1:123456789012:repository/models"
    assert asked == [("ecr:BatchGetImage", arn), ("ecr:GetDownloadUrlForLayer", arn)]
