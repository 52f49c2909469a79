"""What the container's page says is held to the code, so that it cannot go stale."""

import ast
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from container.channel import plain_copies
from container.contract.errors import ExitCode
from container.serving import connection, settings, worker
from container.serving.telemetry import Telemetry
from tests.container.support.world import PACKAGE, simple_rows
from tests.container.test_ships_alone import MODULES

PAGE = (PACKAGE / "README.md").read_text()
READERS = {"get", "whole", "optional", "choice", "switch", "setdefault"}
# Set and taken back for a library, by nobody else.
OWN = {"MPLCONFIGDIR"}


def section(title: str) -> str:
    """What stands below a heading."""
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def variables_read() -> Iterator[str]:
    """The names that the code asks the environment for, as text or by a constant."""
    for module in MODULES:
        tree = ast.parse(module.read_bytes())
        constants = {
            node.targets[0].id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Subscript):
                place, name = ast.unparse(node.value), node.slice
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                is_reader = node.func.attr in READERS
                place, name = (ast.unparse(node.func.value) if is_reader else ""), node.args[0]
            else:
                continue
            if not place.endswith(("environ", "environment", "read")):
                continue
            found = constants.get(name.id) if isinstance(name, ast.Name) else None
            text = name.value if isinstance(name, ast.Constant) else found
            if isinstance(text, str):
                yield text


def test_every_environment_variable_is_on_the_page_and_none_that_nobody_reads() -> None:
    documented = re.findall(r"^\| `([A-Z_]+)` \|", section("Environment variables"), re.MULTILINE)

    assert len(documented) == len(set(documented))
    assert set(documented) == set(variables_read()) - OWN


@pytest.mark.parametrize(
    "limit",
    [
        f"| `MAX_RESPONSE_NUMBERS` | {settings.Settings().response_numbers:,} or the body's bytes",
        f"| `MAX_EXPLANATION_NUMBERS` | {settings.Settings().explanation_numbers:,} |",
        f"| `MAX_WAITING_REQUESTS` | {settings.Settings().waiting_requests} |",
        f"| `MAX_WAITING_BYTES` | {settings.Settings().waiting_bytes} |",
        f"{connection._MAX_HEADERS}, {connection._MAX_HEADER_BYTES // 1024} KiB",
        f"| `REQUEST_TIMEOUT_SECONDS` | {settings.Settings().request_seconds} |",
        f"| `IDLE_TIMEOUT_SECONDS` | {settings.Settings().idle_seconds} |",
        f"for {worker._DRAIN_SECONDS:.0f} seconds",
        f"| {settings.Settings().body_bytes} |",
        f"| {settings.Settings().response_seconds} |",
        f"{plain_copies._FREE_BYTES >> 20} MiB and {plain_copies._RATIO} times its size",
    ],
)
def test_a_limit_is_what_the_page_says(limit: str) -> None:
    of_requests = section("Limits") + section("Environment variables")
    assert limit in of_requests + section("What differs from the built-in, and why")


def test_the_versions_of_xgboost_are_those_that_are_installed() -> None:
    locked = re.findall(r"^xgboost-cpu==(\S+)", (PACKAGE / "requirements.lock").read_text(), re.M)
    required = (PACKAGE / "requirements.txt").read_text()
    image, laptop = re.findall(
        r'^xgboost-cpu==(\S+); python_version (?:>=|<) "3.12"$', required, re.M
    )
    page = " ".join(PAGE.split())

    assert locked == [image]
    assert f"The image made here has XGBoost {image} on Python 3.12" in page
    assert f"Python 3.11 the same programs run on XGBoost {laptop}." in page
    # No other place says which version it is, but that of the built-in which was measured.
    assert set(re.findall(r"(?<!with )XGBoost (3[.\d]*\d)", page)) == {image, laptop}
    assert "python:3.12" in (PACKAGE / "Dockerfile").read_text()


def test_every_count_that_is_served_is_on_the_page() -> None:
    served = set(re.findall(r"^# TYPE (\w+)", Telemetry(1).text(), re.MULTILINE))

    assert set(re.findall(r"`(inference_\w+)", section("Metrics and logs"))) == served


def test_every_exit_code_is_on_the_page() -> None:
    codes = set(map(int, re.findall(r"^\| (\d+) \|", section("Exit codes"), re.MULTILINE)))

    assert codes == set(ExitCode) - {ExitCode.RETIRED}


def test_links_within_the_page_lead_somewhere() -> None:
    headings = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in headings}

    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= anchors


@pytest.mark.skipif(shutil.which("curl") is None, reason="the page's last line needs curl")
def test_what_the_page_shows_for_a_laptop_is_typed(tmp_path: Path) -> None:
    (block,) = re.findall(r"```sh\n(.*?)```", section("On a laptop"), re.DOTALL)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # Another test may have the usual place and the usual port.
    typed = block.replace("/tmp/job", str(tmp_path / "job")).replace(":8080", f":{port}")
    (tmp_path / "container").symlink_to(PACKAGE)
    np.savetxt(tmp_path / "rows.csv", simple_rows(60), delimiter=",")

    done = subprocess.run(
        ["sh", "-ec", f"export SAGEMAKER_BIND_TO_PORT={port}\n{typed}\nkill $!; wait $!"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"0\.\d+\n", done.stdout.splitlines(keepends=True)[-1])
