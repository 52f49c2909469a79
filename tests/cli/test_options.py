"""Every option of every command says what it does, and does nothing that nobody asked for."""

import importlib
import inspect
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

import pytest
import typer

from cli.command_table import KIBAN
from tests.cli.test_command_table import commands

ALL = list(commands(KIBAN))


def parameters() -> Iterator[tuple[str, inspect.Parameter]]:
    """Every parameter of every command, under the name of its command."""
    for command in ALL:
        function = getattr(importlib.import_module(command.module), command.function)
        for parameter in inspect.signature(function, eval_str=True).parameters.values():
            yield f"{command.name} {parameter.name}", parameter


PARAMETERS = dict(parameters())


def described(parameter: inspect.Parameter) -> Any:
    """What the command line is told of a parameter."""
    found = [
        one
        for one in get_args(parameter.annotation)[1:]
        if isinstance(one, typer.models.OptionInfo | typer.models.ArgumentInfo)
    ]
    assert get_origin(parameter.annotation) is Annotated, parameter.name
    assert len(found) == 1, parameter.name
    return found[0]


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_says_what_it_is_for(name: str) -> None:
    assert described(PARAMETERS[name]).help.endswith((".", ".]"))


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_switch_is_off_until_somebody_asks_for_it_by_its_own_word(name: str) -> None:
    parameter = PARAMETERS[name]
    if get_args(parameter.annotation)[0] is not bool:
        return

    assert parameter.default is False
    assert described(parameter).default.startswith("--")


def given(command: str, parameter: str) -> Any:
    return described(PARAMETERS[f"{command} {parameter}"])


def test_numbers_have_bounds() -> None:
    assert (given("runs", "limit").min, given("runs", "limit").max) == (1, 1_000)
    assert (given("up", "port").min, given("up", "port").max) == (0, 65_535)
    assert PARAMETERS["up port"].default == 4599


def test_the_usual_words_have_their_short_forms() -> None:
    assert (given("logs", "follow").default, *given("logs", "follow").param_decls) == (
        "--follow",
        "-f",
    )
