"""The notebooks run from top to bottom as `./kiban notebook --sandbox` opens them."""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from cli.environments.environment_loader import in_sandbox
from cli.notebook import jupyter_server
from cli.notebook.kernel_variables import kernel_variables
from cli.sandbox.sandbox_state import RunningSandbox
from config.loader import load_environment
from sandbox.state.clients import ACCOUNT
from tests.sandbox.python_clients.conftest import Site

pytestmark = pytest.mark.acceptance

GIVE_UP_AFTER_SECONDS = 120


@pytest.fixture(scope="module")
def given(site: Site) -> dict[str, str]:
    """The variables of a kernel."""
    sandbox = site.world.sandbox
    place = (sandbox.port, sandbox.url, sandbox.region, ACCOUNT, sandbox.secret)
    return kernel_variables(in_sandbox(load_environment("dev"), RunningSandbox(0, *place)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the notebooks."""
    found = tmp_path_factory.mktemp("place") / "notebooks"
    jupyter_server.prepare(found, jupyter_server.python())
    return found


@pytest.fixture(scope="module")
def printed(given: dict[str, str], folder: Path) -> Iterator[dict[str, str]]:
    """What each cell of both notebooks printed, by its id."""
    found: dict[str, str] = {}
    variables = jupyter_server.variables(folder, given)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_DATA_DIR", variables["JUPYTER_DATA_DIR"])
        for name in ("quickstart", "experiments"):
            notebook = nbformat.read(folder / f"{name}.ipynb", as_version=4)
            client = NotebookClient(
                notebook, timeout=GIVE_UP_AFTER_SECONDS, kernel_name="conda_python3"
            )
            client.execute(env=variables, cwd=str(folder))
            found |= {
                f"{name} {cell.id}": "".join(part.get("text", "") for part in cell.outputs)
                for cell in notebook.cells
                if cell.cell_type == "code"
            }
        yield found


def test_the_quickstart_registers_a_version_with_the_rights_of_the_notebook(
    printed: dict[str, str],
) -> None:
    assert printed["quickstart watch"].startswith("registered: arn:aws:sagemaker:")
    assert "run this cell again once a version is approved" in printed["quickstart predict"]


def test_an_experiment_with_version_3_of_the_sdk_is_compared_with_the_version(
    printed: dict[str, str],
) -> None:
    registered, experiment, address = printed["experiments compare"].splitlines()

    assert "validation:auc" in registered
    assert "validation:auc" in experiment
    assert "/churn/workbench/churn-workbench-" in address


def answered(address: str, path: str) -> int:
    url, _, token = address.partition("lab?token=")
    headers = {"Authorization": f"token {token}"}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(f"{url}{path}", headers=headers), timeout=60
        ) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_jupyterlab_answers_who_has_its_token_and_leaves_nothing(
    given: dict[str, str], folder: Path
) -> None:
    python = jupyter_server.python()
    with jupyter_server.running(folder, python, given, browser=False) as (server, address):
        assert address.startswith("http://127.0.0.1:")
        assert answered(address, "api/contents/quickstart.ipynb") == 200
        assert answered(address.partition("token=")[0] + "token=guessed", "api/contents") == 403
        kernel = started_kernel(address)
        assert is_running(kernel)

    assert server.returncode is not None
    deadline = time.monotonic() + GIVE_UP_AFTER_SECONDS
    while is_running(kernel) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_running(kernel)


def started_kernel(address: str) -> int:
    """Start a kernel as a browser would; return its process."""
    url, _, token = address.partition("lab?token=")
    request = urllib.request.Request(
        f"{url}api/kernels",
        data=json.dumps({"name": "conda_python3"}).encode(),
        headers={"Authorization": f"token {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        name = json.load(answer)["id"]
    deadline = time.monotonic() + GIVE_UP_AFTER_SECONDS
    while time.monotonic() < deadline:
        for process in Path("/proc").glob("[0-9]*"):
            if name.encode() in read(process / "cmdline"):
                return int(process.name)
        time.sleep(0.1)
    raise AssertionError(f"no kernel {name}")


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_notebook_of_the_users_is_never_touched(folder: Path) -> None:
    mine = folder / "quickstart.ipynb"
    kept = mine.read_text()
    mine.write_text("mine")

    jupyter_server.prepare(folder, jupyter_server.python())

    assert mine.read_text() == "mine"
    mine.write_text(kept)


@pytest.mark.parametrize("name", ["quickstart", "experiments"])
def test_notebooks_are_committed_without_outputs(name: str) -> None:
    cells = nbformat.read(f"notebooks/{name}.ipynb", 4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]

    assert code
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
