"""What Tab offers: commands, options, environments and models, without a slow import."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.command_table import KIBAN
from cli.completion import candidates
from cli.completion.candidates import find_candidates
from cli.completion.parameters import read_parameters
from cli.completion.scripts import SHELLS
from cli.lazy_commands import _imported
from tests.cli.terminal import PROJECT
from tests.cli.test_command_table import ALL, commands

SLOW = {
    "typer",
    "rich",
    "pydantic",
    "boto3",
    "config",
    "cli.program",
    "aws_cdk",
    "importlib.metadata",
}


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files of three environments, one of them no TOML yet."""
    (tmp_path / "dev.toml").write_text("[models.churn]\n[models.churn-b]\n")
    (tmp_path / "live.toml").write_text("\N{ZERO WIDTH NO-BREAK SPACE}[models.fraud]\n")
    (tmp_path / "broken.toml").write_text("[models")
    monkeypatch.setattr(candidates, "CONFIG", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("de|", ["demo", "deploy", "destroy"]),
        ("--v|", ["--version"]),
        ("env |", ["new", "compare", "export", "--help"]),
        ("data p|", ["put"]),
        ("status --env |", ["broken", "dev", "live"]),
        ("status --env l|", ["live"]),
        ("status --sand|", ["--sandbox"]),
        ("status --sandbox --sand|", []),
        ("models |", ["churn", "churn-b"]),
        ("models --env live |", ["fraud"]),
        ("models --env broken churn --s|", ["--sandbox"]),
        ("promote --from live |", ["fraud"]),
        ("promote fraud --from live --to d|", ["dev"]),
        ("env compare |", ["broken", "dev", "live"]),
        ("env compare dev l|", ["live"]),
        ("notebook --no|", ["--no-browser"]),
        ("notebook --sandbox --no|", ["--no-browser"]),
        ("completion |", ["bash", "zsh", "fish"]),
        ("predict churn |", []),
        ("up --port |", []),
        ("nonsense |", []),
        ("logs -|", ["--job", "--endpoint", "--run", "--follow", "-f", "--env", "--sandbox"]),
    ],
)
@pytest.mark.usefixtures("config")
def test_tab_offers_what_may_stand_there(line: str, offered: list[str]) -> None:
    found = find_candidates(line.removesuffix("|").split(" "))

    assert [
        name for name in found if name not in ("--help", "--json") or name in offered
    ] == offered


def test_a_file_that_is_no_toml_offers_no_model(config: Path) -> None:
    with pytest.raises(ValueError, match="Expected"):
        find_candidates(["models", "--env", "broken", ""])
    done = ask("models", "--env", "nowhere", "")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("command", ALL, ids=lambda command: command.name)
def test_the_options_that_tab_offers_are_those_that_the_command_takes(command: Any) -> None:
    told = [
        (
            (*one.opts, *one.secondary_opts) if one.param_type_name == "option" else (),
            not getattr(one, "is_flag", False),
        )
        for one in _imported(command).params
        if one.name != "help"
    ]

    read = [(one.words, one.takes_value) for one in read_parameters(command)]

    assert read == told


def ask(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [PROJECT / "kiban", "completion-words", *words], capture_output=True, text=True, cwd="/"
    )


def test_every_command_is_offered_from_any_folder() -> None:
    done = ask("")

    words = {one.name.split()[0] for one in commands(KIBAN)}
    assert {*done.stdout.split()} == words | {"--help", "--version"}


def test_tab_waits_for_no_slow_import() -> None:
    listing = "import cli.completion.candidates as c, json, sys; c.find_candidates(['up', '-']);"
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"{listing} print(json.dumps([*sys.modules]))"],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert {*json.loads(done.stdout)} & SLOW == set()


def test_a_checkout_that_is_not_set_up_offers_nothing_and_sets_nothing_up(tmp_path: Path) -> None:
    (tmp_path / "kiban").write_text((PROJECT / "kiban").read_text())

    words = ["sh", str(tmp_path / "kiban"), "completion-words", "de"]
    done = subprocess.run(words, capture_output=True, text=True)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [path.name for path in tmp_path.iterdir()] == ["kiban"]


def pressed(keys: str) -> str:
    """What bash shows, with the script that it was given, when somebody types `keys`."""
    screen, terminal = pty.openpty()
    variables = {**os.environ, "PS1": "", "TERM": "dumb", "INPUTRC": os.devnull, "HOME": "/"}
    with subprocess.Popen(
        ["bash", "--norc", "--noprofile", "-i"],
        cwd=PROJECT,
        env=variables,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    ) as shell:
        os.close(terminal)
        script = SHELLS["bash"].replace("\n", "\r")
        os.write(screen, f"{script}\recho be''gin\r".encode())
        said = _read_until(screen, "begin\r\n")
        os.write(screen, f"{keys}\recho en''d\rexit\r".encode())
        said = _read_until(screen, "end\r\n")
        shell.wait()
    os.close(screen)
    return said


def _read_until(screen: int, text: str) -> str:
    said = ""
    while text not in said:
        said += os.read(screen, 65_536).decode(errors="replace")
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said)


@pytest.mark.acceptance
@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("echo ./kiban; ./kiban stat\t--help | head -0", "./kiban status --help"),
        ("./kiban status --env st\t--help | head -0", "./kiban status --env staging --help"),
        ("./kiban models ch\t--help | head -0", "./kiban models churn --help"),
        ("./kiban predict churn README.j\t--help | head -0", "churn README.ja.md --help"),
    ],
)
def test_bash_completes_at_the_press_of_tab(keys: str, line: str) -> None:
    assert line in pressed(keys)
