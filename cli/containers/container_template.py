"""Folder of a container for another algorithm: ours with scikit-learn in place of XGBoost."""

import re
import shutil
import tempfile
from pathlib import Path

from cli.system.project_paths import PROJECT
from cli.terminal.errors import WrongInput

OURS = PROJECT / "container"
EXAMPLE = OURS / "examples" / "scikit_learn"
# Only our own algorithm needs these; the example brings files of the same names instead.
_LEFT_OUT = ("hyperparameters", "examples", "bench", "algorithm.py", "batch_iterator.py")
_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")
_OUR_LIBRARY = "xgboost"
_OUR_TITLE = 'title="kiban"'


def create_container(name: str, into: Path) -> Path:
    """Create the folder `into`/`name` and return it; raises WrongInput for a name it cannot have.

    It is renamed into place when it is complete, so an interruption leaves nothing.
    """
    if not _NAME.fullmatch(name):
        raise WrongInput(
            f"container: {name!r} is no name; use at most 63 of a-z, 0-9 and -, a letter first"
        )
    folder = into / name
    if folder.exists() or folder.is_symlink():
        raise WrongInput(f"{folder}: is there already; choose another name or remove it")
    if not into.is_dir():
        raise WrongInput(f"{into}: no such folder; make it or name another with --into")
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=into) as draft:
        made = Path(draft) / name
        _copy(made, folder)
        made.rename(folder)
    return folder


def _copy(made: Path, final: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc", ".*_cache")

    def left_out(folder: str, names: list[str]) -> set[str]:
        ours = set(_LEFT_OUT) if Path(folder) == OURS else set()
        return ours | set(ignored(folder, names))

    shutil.copytree(OURS, made, ignore=left_out)
    for name in ("algorithm.py", "conformance.toml", "requirements.lock"):
        shutil.copyfile(EXAMPLE / name, made / name)
    labelled = (OURS / "Dockerfile").read_text(encoding="utf-8")
    labelled = labelled.replace(_OUR_TITLE, f'title="{final.name}"')
    (made / "Dockerfile").write_text(labelled, encoding="utf-8")
    (made / "requirements.txt").write_text(template_requirements(), encoding="utf-8")
    page = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    page = page.replace("NAME", final.name).replace("PATH", str(final))
    (made / "README.md").write_text(page, encoding="utf-8")


def template_requirements() -> str:
    """Return our requirements without our algorithm's library, then those of the example."""
    lines = (OURS / "requirements.txt").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(_OUR_LIBRARY)]
    return "".join(kept) + (EXAMPLE / "requirements.txt").read_text(encoding="utf-8")
