import json
from pathlib import Path

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
