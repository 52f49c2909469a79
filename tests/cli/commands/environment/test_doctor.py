import json
from pathlib import Path

import pytest
import typer

from cli.commands.environment import doctor as command
from cli.environments import authority_check, deployment_checks
from cli.environments.check_result import CheckResult
from tests.cli.terminal import PROJECT, kiban, with_file


def test_doctor_names_what_is_missing_and_fails(tmp_path: Path) -> None:
    screen = kiban("doctor", "--json", folder=tmp_path)

    found = {item["subject"]: item for item in json.loads(screen.out)}
    assert screen.code == 1
    assert found["CDK command line"]["level"] == "ok"
    assert found["credentials"]["level"] == "fail"
    assert found["credentials"]["advice"]


def test_doctor_says_what_the_region_lacks(tmp_path: Path) -> None:
    dev = (PROJECT / "config" / "dev.toml").read_text()
    folder = with_file(tmp_path, "dev", dev.replace("us-east-1", "eu-north-1"))

    found = json.loads(kiban("doctor", "--json", folder=folder).out)

    (lack,) = [one for one in found if one["subject"] == "offer of the region"]
    assert lack["level"] == "fail"
    assert lack["advice"] == "set monitoring.monthly_budget_usd to 0"


@pytest.mark.parametrize(("level", "code"), [("ok", None), ("warn", None), ("fail", 1)])
def test_only_what_makes_a_deployment_fail_is_a_failure(
    level: str, code: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = CheckResult(level, "it", "said", "do")  # type: ignore[arg-type]
    for module, name in (
        (deployment_checks, "check_tools"),
        (deployment_checks, "check_region_offer"),
        (authority_check, "check_authorities"),
    ):
        monkeypatch.setattr(module, name, lambda *_: [])
    monkeypatch.setattr(command, "_check_account", lambda env: [found])

    if code is None:
        command.doctor()
        return
    with pytest.raises(typer.Exit) as ended:
        command.doctor()
    assert ended.value.exit_code == code
