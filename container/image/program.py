"""The `container` package as it lies in the image: compiled, and started without a shell."""

import shutil
from pathlib import Path

from container.image import interpreter, tree
from container.image.errors import ImageError

PACKAGE = Path(__file__).parents[1]
HOME = "/opt/program"
# The same names stand in .dockerignore, as far as a Docker build does not need them.
LEFT_OUT = (
    *("image", "Dockerfile", ".dockerignore", "requirements.lock", "README.md"),
    *("bench", "examples", "tests", "fixtures", "conformance.toml"),
    *("__pycache__", "*.pyc", ".*_cache"),
)
_ANY_PYTHON = "#!/usr/bin/env -S python3 -P\n"
_OUR_PYTHON = f"#!{interpreter.VENV}/bin/python3 -P\n"


def make(folder: Path) -> None:
    """Make the new folder that becomes /opt/program."""
    if folder.exists():
        raise ImageError(f"{folder}: is there already; name a new folder")
    shutil.copytree(PACKAGE, folder / "container", ignore=shutil.ignore_patterns(*LEFT_OUT))
    for script in sorted((folder / "container/bin").iterdir()):
        text = script.read_text(encoding="utf-8")
        # The image has no /usr/bin/env.
        if not text.startswith(_ANY_PYTHON):
            raise ImageError(f"bin/{script.name}: must begin with {_ANY_PYTHON.strip()}")
        script.write_text(_OUR_PYTHON + text.removeprefix(_ANY_PYTHON), encoding="utf-8")
    tree.compile_all(folder, folder, HOME)
    tree.normalise_files(folder)
