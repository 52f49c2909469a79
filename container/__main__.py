"""Entry point: runs one of the programs by name."""

import importlib
import importlib.util
import os
import re
import sys
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent
_PROGRAMS = {
    "train": "container.training.train",
    "serve": "container.serving.serve",
    "evaluate": "container.evaluation.evaluate",
}
_CONVERT = "convert"


def main(arguments: list[str]) -> int:
    """Run one program; anything else is a usage error."""
    _have_standard_streams()
    _become_package()
    from container.contract.errors import ExitCode
    from container.contract.layout import Layout

    name, *more = arguments or [""]
    converts = name == _CONVERT and len(more) == 2
    if not converts and (more or name not in _PROGRAMS):
        given = " ".join(arguments) or "nothing"
        sys.stderr.write(
            "container: the program must be one of train, serve, evaluate, convert FILE OUT; "
            f"got {given}\n"
        )
        return ExitCode.USAGE
    _hide_scikit_learn()
    if converts:
        return int(importlib.import_module("container.conversion.convert").main(more))
    program = importlib.import_module(_PROGRAMS[name])
    return int(program.main(Layout.from_environment()))


def _have_standard_streams() -> None:
    """Open closed standard streams: the next file or socket would get their numbers."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8")
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8")


def _become_package() -> None:
    """Be the package `container` also where the folder has another name, as a team's own may."""
    if "container" in sys.modules:
        return
    places = [str(_FOLDER)]
    spec = importlib.util.spec_from_file_location(
        "container", _FOLDER / "__init__.py", submodule_search_locations=places
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{_FOLDER}: not a package")
    package = importlib.util.module_from_spec(spec)
    sys.modules["container"] = package
    spec.loader.exec_module(package)


def _hide_scikit_learn() -> None:
    """Keep XGBoost from importing scikit-learn, which would cost a second of start-up."""
    shipped = (_FOLDER / "requirements.txt").read_text(encoding="utf-8")
    if not re.search(r"^scikit-learn\b", shipped, re.MULTILINE):
        sys.modules.setdefault("sklearn", None)  # type: ignore[arg-type]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
