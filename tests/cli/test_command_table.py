import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

import cli.commands
from cli.command import Command, Group
from cli.command_table import KIBAN


def commands(group: Group) -> Iterator[Command]:
    for one in group.commands:
        if isinstance(one, Command):
            yield one
        else:
            yield from commands(one)


ALL = list(commands(KIBAN))


def docstring(command: Command) -> str:
    """What Typer shows in the help of the command itself."""
    function = getattr(importlib.import_module(command.module), command.function)
    return inspect.getdoc(function) or ""


@pytest.mark.parametrize("command", ALL, ids=lambda command: command.name)
def test_the_list_of_commands_says_what_the_help_of_each_command_begins_with(
    command: Command,
) -> None:
    first = docstring(command).partition("\n\n")[0]

    assert command.summary == " ".join(first.split())


@pytest.mark.parametrize("command", ALL, ids=lambda command: command.name)
def test_every_example_begins_with_the_words_of_its_command(command: Command) -> None:
    assert f"{command.example} ".startswith(f"{command.name} ")


def test_every_module_of_a_command_is_in_the_table() -> None:
    folder = Path(cli.commands.__file__).parent
    written = {path.stem for path in folder.rglob("*.py") if path.stem != "__init__"}

    assert {command.module.rpartition(".")[2] for command in ALL} == written
