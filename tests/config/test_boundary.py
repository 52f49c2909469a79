"""Permissions boundaries that an environment file may not name."""

from pathlib import Path

import pytest

from tests.config.files import VALID, refusal
from tests.templates.environments import ACCOUNT, make_environment

POLICY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"


def refused(folder: Path, arn: str, more: str = "") -> str:
    table = f'[platform]\n{more}permissions_boundary = "{arn}"\n'
    (only,) = refusal(folder, VALID.replace("[platform]\n", table)).splitlines()
    return only.removeprefix("config/dev.toml: ")


@pytest.mark.parametrize(
    "arn",
    [
        "boundary",
        f"arn:aws:iam::{ACCOUNT}:role/boundary",
        f"arn:aws:iam:us-east-1:{ACCOUNT}:policy/boundary",
        "arn:aws:iam:::policy/boundary",
        f"{POLICY}/",
        f"{POLICY}*",
        f"arn:aws:iam::{ACCOUNT}:policy/{'a' * 129}",
        "arn:aws:iam::${AWS::AccountId}:policy/boundary",
    ],
)
def test_what_is_no_managed_policy_is_refused(tmp_path: Path, arn: str) -> None:
    assert refused(tmp_path, arn).endswith(
        "; write the policy's ARN, as in arn:aws:iam::ACCOUNT:policy/NAME"
    )


def test_a_policy_of_another_account_than_the_files_is_refused(tmp_path: Path) -> None:
    line = refused(tmp_path, POLICY, 'account = "444455556666"\n')

    assert f"a policy of account {ACCOUNT} but account is 444455556666" in line


@pytest.mark.parametrize(
    "arn",
    [POLICY, f"arn:aws:iam::{ACCOUNT}:policy/teams/ml/boundary", "arn:aws:iam::aws:policy/Power"],
)
def test_a_policy_of_the_account_or_of_aws_is_taken(arn: str) -> None:
    platform = {"account": ACCOUNT, "permissions_boundary": arn}

    assert make_environment(platform=platform).platform.permissions_boundary == arn
