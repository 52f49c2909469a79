"""Certificate authorities that a build trusts beside the system's, for an index of packages."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

SECRET = Path("/run/secrets/authorities")
"""Where BuildKit mounts the secret `authorities`; a build without it has no such file."""


@contextmanager
def pip_options() -> Iterator[list[str]]:
    """Give the options with which pip trusts the secret's authorities, too; none without it."""
    if not SECRET.exists():
        yield []
        return
    usual = ssl.get_default_verify_paths().cafile
    with TemporaryDirectory() as folder:
        # What pip is given replaces what it trusts otherwise.
        both = Path(folder) / "authorities.pem"
        texts = [Path(path).read_text(encoding="ascii", errors="ignore") for path in _files(usual)]
        both.write_text("\n".join(texts), encoding="ascii")
        yield ["--cert", str(both)]


def _files(usual: str | None) -> Iterator[str | Path]:
    if usual is not None:
        yield usual
    yield SECRET
