"""Messages about an environment file: the mistake, the value given and what to do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import ErrorDetails

from config.explain import explain
from config.schema import EnvironmentConfig
from tests.config.files import VALID, refusal

SCHEMA = EnvironmentConfig.model_json_schema()
NETWORK = "[existing.network]\n"
SUBNETS = 'subnet_ids = ["subnet-11111111", "subnet-22222222"]\n'
GROUPS = 'security_group_ids = ["sg-11111111"]\n'


def messages(folder: Path, text: str) -> list[str]:
    """The lines with which a valid file with this text added is refused, without its name."""
    return [line.partition(": ")[2] for line in refusal(folder, VALID + text).splitlines()]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            f'{NETWORK}subnet_ids = ["subnet-11111111"]\n{GROUPS}',
            "subnet_ids: must list at least 2, got ['subnet-11111111']; add 1 more",
        ),
        (
            f"{NETWORK}subnet_ids = []\n{GROUPS}",
            "subnet_ids: must list at least 2, got []; add 2 more",
        ),
        (
            f"{NETWORK}{SUBNETS}security_group_ids = []\n",
            "security_group_ids: must list at least 1, got []; add 1 more",
        ),
    ],
)
def test_a_list_that_is_too_short_says_how_many_it_needs(
    tmp_path: Path, text: str, message: str
) -> None:
    assert messages(tmp_path, text) == [f"existing.network.{message}"]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (NETWORK + SUBNETS.replace("subnet-1", "net-1") + GROUPS, ["subnet_ids.0"]),
        (
            NETWORK + SUBNETS.replace("subnet-", "net-") + GROUPS,
            ["subnet_ids.0", "subnet_ids.1"],
        ),
        (f"{NETWORK}subnet_ids = [1, 2]\n{GROUPS}", ["subnet_ids.0", "subnet_ids.1"]),
        (NETWORK + SUBNETS + GROUPS.replace("sg-1", "g-1"), ["security_group_ids.0"]),
    ],
)
def test_a_list_with_a_wrong_item_is_not_called_too_short(
    tmp_path: Path, text: str, keys: list[str]
) -> None:
    found = [message.partition(":")[0] for message in messages(tmp_path, text)]

    assert found == [f"existing.network.{key}" for key in keys]


def test_a_list_that_is_too_short_and_has_a_wrong_item_says_both(tmp_path: Path) -> None:
    text = f'{NETWORK}subnet_ids = ["net-1"]\n{GROUPS}'

    assert messages(tmp_path, text) == [
        "existing.network.subnet_ids.0: is not spelled right, got 'net-1'; "
        "write subnet- and its hexadecimal number",
        "existing.network.subnet_ids: must list at least 2, got ['net-1']; add 1 more",
    ]


@pytest.mark.parametrize(
    ("setting", "value", "advice"),
    [
        ("repository", "owner", "the repository's full name, as in owner/name; no pattern is"),
        ("repository", "owner/*", "the repository's full name, as in owner/name; no pattern is"),
        ("branch", "release/*", "the branch's full name, as in main; a pattern is not trusted"),
        ("environment", "pro d", "the environment's name at GitHub: letters, digits, _ . and -"),
    ],
)
def test_a_setting_of_the_delivery_is_explained_in_its_own_words(
    tmp_path: Path, setting: str, value: str, advice: str
) -> None:
    usual = {"provider": "github", "repository": "owner/name"} | {setting: value}
    table = "\n".join(f'{key} = "{text}"' for key, text in usual.items())

    (message,) = messages(tmp_path, f"[delivery]\n{table}\n")

    assert message.startswith(
        f"delivery.{setting}: is not spelled right, got '{value}'; write {advice}"
    )


def test_an_existing_repository_is_explained_as_one_of_ecr(tmp_path: Path) -> None:
    assert messages(tmp_path, '[existing]\nrepository = "name:tag"\n') == [
        "existing.repository: is not spelled right, got 'name:tag'; "
        "write a repository's name, without registry and tag"
    ]


def spelled(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Settings whose spelling is checked, below one part of the JSON schema of the file."""
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    if "pattern" in schema:
        yield path
    parts = [*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else [])]
    for part in parts:
        yield from spelled(part, path)
    for name, part in schema.get("properties", {}).items():
        yield from spelled(part, (*path, name))


@pytest.mark.parametrize("path", sorted(spelled(SCHEMA)), ids=".".join)
def test_every_setting_whose_spelling_is_checked_has_an_advice(path: tuple[str, ...]) -> None:
    errors: list[ErrorDetails] = [
        {"type": "string_pattern_mismatch", "loc": path, "msg": "", "input": "?"}
    ]

    (message,) = explain(errors, EnvironmentConfig)

    assert message.startswith(f"{'.'.join(path)}: is not spelled right, got '?'; write ")
