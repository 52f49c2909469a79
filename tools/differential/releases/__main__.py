"""`python -m tools.differential.releases FOLDER`: the models of all releases anew.

Each release of XGBoost is installed from the network, in an environment below FOLDER (3 GB in all).
"""

import subprocess
import sys
import venv
from pathlib import Path

from tools.differential.releases import write_models

RELEASES = ("0.90", "1.0.2", "1.2.1", "1.3.3", "1.5.2", "1.7.6", "2.0.3", "2.1.4", "3.0.5")
# Older releases need the first for how numbers were, and the last for `pkg_resources`.
_BESIDE = ("numpy<2", "scipy", "pandas<2.3", "setuptools<80")
_SCRIPT = Path(write_models.__file__)


def main(arguments: list[str]) -> int:
    """Write an archive for each release."""
    if len(arguments) != 1:
        sys.stderr.write("releases: give one folder for the environments\n")
        return 64
    for release in RELEASES:
        place = Path(arguments[0]) / release
        venv.create(place, with_pip=True)
        python = str(place / "bin" / "python")
        wanted = [f"xgboost=={release}", *_BESIDE]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
        models = _SCRIPT.with_name("models")
        subprocess.run([python, "-W", "ignore", str(_SCRIPT), str(models)], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
