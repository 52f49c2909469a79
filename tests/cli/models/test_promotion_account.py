"""From which account a version is promoted, and who may not."""

from types import SimpleNamespace
from typing import Any

import pytest

from cli.models.promotion_source import find_source
from cli.terminal.errors import Failure, WrongInput
from tests.templates.environments import make_environment

OWN, OTHER = "111122223333", "444455556666"


def environment(name: str, account: str | None = None, **tables: Any) -> Any:
    """An environment whose caller is of account OWN; its connection names no account."""
    platform = {} if account is None else {"account": account}
    config = make_environment(environment=name, platform=platform, **tables)
    identity = {"Account": OWN, "Arn": f"arn:aws-cn:iam::{OWN}:user/x"}
    sts = SimpleNamespace(get_caller_identity=lambda: identity)
    return SimpleNamespace(
        config=config,
        file=f"config/{name}.toml",
        aws=lambda service: sts,
        connection=SimpleNamespace(account=None),
    )


def account_of(source: Any, target: Any = None) -> str:
    return find_source(source, target or environment("prod")).account


def test_a_source_without_an_account_is_in_the_callers() -> None:
    assert account_of(environment("staging")) == OWN
    assert account_of(environment("staging", OWN)) == OWN
    assert account_of(environment("staging"), environment("prod", OWN)) == OWN


def test_a_source_in_another_account_has_to_share_with_the_caller() -> None:
    shared = environment("staging", OTHER, sharing={"accounts": [OWN]})

    assert account_of(shared) == OTHER
    with pytest.raises(WrongInput, match=f"sharing.accounts does not name {OWN}"):
        account_of(environment("staging", OTHER))


def test_a_source_that_shares_has_to_say_where_it_is() -> None:
    with pytest.raises(WrongInput, match=r"platform\.account is missing"):
        account_of(environment("staging", sharing={"accounts": [OWN]}))


def test_whoever_promotes_is_in_the_account_of_the_target() -> None:
    with pytest.raises(Failure, match=f"credentials are of account {OWN}, .* says {OTHER}"):
        account_of(environment("staging"), environment("prod", OTHER))


def test_a_sandbox_says_itself_which_account_it_is() -> None:
    source = environment("staging", sharing={"accounts": [OWN]})
    source.connection.account = OTHER

    assert account_of(source) == OTHER
