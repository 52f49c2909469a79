"""How synthesis grows with the number of models: seconds, memory, and the slope between."""

import resource
import shutil
import tempfile
from functools import partial
from pathlib import Path

from tools.bench.measurement import Figure, ratio, seconds_of
from tools.bench.synthesis import PLATFORM, REPO, synthesise_into

MODELS = (1, 10, 100)
_PLACE = '[platform]\nregion = "us-east-1"\nremoval = "destroy"\n'
_MODEL = """\
training.hyperparameters = { objective = "binary:logistic", num_round = 100 }
gate.minimum = 0.8
"""
_SOURCES = ("cfn", "config", "constructs_lib", "container", "notebooks", "reviewer", "stacks")


def environment(models: int) -> str:
    """An environment file with this many models."""
    tables = (f"[models.model-{number:03}]\n{_MODEL}" for number in range(models))
    return _PLACE + "".join(tables)


def checkout(folder: Path) -> None:
    """Copy what a synthesis reads to `folder`, with one environment for each number of models."""
    for source in _SOURCES:
        shutil.copytree(REPO / source, folder / source)
    for shipped in (folder / "config").glob("*.toml"):
        shipped.unlink()
    for name in ("app.py", "cdk.json"):
        shutil.copy2(REPO / name, folder / name)
    (folder / ".venv").symlink_to((REPO / ".venv").resolve())
    for models in MODELS:
        (folder / "config" / f"models-{models}.toml").write_text(environment(models))


def measure(yardstick: float) -> list[Figure]:
    """Every rule pack included, as `cdk synth` runs it; the slope is what one model costs.

    `yardstick` is the seconds of the one-bucket synthesis in the same run.
    """
    seconds: dict[int, float] = {}
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        checkout(Path(folder))
        for models in MODELS:
            environment_of = partial(_synthesise, Path(folder), models)
            seconds[models] = seconds_of(environment_of)
            figures.append(ratio(f"synth, models: {models}", seconds[models], yardstick))
            figures.append(Figure(f"memory, models: {models}", _most_memory_mib(), "MiB"))
    slope = (seconds[MODELS[-1]] - seconds[MODELS[0]]) / (MODELS[-1] - MODELS[0])
    return [*figures, ratio("synth of one more model", slope, yardstick, 0.08)]


def _synthesise(folder: Path, models: int) -> None:
    out = folder / f"out-{models}"
    synthesise_into(out, PLATFORM, {"env": f"models-{models}"}, home=folder)


def _most_memory_mib() -> float:
    """The largest process so far: models grow, so it is the one that just ended."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
