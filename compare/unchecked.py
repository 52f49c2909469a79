"""Synthesis of every environment without rule packs, as a program: `python -m compare.unchecked`.

A review synthesises its base so, in half the time, when the other side has no open finding that the
base may have had before. What is written is what `app.py` writes, without the report of the checks.
"""

import atexit
import gc
import sys

import aws_cdk as cdk

from app import add_stacks
from config.loader import load_or_exit
from constructs_lib.synthesis.environment_stage import EnvironmentStage


def main() -> int:
    """Synthesise into the folder, and with the context, that the environment variables name."""
    # Everything is built once and kept to the end, as in every synthesis.
    gc.disable()
    atexit.register(gc.freeze)
    app = cdk.App(tree_metadata=False, builtin_cloud_formation_validation=False)
    for environment in load_or_exit(None):
        add_stacks(EnvironmentStage(app, config=environment), environment)
    app.synth()
    return 0


if __name__ == "__main__":
    sys.exit(main())
