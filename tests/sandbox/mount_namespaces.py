"""What a test needs that looks for /opt/ml: a system that lets a program have one of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

# In a process of its own, whose mounts end with it.
_TRIES = "import sys; from sandbox.programs import own_opt_ml; print(own_opt_ml.make(sys.argv[1]))"


def require_own_opt_ml(folder: Path) -> None:
    """Skip a test, with the system's own reason, where no program has an /opt/ml of its own."""
    words = [sys.executable, "-c", _TRIES, str(folder)]
    refused = subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    if refused:
        pytest.skip(f"no program has an /opt/ml of its own here: {refused}")
