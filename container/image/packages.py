"""Locked Python packages, without headers, tests and unused extensions."""

import json
import re
import sys
import tempfile
from pathlib import Path

from container.image import authorities, commands, tree

LOCK = Path(__file__).parents[1] / "requirements.lock"
_PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
# One file of known content for each package, and no code is run to install it.
_TRUSTED_ONLY = ["--require-hashes", "--only-binary", ":all:", "--no-compile"]
_NOT_NEEDED = (
    # Scripts of the packages: they would need a shell, and nothing calls them.
    "bin",
    # What the libraries test themselves with.
    *("**/tests", "**/*_tests.*.so", "matplotlib/mpl-data/sample_data"),
    # For compilers and type checkers.
    *("**/include", "**/*.h", "**/*.hpp", "**/*.a", "**/*.lib", "**/*.pxd", "**/*.pyx", "**/*.pxi"),
    *("**/*.pyi", "pyarrow/src"),
    # Arrow's network file systems: rows are read from files and requests only.
    *("pyarrow/*flight*", "pyarrow/*s3*", "pyarrow/_gcsfs.*", "pyarrow/_azurefs.*"),
    *("pyarrow/_hdfs.*", "pyarrow/_pyarrow_cpp_tests.*"),
    # Names that only linking needs; programs load libarrow_python.so.<number>.
    *("pyarrow/libarrow_python.so", "pyarrow/libarrow_python.so.*.*"),
    # True of what was installed, not of what is left.
    *("*.dist-info/RECORD", "*.dist-info/REQUESTED", "*.dist-info/direct_url.json"),
)


def install(site: Path) -> dict[str, str]:
    """Fill the new folder `site`; return the SHA-256 of each package's file by its name."""
    with tempfile.TemporaryDirectory() as temporary, authorities.pip_options() as trusted:
        report = Path(temporary) / "report.json"
        places = ["--requirement", str(LOCK), "--target", str(site), "--report", str(report)]
        advice = f"make {LOCK.name} agree with requirements*.txt (`make lock`) or see the network"
        commands.run([*_PIP, *trusted, "install", "--quiet", *_TRUSTED_ONLY, *places], advice)
        installed = json.loads(report.read_text(encoding="utf-8"))["install"]
    prune(site)
    return {
        normal(entry["metadata"]["name"]): entry["download_info"]["archive_info"]["hashes"][
            "sha256"
        ]
        for entry in installed
    }


def prune(site: Path) -> None:
    """Remove what running programs do not need."""
    tree.remove(site, _NOT_NEEDED)


def normal(name: str) -> str:
    """Return a package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()
