"""Images in a saved sandbox: their programs, and the packages that are installed again."""

from __future__ import annotations

import compileall
import hashlib
import re
import shutil
import tempfile
import uuid
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.ecr import archives, environments, images
from sandbox.saving.refused import FileRefused, SaveRefused

if TYPE_CHECKING:
    from sandbox.saving.archive import Reader, Writer

_CONTENT = re.compile(r"[0-9a-f]{32}")
_SPOOLED_BYTES = 16 * 1024 * 1024


def collect() -> dict[str, str]:
    """Return the record of each image by its digest; SaveRefused for one that was not built."""
    found = images.records()
    for digest, image in found.items():
        source = image.folder / "container"
        is_built = (
            image.folder == images.image_folder(image.folder.name)
            and _CONTENT.fullmatch(image.folder.name) is not None
            and image.environment.parent == environments.cache_folder()
            and image.environment.name == environments.key(environments.required_by(source))
        )
        if not is_built:
            raise SaveRefused(
                f"image {digest[:12]} was not built from a source by CodeBuild here, and cannot be "
                "saved; delete it and its manifest"
            )
    return {digest: images.record(digest) for digest in found}


def write(writer: Writer) -> None:
    """Add the programs of every image."""
    folders = {image.folder for image in images.records().values()}
    for folder in sorted(folders):
        with tempfile.SpooledTemporaryFile(_SPOOLED_BYTES) as packed:
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
                for path in sorted((folder / "container").rglob("*")):
                    if path.is_file() and "__pycache__" not in path.parts:
                        archive.write(path, path.relative_to(folder / "container"))
            writer.add(f"images/{folder.name}.zip", packed)


def put_back(reader: Reader, records: Any) -> None:
    """Unpack the programs, install their packages, and have each digest mean its image again.

    FileRefused for an archive that is not safe, a record that is not what its digest says, and for
    packages that cannot be installed.
    """
    if not isinstance(records, dict):
        raise FileRefused("its images are not as they should be")
    unpacked: dict[str, images.Image] = {}
    for name in reader.names("images"):
        content = Path(name).stem
        unpacked[content] = _unpack(reader, name, images.image_folder(content))
    for digest, text in records.items():
        if not isinstance(text, str) or hashlib.sha256(text.encode()).hexdigest() != digest:
            raise FileRefused(f"the record of image {digest[:12]} is not what its digest says")
        image = unpacked.get(images.content_of(text))
        if image is None:
            raise FileRefused(f"image {digest[:12]} has no programs")
        images.register_again(digest, text, image)


def _require_stored(packed: Path) -> None:
    """Refuse an archive that unpacks to more than its own size: none that was saved does."""
    try:
        with zipfile.ZipFile(packed) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError):
        raise FileRefused(f"images/{packed.name} is no zip file") from None
    is_stored = all(entry.compress_type == zipfile.ZIP_STORED for entry in entries)
    if not is_stored or sum(entry.file_size for entry in entries) > packed.stat().st_size:
        raise FileRefused(f"images/{packed.name} is larger than itself")


def _unpack(reader: Reader, name: str, final: Path) -> images.Image:
    draft = final.with_name(f"{final.name}.{uuid.uuid4().hex[:8]}")
    final.parent.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=final.parent) as temporary:
            packed = Path(temporary) / Path(name).name
            with packed.open("wb") as file:
                for chunk in reader.chunks(name):
                    file.write(chunk)
            _require_stored(packed)
            archives.unpack(packed, draft / "container")
        compileall.compile_dir(draft / "container", quiet=2)
        required = environments.required_by(draft / "container")
        environment = environments.ensure(*required)
        draft.rename(final)
    except (archives.UnsafeArchive, environments.EnvironmentFailed) as error:
        raise FileRefused(f"{name}: {error}") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return images.Image("", final, environment)
