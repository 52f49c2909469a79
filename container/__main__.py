"""Runs one program by name, so that the three executables stay a few lines of shell."""

import importlib
import sys

from container.contract.errors import ExitCode
from container.contract.layout import Layout

_PROGRAMS = {
    "train": "container.training.train",
    "serve": "container.serving.serve",
    "evaluate": "container.evaluation.evaluate",
}


def main(arguments: list[str]) -> int:
    """Run one program; anything else is a usage error."""
    if len(arguments) != 1 or arguments[0] not in _PROGRAMS:
        given = " ".join(arguments) or "nothing"
        sys.stderr.write(
            f"container: the program must be one of train, serve, evaluate; got {given}\n"
        )
        return ExitCode.USAGE
    # Where scikit-learn is installed, XGBoost imports it: a second of start-up for nothing.
    sys.modules.setdefault("sklearn", None)  # type: ignore[arg-type]
    program = importlib.import_module(_PROGRAMS[arguments[0]])
    return int(program.main(Layout.from_environment()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
