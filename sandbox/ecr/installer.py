"""uv, the package installer, run with the index and the certificates that pip is configured for."""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Mapping
from pathlib import Path

UV = Path(sys.prefix) / "bin" / "uv"
_PROJECT_CACHE = Path(__file__).resolve().parents[2] / ".cache" / "uv"
# An option of pip by the variable of uv that means the same; pip reads files, uv does not.
_OPTIONS = {
    "UV_DEFAULT_INDEX": "index-url",
    "UV_INDEX": "extra-index-url",
    "UV_FIND_LINKS": "find-links",
    "UV_INSECURE_HOST": "trusted-host",
    "UV_HTTP_TIMEOUT": "default-timeout",
    "SSL_CERT_FILE": "cert",
    "SSL_CLIENT_CERT": "client-cert",
    "ALL_PROXY": "proxy",
}
# As pip does: the system's certificates, and the best version of all indexes.
_DEFAULTS = {"UV_SYSTEM_CERTS": "1", "UV_INDEX_STRATEGY": "unsafe-best-match"}


def variables(given: Mapping[str, str]) -> dict[str, str]:
    """Return `given` with uv's variables where pip has a setting and `given` has none for uv."""
    configured = _pip_configuration(given)
    wanted = dict(_DEFAULTS)
    for name, option in _OPTIONS.items():
        value = given.get(f"PIP_{option.upper().replace('-', '_')}", configured.get(option, ""))
        # pip ignores folders that are not there; uv refuses to begin.
        words = [word for word in value.split() if not _is_missing_folder(word)]
        if words:
            wanted[name] = ("," if name == "UV_FIND_LINKS" else " ").join(words)
    if not _can_write(_user_cache(given)):
        wanted["UV_CACHE_DIR"] = str(_PROJECT_CACHE)
    # Python's own variables would reach the interpreter that uv asks about itself.
    kept = {k: v for k, v in given.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return wanted | kept


def _pip_configuration(given: Mapping[str, str]) -> dict[str, str]:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read(_pip_files(given), encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return {}
    sections = [dict(parser[name]) for name in ("global", "install") if name in parser]
    found = {key.replace("_", "-"): value for section in sections for key, value in section.items()}
    return found if "timeout" not in found else {"default-timeout": found["timeout"]} | found


def _pip_files(given: Mapping[str, str]) -> list[Path]:
    """Return where pip looks on Linux and macOS; of two files the later one decides."""
    home = Path(given.get("HOME") or "/nonexistent")
    shared = given.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    own = Path(given.get("XDG_CONFIG_HOME") or home / ".config")
    apple = Path("Library", "Application Support", "pip", "pip.conf")
    chosen = given.get("PIP_CONFIG_FILE")
    return [
        *(Path(folder) / "pip" / "pip.conf" for folder in reversed(shared.split(":"))),
        *(Path("/etc/pip.conf"), Path("/") / apple),
        *(home / ".pip" / "pip.conf", own / "pip" / "pip.conf", home / apple),
        *([Path(chosen)] if chosen else []),
    ]


def _is_missing_folder(word: str) -> bool:
    path = word.removeprefix("file://")
    return path.startswith("/") and not Path(path).exists()


def _user_cache(given: Mapping[str, str]) -> Path:
    home = Path(given.get("HOME") or "/nonexistent")
    return Path(given.get("XDG_CACHE_HOME") or home / ".cache") / "uv"


def _can_write(folder: Path) -> bool:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return os.access(there, os.W_OK)


def main(arguments: list[str]) -> None:
    """Become uv with these arguments."""
    os.execve(UV, [str(UV), *arguments], variables(os.environ))


if __name__ == "__main__":
    main(sys.argv[1:])
