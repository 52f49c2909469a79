import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
README = (REPO / "README.md").read_text()
COMMANDS = [
    line.split("#")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]


def commands(program: str) -> list[str]:
    found = [command for command in COMMANDS if command.startswith(program)]
    assert found, f"the README shows no {program} command"
    return found


@pytest.mark.parametrize("command", commands("make "))
def test_every_make_word_of_the_readme_exists(command: str) -> None:
    makefile = (REPO / "Makefile").read_text()
    assert re.search(rf"^{command.removeprefix('make ')}:.*## ", makefile, re.MULTILINE)


@pytest.mark.parametrize("command", commands("./kiban "))
def test_every_command_line_of_the_readme_is_understood(command: str) -> None:
    words = command.removeprefix("./kiban ").split()
    # --help answers only after every word and option before it was recognised.
    answer = subprocess.run(
        [sys.executable, "-m", "cli", *words, "--help"], cwd=REPO, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr


def test_the_demo_of_the_readme_ends_with_an_accurate_endpoint(tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}

    demo = subprocess.run(
        ["./kiban", "demo"],
        cwd=REPO,
        env={**environment, "HOME": str(tmp_path), "COLUMNS": "100"},
        capture_output=True,
        text=True,
    )

    assert demo.returncode == 0, demo.stdout + demo.stderr
    accuracy = re.search(r"(\d+(?:\.\d+)?) ?%", demo.stdout)
    assert accuracy is not None, demo.stdout
    assert "Traceback" not in demo.stdout + demo.stderr
