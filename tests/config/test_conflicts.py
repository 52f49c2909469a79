"""Two environment files that cannot be deployed beside each other, and the line a person gets."""

from pathlib import Path

import pytest

from config import loader
from config.loader import ConfigError, load_beside_others, load_environment
from config.schema import EnvironmentConfig
from tests.config.files import VALID, write

ONE, OTHER = "111122223333", "444455556666"
DELIVERY = """
[delivery]
provider = "github"
repository = "team/kiban"
"""


def environment(account: str = "", *, region: str = "us-east-1", delivery: str = "") -> str:
    """The text of a file, pinned to an account if one is given."""
    pinned = f'region = "{region}"' + (f'\naccount = "{account}"' if account else "")
    return VALID.replace('region = "us-east-1"', pinned) + delivery


def refusal(folder: Path, **texts: str) -> str:
    """The message with which the last of these files is refused beside the others; else ""."""
    for name, text in texts.items():
        home = write(folder, name.replace("_", "-"), text)
    try:
        load_beside_others(list(texts)[-1].replace("_", "-"), home)
    except ConfigError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("first", "second"), [("", ""), ("", ONE), (ONE, ""), (ONE, ONE)])
def test_a_name_that_goes_on_after_another_s_is_refused_in_one_place(
    tmp_path: Path, first: str, second: str
) -> None:
    message = refusal(tmp_path, prod_b=environment(first), prod=environment(second))

    assert message == (
        "config/prod-b.toml: the name 'kiban-prod-b' goes on after 'kiban-prod' of "
        "config/prod.toml, whose roles may use what is called 'kiban-prod-*'; rename one of them, "
        "or put them into two accounts (platform.account) or regions"
    )


def test_both_files_of_a_conflict_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, prod=environment(), prod_b=environment())
    assert refusal(tmp_path, prod_b=environment(), prod=environment())


@pytest.mark.parametrize(
    "other",
    [{"prodb": environment()}, {"prod_b": environment(region="eu-west-1")}],
    ids=["no-hyphen", "region"],
)
def test_names_that_no_pattern_mixes_up_go_together(tmp_path: Path, other: dict[str, str]) -> None:
    assert refusal(tmp_path, prod=environment(), **other) == ""


def test_names_go_together_in_two_accounts(tmp_path: Path) -> None:
    assert refusal(tmp_path, prod=environment(ONE), prod_b=environment(OTHER)) == ""


def test_two_delivery_roles_of_one_account_are_refused(tmp_path: Path) -> None:
    message = refusal(
        tmp_path,
        staging=environment(ONE, delivery=DELIVERY),
        prod=environment(ONE, delivery=DELIVERY),
    )

    assert message == (
        "config/prod.toml: delivery: its role and that of config/staging.toml deploy to account "
        f"{ONE}, so each could deploy the other environment; give them two accounts "
        "(platform.account), or let people deploy one of them and remove its [delivery]"
    )


@pytest.mark.parametrize(("first", "second"), [("", ""), (ONE, ""), ("", ONE)])
def test_two_delivery_roles_of_accounts_that_nobody_named_are_refused(
    tmp_path: Path, first: str, second: str
) -> None:
    message = refusal(
        tmp_path,
        staging=environment(first, delivery=DELIVERY),
        prod=environment(second, delivery=DELIVERY),
    )

    assert "deploy to one account, as far as platform.account says" in message


@pytest.mark.parametrize("words", ['environment = "staging"\n', 'branch = "release"\n'])
def test_nothing_but_another_account_separates_two_delivery_roles(
    tmp_path: Path, words: str
) -> None:
    message = refusal(
        tmp_path,
        staging=environment(ONE, delivery=DELIVERY + words),
        prod=environment(ONE, region="eu-west-1", delivery=DELIVERY),
    )

    assert "so each could deploy the other environment" in message


def test_delivery_roles_of_two_accounts_and_one_alone_are_fine(tmp_path: Path) -> None:
    staging, prod = environment(ONE, delivery=DELIVERY), environment(OTHER, delivery=DELIVERY)

    assert refusal(tmp_path, staging=staging, prod=prod) == ""
    assert refusal(tmp_path, staging=environment(OTHER), prod=prod) == ""
    assert refusal(tmp_path, staging=prod, prod=environment(OTHER)) == ""


def test_a_neighbour_that_cannot_be_read_stops_nobody(tmp_path: Path) -> None:
    assert refusal(tmp_path, broken="region = ", prod=environment()) == ""


def test_a_failure_that_is_no_mistake_in_a_neighbour_s_file_stops_everybody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("dev", "prod"):
        home = write(tmp_path, name, environment())

    def load(name: str, folder: Path) -> EnvironmentConfig:
        if name == "dev":
            raise MemoryError
        return load_environment(name, folder)

    monkeypatch.setattr(loader, "load_environment", load)

    with pytest.raises(MemoryError):
        load_beside_others("prod", home)
