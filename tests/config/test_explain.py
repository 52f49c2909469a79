"""Messages about an environment file: the mistake, the value given and what to do."""

from pathlib import Path

import pytest

from tests.config.files import VALID, refusal

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
