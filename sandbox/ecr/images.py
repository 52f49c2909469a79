"""Images without containers: the folder and Python environment behind each ECR tag."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moto.ecr.models import ecr_backends

from sandbox.state import context
from sandbox.state.stores import Place

if TYPE_CHECKING:
    from sandbox.iam.callers import Caller

_URI = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.[a-z.]+/"
    r"(?P<repository>[^:@]+)(?::(?P<tag>[^@]+))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
_CONFIG = "application/vnd.docker.container.image.v1+json"
_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


class ImageError(Exception):
    """An image that cannot be used; the text is one line and fits a FailureReason."""


@dataclass(frozen=True)
class Image:
    """`folder` holds `container/`, `environment` is the Python environment it runs in."""

    uri: str
    folder: Path
    environment: Path

    @property
    def path(self) -> str:
        """What PATH is inside the image: its own programs, its Python, the system."""
        own = [str(self.folder / "container" / "bin"), str(self.environment / "bin")]
        return ":".join([*own, "/usr/local/bin", "/usr/bin", "/bin"])

    def program(self, name: str) -> str:
        """Return the path of the program `name`; raises ImageError when the image has none.

        A plain name is looked for where the image's own PATH begins, as `python3` is.
        """
        inside = re.sub(r"^/opt/program/", f"{self.folder}/", name)
        places = [self.folder / "container/bin" / name, self.environment / "bin" / name]
        candidates = [Path(inside)] if inside.startswith("/") else places
        found = next((path for path in candidates if path.is_file()), None)
        if found is None:
            raise ImageError(
                f'ClientError: image {self.uri} has no program "{name}"; '
                f"put it at container/bin/{Path(name).name}"
            )
        return str(found)


def image_folder(content: str) -> Path:
    """Return where the image whose source has the hash `content` is unpacked."""
    return context.current().folder / "images" / content


def exists(place: Place, repository: str, tag: str) -> bool:
    """Tell whether `repository` has an image tagged `tag`."""
    return _find(place, repository, {"imageTag": tag}) is not None


def register(place: Place, uri: str, image: Image) -> str:
    """Put a manifest that stands for `image` behind the tag of `uri`; return the image digest."""
    matched = _parse(uri)
    config = json.dumps({"folder": str(image.folder), "environment": str(image.environment)})
    digest = "sha256:" + hashlib.sha256(config.encode()).hexdigest()
    record = image_folder("manifests") / f"{digest[7:]}.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(config)
    size = sum(path.stat().st_size for path in image.folder.rglob("*") if path.is_file())
    layer = "sha256:" + hashlib.sha256(image.folder.name.encode()).hexdigest()
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": {"mediaType": _CONFIG, "size": len(config), "digest": digest},
        "layers": [{"mediaType": _LAYER, "size": size, "digest": layer}],
    }
    backend: Any = ecr_backends[place.account][place.region]
    repository, tag = matched["repository"], matched["tag"] or "latest"
    backend.repositories[repository].layers |= {digest: len(config), layer: len(image.folder.name)}
    stored = backend.put_image(repository, json.dumps(manifest), tag, _MANIFEST)
    return str(stored.get_image_digest())


def pull(uri: str, caller: Caller) -> Image:
    """Return what `uri` stands for as `resolve` does; raises NotAllowed when the role may not."""
    matched = _parse(uri)
    arn = f"arn:aws:ecr:{matched['region']}:{matched['account']}:repository/{matched['repository']}"
    for action in ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"):
        caller.need(action, arn)
    return resolve(uri)


def resolve(uri: str) -> Image:
    """Return what `uri` stands for; raises ImageError when nothing was pushed there."""
    matched = _parse(uri)
    place = Place(matched["account"], matched["region"])
    if matched["digest"]:
        image_id = {"imageDigest": matched["digest"]}
    else:
        image_id = {"imageTag": matched["tag"] or "latest"}
    found = _find(place, matched["repository"], image_id)
    if found is None:
        raise ImageError(
            f"ClientError: Cannot find image {uri}; start the build of the image first"
        )
    config = json.loads(found.image_manifest).get("config", {}).get("digest", "")
    record = image_folder("manifests") / f"{config.removeprefix('sha256:')}.json"
    if not record.is_file():
        raise ImageError(f"ClientError: image {uri} was not built here; build it in the sandbox")
    return _read(record, uri)


def _read(record: Path, uri: str) -> Image:
    # An image that came with a saved sandbox has its digest from the folders that it had there.
    moved = image_folder("moved") / record.name
    stored = json.loads((moved if moved.is_file() else record).read_text())
    return Image(uri, Path(stored["folder"]), Path(stored["environment"]))


def records() -> dict[str, Image]:
    """Return every image that was registered here, by the hash that its manifest names."""
    found = sorted(image_folder("manifests").glob("*.json"))
    return {record.stem: _read(record, "") for record in found}


def record(digest: str) -> str:
    """Return the text that has this hash."""
    return (image_folder("manifests") / f"{digest}.json").read_text()


def content_of(text: str) -> str:
    """Return the hash of the source that a record is about; "" for a text that is none."""
    try:
        return Path(json.loads(text)["folder"]).name
    except (ValueError, KeyError, TypeError):
        return ""


def register_again(digest: str, text: str, image: Image) -> None:
    """Have the record `text` with this hash stand for an image that is in other folders now."""
    places = json.dumps({"folder": str(image.folder), "environment": str(image.environment)})
    for folder, content in (("manifests", text), ("moved", places)):
        file = image_folder(folder) / f"{digest}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)


def digest_uri(uri: str) -> str:
    """Return `uri` by digest, as DescribeEndpoint's ResolvedImage shows it; `uri` when unknown."""
    matched = _URI.fullmatch(uri)
    if matched is None or matched["digest"]:
        return uri
    place = Place(matched["account"], matched["region"])
    found = _find(place, matched["repository"], {"imageTag": matched["tag"] or "latest"})
    return f"{uri.rpartition(':')[0]}@{found.get_image_digest()}" if found else uri


def _parse(uri: str) -> re.Match[str]:
    matched = _URI.fullmatch(uri)
    if matched is None:
        raise ImageError(
            f"ClientError: image {uri!r} is not in ECR; "
            "use <account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>"
        )
    return matched


def _find(place: Place, repository: str, image_id: dict[str, str]) -> Any:
    backend: Any = ecr_backends[place.account][place.region]
    if repository not in backend.repositories:
        return None
    images = backend.batch_get_image(repository, image_ids=[image_id])["images"]
    return images[0] if images else None
