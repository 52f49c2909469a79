"""What is looked at: a folder with programs, or a server that runs on this machine."""

import ipaddress
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from conformance import manifest
from conformance.errors import TargetError
from conformance.manifest import Manifest, read_manifest

_SCHEMES = ("http://", "https://")


@dataclass(frozen=True)
class Target:
    """`folder` holds bin/; `port` is where a running server listens on loopback."""

    name: str
    manifest: Manifest
    folder: Path | None = None
    port: int | None = None


def find_target(name: str, described_by: Path | None, checks: Collection[str]) -> Target:
    """Understand what a person typed; raises TargetError when there is nothing to look at.

    `described_by` is a conformance.toml to use instead of the folder's own.
    """
    if described_by is not None and not described_by.is_file():
        raise TargetError(f"{described_by}: the file is not there; name a {manifest.NAME}")
    if name.startswith(_SCHEMES):
        described = read_manifest(described_by or Path(manifest.NAME), checks)
        return Target(name, described, port=_loopback_port(name))
    folder = Path(name)
    if not folder.is_dir():
        raise TargetError(f"{name}: no such folder; give a folder with bin/train and bin/serve")
    folder = folder.resolve()
    found = [p for p in ("train", "serve") if os.access(folder / "bin" / p, os.X_OK)]
    if not found:
        raise TargetError(
            f"{name}: has neither bin/train nor bin/serve; put SageMaker's programs there and "
            "make them executable"
        )
    return Target(name, read_manifest(described_by or folder / manifest.NAME, checks), folder)


def _loopback_port(url: str) -> int:
    parts = urlsplit(url)
    try:
        port = parts.port or 80
    except ValueError as error:
        raise TargetError(f"{url}: not an address ({error}); use http://127.0.0.1:8080") from error
    if parts.scheme != "http" or parts.path not in ("", "/") or parts.query:
        raise TargetError(f"{url}: give scheme, host and port only, as in http://127.0.0.1:8080")
    if not _is_loopback(parts.hostname or ""):
        raise TargetError(
            f"{url}: {parts.hostname} is not this machine; these checks send what may knock a "
            "server over, so they only go to 127.0.0.1"
        )
    return port


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
