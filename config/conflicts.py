"""Conflicts between two environment files: names, and IAM rights that would reach the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.schema import EnvironmentConfig


def conflict(first: EnvironmentConfig, second: EnvironmentConfig) -> str | None:
    """Return why the two cannot both be deployed, as one line about the second, or None."""
    for rule in (_shared_name, _prefix, _shared_bootstrap):
        line = rule(first, second)
        if line is not None:
            return line
    return None


def _shared_name(first: EnvironmentConfig, second: EnvironmentConfig) -> str | None:
    names = {first.stage, *_endpoints(first)}
    for name in (second.stage, *_endpoints(second)):
        if name in names:
            return (
                f"{_file(second)}: the name {name!r} is built from platform.name, the file's name "
                f"and the model's, and {_file(first)} builds it too; rename one of them"
            )
    return None


def _prefix(first: EnvironmentConfig, second: EnvironmentConfig) -> str | None:
    """IAM grants what belongs to an environment by `<stage>-*`."""
    shorter, longer = sorted((first, second), key=lambda config: len(config.stage))
    is_one_place = first.platform.region == second.platform.region and _may_share_account(
        first, second
    )
    if not is_one_place or not longer.stage.startswith(f"{shorter.stage}-"):
        return None
    return (
        f"{_file(longer)}: the name {longer.stage!r} goes on after {shorter.stage!r} of "
        f"{_file(shorter)}, whose roles may use what is called '{shorter.stage}-*'; rename one of "
        "them, or put them into two accounts (platform.account) or regions"
    )


def _shared_bootstrap(first: EnvironmentConfig, second: EnvironmentConfig) -> str | None:
    """Whoever may deploy one stack of an account through the CDK's roles may deploy every stack."""
    if first.delivery is None or second.delivery is None or not _may_share_account(first, second):
        return None
    known = first.platform.account and second.platform.account
    where = f"account {known}" if known else "one account, as far as platform.account says"
    return (
        f"{_file(second)}: delivery: its role and that of {_file(first)} deploy to {where}, so "
        "each could deploy the other environment; give them two accounts (platform.account), or "
        "let people deploy one of them and remove its [delivery]"
    )


def _may_share_account(first: EnvironmentConfig, second: EnvironmentConfig) -> bool:
    accounts = (first.platform.account, second.platform.account)
    return None in accounts or accounts[0] == accounts[1]


def _endpoints(config: EnvironmentConfig) -> list[str]:
    return [f"{config.stage}-{model}" for model in config.models]


def _file(config: EnvironmentConfig) -> str:
    return f"config/{config.environment}.toml"
