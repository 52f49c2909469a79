"""The two build steps of the Dockerfile."""

import sys
from pathlib import Path

from container.image import program, system
from container.image.errors import ImageError

_STEPS = {"system": system.make, "program": program.make}


def main(arguments: list[str]) -> int:
    """Make `system` or `program` in a new folder."""
    if len(arguments) != 2 or arguments[0] not in _STEPS:
        sys.stderr.write("usage: python -m container.image system|program FOLDER\n")
        return 2
    try:
        _STEPS[arguments[0]](Path(arguments[1]).absolute())
    except ImageError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
