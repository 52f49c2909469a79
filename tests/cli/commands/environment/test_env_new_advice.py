"""What a new environment file is advised where its region lacks something."""

import re
from typing import Any

import pytest

from cli.commands.environment import env_new
from cli.environments import region_offer
from cli.environments.environment_file import EnvironmentFile
from cli.environments.region_offer import MissingOffer
from cli.terminal.errors import WrongInput


@pytest.mark.parametrize(
    ("setting", "choices", "advice"),
    [
        ("platform.region", ("us-east-1",), "; add --region us-east-1"),
        ("platform.region", ("a", "b", "c"), "; add --region a (or b, c)"),
        ("workbench.instance_type", ("ml.t3",), "; add --set workbench.instance_type=ml.t3"),
        ("workbench.instance_type", (), "; nothing in its partition is like it"),
    ],
)
def test_advice_is_an_option_that_can_be_added(
    setting: str, choices: tuple[str, ...], advice: str
) -> None:
    said = env_new._advised(MissingOffer(setting, "x has no y", choices))

    assert re.sub(r" \(as of \d{4}-\d\d-\d\d\)", "", said) == f"{setting}: x has no y{advice}"


@pytest.mark.parametrize("change", ["", "=1", ".=1", "workbench.volume_gb"])
def test_a_change_without_a_name_or_a_value_is_no_setting(change: str) -> None:
    with pytest.raises(WrongInput, match=r"is no setting; write it as workbench.volume_gb=40"):
        env_new._settings("", "", [change])


def test_settings_are_what_the_options_say() -> None:
    given = env_new._settings("111122223333", "eu-west-1", ["a.b=1=2", "c="])

    assert given == {
        "platform.account": '"111122223333"',
        "platform.region": "eu-west-1",
        "a.b": "1=2",
        "c": "",
    }
    assert env_new._settings("", "", []) == {}


@pytest.mark.parametrize(
    ("types", "machines", "lines"),
    [
        ([], [], 0),
        (["t"], ["m"], 2),
        ([], ["m", "n"], 2),
        (["t", "u"], [], 2),
        (["t"], ["m", "n"], 3),
    ],
)
def test_all_that_a_region_lacks_is_told_at_once_types_first(
    types: list[str], machines: list[str], lines: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(names: list[str]) -> list[MissingOffer]:
        return [MissingOffer(name, f"no {name}", ()) for name in names]

    monkeypatch.setattr(region_offer, "missing_types", lambda config: missing(types))
    monkeypatch.setattr(region_offer, "missing_machines", lambda config: missing(machines))
    config: Any = None
    file = EnvironmentFile("lab", "", config, ())
    if not lines:
        env_new._require_offered(file)
        return
    with pytest.raises(WrongInput) as refusal:
        env_new._require_offered(file)
    said = str(refusal.value).splitlines()
    assert len(said) == lines
    assert all(line.startswith("config/lab.toml: ") for line in said)
    assert ("no m" in said[0]) is not bool(types)
