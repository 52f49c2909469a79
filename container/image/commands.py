"""External commands of the build, with one-line errors."""

import os
import shutil
import subprocess
from collections.abc import Iterable

from container.image.errors import ImageError

_PER_CALL = 200


def run(words: list[str], advice: str) -> str:
    """Return standard output of a command that has to succeed; raises ImageError with `advice`."""
    if shutil.which(words[0]) is None:
        raise ImageError(f"image: {words[0]}: not found; {advice}")
    # A terminal's own Python settings have no part in the image; a fixed language, as it is read.
    settings = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, env={**settings, "LC_ALL": "C"}
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
        raise ImageError(f"image: {words[0]} failed: {last}; {advice}")
    return done.stdout


def run_on_all(words: list[str], paths: Iterable[str], advice: str) -> str:
    """Run a command with `paths` appended, as few times as the length of a command allows."""
    all_paths = list(paths)
    batches = [all_paths[at : at + _PER_CALL] for at in range(0, len(all_paths), _PER_CALL)]
    return "".join(run([*words, *batch], advice) for batch in batches)
