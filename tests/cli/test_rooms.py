import ast
from pathlib import Path

import pytest

import cli

# From the lowest to the highest: a module imports from its own room and from rooms before it.
ROOMS = [
    "terminal",
    "system",
    "aws",
    "sandbox",
    "environments",
    "notebook",
    "deployment",
    "review",
    "removal",
    "planning",
    "drift",
    "data",
    "models",
    "containers",
    "demonstration",
    "verification",
    "completion",
    "commands",
]
# The table of commands is data, and completion reads it.
READ_THE_TABLE = ("completion",)
FOLDER = Path(cli.__file__).parent
MODULES = [path for room in ROOMS for path in sorted((FOLDER / room).rglob("*.py"))]


def higher_rooms(room: str, source: str) -> set[str]:
    """The rooms that `source`, a module of `room`, imports though they are above it."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    found = {name.split(".")[1] for name in names if name.startswith("cli.")}
    if room in READ_THE_TABLE:
        found -= {"command", "command_table"}
    return found - set(ROOMS[: ROOMS.index(room) + 1])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_module_imports_from_its_own_room_and_lower_ones_only(path: Path) -> None:
    room = path.relative_to(FOLDER).parts[0]

    assert higher_rooms(room, path.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    "source",
    [
        "from cli.models.promotion import copy_image",
        "import cli.program",
        "def late():\n    from cli import command_table",
    ],
)
def test_an_import_from_a_higher_room_is_seen(source: str) -> None:
    assert higher_rooms("environments", source)


def test_every_folder_is_a_room() -> None:
    folders = {path.parent.name for path in FOLDER.glob("*/__init__.py")}

    assert folders == set(ROOMS)
