"""JupyterLab on loopback, in an environment and with settings of its own."""

import json
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cli.aws.connection import without_aws_variables
from cli.system.child_processes import process_group
from cli.system.project_paths import PROJECT
from cli.terminal.errors import Failure
from sandbox.ecr import environments

_NOTEBOOKS = PROJECT / "notebooks"
_LOCK = PROJECT / "requirements-notebook.lock"
# The kernel that the notebooks name, as it is called on a notebook instance.
_KERNEL = "conda_python3"
_START_SECONDS = 120
# Nothing is asked of other machines: no news, no newer version, no list of extensions.
_SETTINGS = (
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port=0",
    # In a container one is root, and trainings run as the same user anyway.
    "--allow-root",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
)


def python() -> Path:
    """Return the Python of JupyterLab's environment, installed now if this is the first time.

    Raises Failure when it cannot be installed.
    """
    try:
        return environments.ensure(_LOCK) / "bin" / "python"
    except environments.EnvironmentFailed as error:
        raise Failure(f"notebook: {error}") from None


def prepare(folder: Path, interpreter: Path) -> None:
    """Put the notebooks that are missing into `folder`, and beside it what Jupyter needs."""
    folder.mkdir(parents=True, exist_ok=True)
    for notebook in sorted(_NOTEBOOKS.glob("*.ipynb")):
        if not (folder / notebook.name).exists():
            shutil.copyfile(notebook, folder / notebook.name)
    kernel = _state(folder) / "data" / "kernels" / _KERNEL
    kernel.mkdir(parents=True, exist_ok=True)
    launched = [str(interpreter), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    described = {"argv": launched, "display_name": _KERNEL, "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(described), encoding="utf-8")


def variables(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the server and its kernels; nothing of the user's AWS is in it."""
    state = _state(folder)
    own = {f"JUPYTER_{name.upper()}_DIR": str(state / name) for name in ("config", "data")}
    return {
        **without_aws_variables(dict(os.environ)),
        **own,
        "JUPYTER_RUNTIME_DIR": str(state / "runtime"),
        "IPYTHONDIR": str(state / "ipython"),
        **given,
    }


@contextmanager
def running(
    folder: Path, interpreter: Path, given: Mapping[str, str], *, browser: bool
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Yield the server's process and its address with the token; afterwards nothing is left.

    Raises Failure when it ends before it answers.
    """
    runtime = _state(folder) / "runtime"
    shutil.rmtree(runtime, ignore_errors=True)
    runtime.mkdir(mode=0o700)
    token = secrets.token_urlsafe(24)
    environment = variables(folder, given) | {"JUPYTER_TOKEN": token}
    command = [str(interpreter), "-m", "jupyterlab", *_SETTINGS, f"--ServerApp.root_dir={folder}"]
    log = _state(folder) / "jupyter.log"

    def start() -> subprocess.Popen[bytes]:
        with log.open("wb") as output:
            return subprocess.Popen(
                command if browser else [*command, "--no-browser"],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    with process_group(start) as server:
        yield server, f"{_await_address(server, runtime, log)}lab?token={token}"


def _await_address(server: subprocess.Popen[bytes], runtime: Path, log: Path) -> str:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        for file in runtime.glob("jpserver-*.json"):
            text = file.read_text(encoding="utf-8")
            if text.endswith("}"):
                return str(json.loads(text)["url"])
        time.sleep(0.1)
    raise Failure(f"notebook: JupyterLab did not start; look at {log}")


def _state(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}-jupyter")
