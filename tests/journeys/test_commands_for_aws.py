"""What the README shows for AWS is typed at a terminal, with a sandbox where AWS would be."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys import shown
from tests.journeys.terminal import Terminal
from tests.journeys.workplace import Workplace, make

pytestmark = pytest.mark.acceptance

HERE = "111122223333"
QUESTION = "Deploy this? [y/N]: "
ANSWERS = {QUESTION: "y", "Type kiban-dev to go on: ": "kiban-dev"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Workplace]:
    place = make(tmp_path)
    place.done("up", "--port", "0")
    yield place
    place.kiban("down")


def test_the_readme_deploys_to_aws_and_takes_it_down_again(place: Workplace) -> None:
    terminal = Terminal(place, HERE, ANSWERS)
    doctor, *others = shown.between("./kiban doctor --env dev", "./kiban deploy --env dev")

    code, said = terminal.type(doctor)
    assert code == 1
    assert f"cdk bootstrap aws://{HERE}/us-east-1" in said
    screens = {line: terminal.done(line) for line in others}
    assert "kiban-dev  not deployed yet" in screens["./kiban deploy --env dev"]
    assert "is deployed: 6 stacks" in screens["./kiban deploy --env dev"]
    a_person_is_asked_about_what_matters_only(place)
    gone = terminal.done("./kiban destroy --env dev")

    assert "kiban-dev is gone: 6 stacks" in gone


def a_person_is_asked_about_what_matters_only(place: Workplace) -> None:
    """Shorter logs matter: not confirmed, nothing changes. Longer ones are deployed unasked."""
    unwilling = Terminal(place, HERE, {QUESTION: "n"})
    before = place.file("dev").read_text()
    place.edit("dev", "log_retention_days = 30", "log_retention_days = 1")
    code, said = unwilling.type("./kiban deploy --env dev")
    assert code == 1
    assert "Logs" in said
    assert "kiban-dev: not confirmed; nothing was changed" in said

    longer = before.replace("log_retention_days = 30", "log_retention_days = 90")
    place.file("dev").write_text(longer)
    said = unwilling.done("./kiban deploy --env dev")
    assert QUESTION not in said
    assert "nothing that a person has to look at" in said
