"""Size of the image's file system on disk, and the part of it that serving needs."""

from collections.abc import Iterator
from pathlib import Path

from container.image import tree

_PICTURES = Path(__file__).parents[1] / "requirements-pictures.txt"
# Loaded for Parquet only, which training and evaluation read.
FOR_PARQUET = frozenset({"pyarrow"})
_FOLDERS = {"fonttools": "fontTools", "pillow": "PIL", "python-dateutil": "dateutil"}
_BYTES_PER_MB = 1e6


def sizes_mb(root: Path) -> tuple[float, float]:
    """Return the whole below `root`, and what is left without what serving does not load."""
    (site,) = root.glob("opt/venv/lib/python3*/site-packages")
    whole = tree.size_bytes(root)
    rest = sum(map(tree.size_bytes, owned_by(site, not_for_serving())))
    return whole / _BYTES_PER_MB, (whole - rest) / _BYTES_PER_MB


def not_for_serving() -> frozenset[str]:
    """Return names of the packages that a request in CSV or JSON does without."""
    pins = _PICTURES.read_text(encoding="utf-8").splitlines()
    return FOR_PARQUET | {pin.partition("==")[0] for pin in pins if "==" in pin}


def owned_by(site: Path, names: frozenset[str]) -> Iterator[Path]:
    """Yield what the packages of these names put into the environment."""
    for name in names:
        folder = _FOLDERS.get(name, name)
        for pattern in (folder, f"{name}.libs", f"{name.replace('-', '_')}-*.dist-info"):
            yield from site.glob(pattern)
