"""A region that may not be asked is a warning; one that cannot be reached is a failure."""

from types import SimpleNamespace
from typing import Any

import pytest

from cli.commands.environment import doctor
from cli.environments import account_quotas, deployment_checks
from cli.environments.check_result import CheckResult
from tests.cli.service import Service, environment, refused
from tests.templates.environments import make_environment


@pytest.mark.parametrize(
    ("answer", "level", "note", "advice"),
    [
        ({}, "ok", "us-east-1", ""),
        (refused("AccessDenied", "you"), "warn", "us-east-1: AWS: Look is not all", "ask for acc"),
        (refused("UnrecognizedClientException"), "fail", "AWS: your credentials", "check platform"),
        (ValueError("x"), "fail", "ValueError: x", "check platform.region in config/dev.toml"),
    ],
)
def test_a_region_is_fit_unless_it_says_otherwise(
    answer: Any, level: str, note: str, advice: str
) -> None:
    env = environment(
        Service(list_model_package_groups=[answer]),
        connection=SimpleNamespace(region="us-east-1"),
        file="config/dev.toml",
    )

    found = deployment_checks.check_region(env)

    assert (found.level, found.subject) == (level, "region")
    assert found.note.startswith(note)
    assert found.advice.startswith(advice)


OK = CheckResult("ok", "a", "b", "")


@pytest.mark.parametrize(
    ("sandbox", "account", "asked"),
    [(False, "ok", ["quotas", "service quotas"]), (True, "ok", []), (False, "fail", [])],
)
def test_quotas_are_asked_for_on_aws_once_the_account_is_known(
    sandbox: bool, account: str, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    saw: list[str] = []

    def quotas(name: str) -> Any:
        def check(*given: Any) -> list[CheckResult]:
            saw.append(name)
            return [OK]

        return check

    who = CheckResult(account, "credentials", "x", "")  # type: ignore[arg-type]
    monkeypatch.setattr(deployment_checks, "check_account", lambda env: who)
    monkeypatch.setattr(deployment_checks, "check_region", lambda env: OK)
    monkeypatch.setattr(deployment_checks, "check_bootstrap", lambda env: OK)
    monkeypatch.setattr(deployment_checks, "check_service_quotas", quotas("service quotas"))
    monkeypatch.setattr(account_quotas, "check_account_quotas", quotas("quotas"))
    connection = SimpleNamespace(is_sandbox=sandbox)
    env = environment(Service(), connection=connection, config=make_environment())

    found = doctor._check_account(env)

    assert saw == asked
    assert len(found) == (1 if account == "fail" else 3 + len(asked))
