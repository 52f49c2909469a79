import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.environments.environment import Environment
from tests.cli.terminal import PROJECT, kiban, require_one_line

# Prints which modules a command line has imported when it ends.
LIST_MODULES = """
import json, sys
from cli.program import main

sys.stdout = sys.stderr
main(sys.argv[1:])
sys.stdout = sys.__stdout__
print(json.dumps(sorted(sys.modules)))
"""
NEVER_FOR_HELP = {"boto3", "botocore", "pydantic_core", "config.schema", "sandbox", "conformance"}
NEVER_FOR_STATUS = {"cfnlint", "moto", "aws_cdk", "conformance", "reviewer", "tomlkit", "sklearn"}


def imported(*words: str, folder: Path) -> set[str]:
    """Modules that `kiban words` imports, by their whole name."""
    variables = {"KIBAN_SANDBOX": str(folder), "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, "-c", LIST_MODULES, *words],
        cwd=PROJECT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout))


def commands(modules: set[str]) -> set[str]:
    """The modules of commands among `modules`, by the last part of their name."""
    deep = [name.split(".") for name in modules if name.startswith("cli.commands.")]
    return {name[3] for name in deep if len(name) == 4}


def test_the_list_of_commands_imports_no_command_and_nothing_that_is_slow(tmp_path: Path) -> None:
    found = imported("--help", folder=tmp_path)

    assert found & NEVER_FOR_HELP == set()
    assert commands(found) == set()


@pytest.mark.parametrize("words", [["down"], ["data", "put"], ["env", "compare"]])
def test_the_help_of_a_command_imports_the_module_of_that_command_only(
    tmp_path: Path, words: list[str]
) -> None:
    found = imported(*words, "--help", folder=tmp_path)

    assert commands(found) == {"_".join(words)}


def test_status_imports_boto3_but_no_linter_no_emulator_and_no_cdk(
    dev: Environment, folder: Path
) -> None:
    found = imported("status", "--sandbox", folder=folder)

    assert "boto3" in found
    assert found & NEVER_FOR_STATUS == set()


def test_a_command_line_without_a_command_prints_the_list_and_is_wrong_input(
    tmp_path: Path,
) -> None:
    screen = kiban(folder=tmp_path)

    assert screen.code == 2
    assert "Usage: kiban" in screen.out


def test_a_mistyped_command_of_a_group_names_the_nearest_one(tmp_path: Path) -> None:
    line = require_one_line(kiban("data", "pt", folder=tmp_path), 2)

    assert line == "No such command 'pt'. Did you mean 'put'? see: ./kiban data --help"


@pytest.mark.parametrize(
    "command",
    [
        "demo",
        "up",
        "deploy",
        "train",
        "logs",
        "approve",
        "reject",
        "predict",
        "data put",
        "container test",
    ],
)
def test_the_help_of_a_command_gives_an_example(tmp_path: Path, command: str) -> None:
    screen = kiban(*command.split(), "--help", folder=tmp_path)

    assert screen.code == 0
    assert f"Example: ./kiban {command}" in screen.out
