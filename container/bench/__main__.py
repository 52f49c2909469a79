"""`python -m container.bench`: benchmarks serving and training beside others in one run."""

import argparse
import sys
import tempfile
from pathlib import Path

from container.bench import endurance, load, report, serving, training
from container.bench.image_size import sizes_mb
from container.bench.machine import Repetition


def main() -> int:
    """Print the table; 1 when a limit is missed, 2 when it cannot be measured."""
    parser = argparse.ArgumentParser(prog="python -m container.bench")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--image", type=Path, help="folder that `container.image system` made")
    parser.add_argument("--only", choices=["serving", "training", "endurance"])
    chosen = parser.parse_args()
    lines: list[report.Measurement] = []
    repetition = Repetition()
    try:
        load.require_wrk()
        with tempfile.TemporaryDirectory() as folder:
            if chosen.only in (None, "serving"):
                served = serving.measure(Path(folder), chosen.rounds, repetition)
                lines += report.serving_lines(served)
            if chosen.only in (None, "training"):
                trained = training.measure(Path(folder) / "large", chosen.rounds, repetition)
                lines += report.training_lines(trained)
            if chosen.only in (None, "endurance"):
                lines += report.endurance_lines(endurance.measure(Path(folder) / "worn"))
        if chosen.image:
            lines += report.size_lines(*sizes_mb(chosen.image))
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 2
    report.show(lines)
    return 0 if all(line.is_kept for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
