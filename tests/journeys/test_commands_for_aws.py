"""What the README shows for AWS is typed at a terminal, with a sandbox where AWS would be."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys import shown
from tests.journeys.rows import HELD_OUT, as_csv, breast_cancer, features_csv
from tests.journeys.terminal import Terminal
from tests.journeys.workplace import Workplace, make
from tests.journeys.world import wait_for

HERE, OTHER = "111122223333", "222233334444"
QUESTION = "Deploy this? [y/N]: "
ANSWERS = {QUESTION: "y", "Type kiban-dev to go on: ": "kiban-dev"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    place = make(tmp_path)
    place.done("up", "--port", "0")
    yield place
    place.kiban("down")


def typed(terminal: Terminal, line: str) -> str:
    code, said = terminal.type(line)
    assert code == 0, f"{line}\n{said}"
    return said


def between(first: str, last: str) -> list[str]:
    """The README's commands from one to another, both included."""
    listed = shown.commands("README.md")
    return listed[listed.index(first) : listed.index(last) + 1]


def test_the_readme_deploys_to_aws_and_takes_it_down_again(place: Workplace) -> None:
    terminal = Terminal(place, HERE, ANSWERS)
    doctor, *others = between("./kiban doctor --env dev", "./kiban deploy --env dev")

    code, said = terminal.type(doctor)
    assert code == 1
    assert f"cdk bootstrap aws://{HERE}/us-east-1" in said
    screens = {line: typed(terminal, line) for line in others}
    assert "kiban-dev  not deployed yet" in screens["./kiban deploy --env dev"]
    assert "is deployed: 6 stacks" in screens["./kiban deploy --env dev"]
    a_person_is_asked_about_what_matters_only(place)
    gone = typed(terminal, "./kiban destroy --env dev")

    assert "kiban-dev is gone: 6 stacks" in gone


def a_person_is_asked_about_what_matters_only(place: Workplace) -> None:
    """Shorter logs matter: not confirmed, nothing changes. Another tag is deployed unasked."""
    unwilling = Terminal(place, HERE, {QUESTION: "n"})
    before = place.file("dev").read_text()
    place.edit("dev", "log_retention_days = 30", "log_retention_days = 1")
    code, said = unwilling.type("./kiban deploy --env dev")
    assert code == 1
    assert "Logs" in said
    assert "kiban-dev: not confirmed; nothing was changed" in said

    place.file("dev").write_text(f'{before}\n[platform.tags]\nteam = "ml"\n')
    said = typed(unwilling, "./kiban deploy --env dev")
    assert QUESTION not in said
    assert "nothing that a person has to look at" in said


def test_the_readme_deploys_a_second_environment_and_promotes_to_it(place: Workplace) -> None:
    here, there = (Terminal(place, account, ANSWERS) for account in (HERE, OTHER))
    new, _, deploy, promote = between(
        "./kiban env new live --from staging --account 222233334444 --region eu-west-1",
        "./kiban promote churn --from staging --to live --wait",
    )
    staging = place.file("staging")
    (place.folder / "rows.csv").write_bytes(as_csv(breast_cancer()[:455]))
    (place.folder / "new.csv").write_bytes(features_csv(HELD_OUT))

    typed(here, new)
    staging.write_text(f'{staging.read_text()}\n[sharing]\naccounts = ["{OTHER}"]\n')
    code, said = there.type(promote)
    assert code == 2
    assert "config/staging.toml: platform.account is missing" in said

    place.edit("staging", "[platform]", f'[platform]\naccount = "{HERE}"')
    typed(here, f"node_modules/.bin/cdk bootstrap aws://{HERE}/us-east-1")
    typed(here, "./kiban deploy --env staging")
    typed(here, "./kiban data put churn rows.csv --env staging")
    listing = "./kiban models churn --json --env staging"
    wait_for(lambda: "Approved" in typed(here, listing) or None, "the first version")
    typed(there, f"node_modules/.bin/cdk bootstrap aws://{OTHER}/eu-west-1")
    typed(there, deploy)
    typed(there, promote)

    predictions = typed(there, "./kiban predict churn new.csv --env live")
    assert len(re.findall(r"^0\.\d+$", predictions, re.MULTILINE)) == len(HELD_OUT)
    assert "AWS, eu-west-1" in typed(there, "./kiban status --env live")
