"""`./kiban verify` between two sandboxes: one stands for AWS, the other is what it is held to."""

import re
import shutil
from collections.abc import Iterator

import pytest

from tests.journeys import workplace
from tests.journeys.workplace import PROJECT, Workplace

pytestmark = [pytest.mark.acceptance, pytest.mark.slow_first]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """A checkout in which a sandbox runs."""
    place = workplace.make(tmp_path_factory.mktemp("verify") / "project")
    shutil.copytree(PROJECT / "prices", place.folder / "prices")
    place.done("up", "--port", "0")
    yield place
    place.done("down")


@pytest.fixture(scope="module")
def page(place: Workplace) -> str:
    said = place.done("verify", "--max-usd", "5", "--sandbox", "--yes", "--output", "page.md")
    assert "at most USD" in said
    return (place.folder / "page.md").read_text()


STEPS = [
    "Deployment",
    *("Notebook", "Data", "Image", "Training begins", "Image pulled", "Training"),
    *("Model and gate", "Approval", "Endpoint", "Predictions"),
    *("Edit in place", "Edit replaced"),
    *("Second training", "Rollout", "Rollback"),
    *("Edit in steps", "Edit refused", "Removal"),
]


def test_every_step_of_a_life_is_walked_on_both(page: str) -> None:
    rows = page.partition("## Steps")[2].partition("## What differed")[0].splitlines()
    names = [row.split(" | ")[0].removeprefix("| ") for row in rows if row.startswith("| ")]

    assert names[1:] == STEPS
    assert "not reached" not in page
    assert "**failed**" not in page


def is_of_a_moving_endpoint(line: str) -> bool:
    """Whether only members differ that an endpoint has while it goes from one fleet to the next."""
    call, *names = re.findall(r"`([^`]+)`", line) or [""]
    moving = re.compile(r"PendingDeploymentSummary\b|ProductionVariants\[\]\.VariantStatus\b")
    is_asked = call == "sagemaker.DescribeEndpoint" and bool(names)
    return is_asked and all(moving.match(name) for name in names)


def test_one_sandbox_answers_as_the_other(page: str) -> None:
    differed = page.partition("## What differed")[2].partition("## What held")[0]

    # How often one asks while the other works is chance: which states and events it sees on the
    # way, too. A training that has just begun is seen with its start or a moment before.
    passing = ("GetExecutionHistory", "Training begins, `sagemaker.DescribeTrainingJob`")
    settled = [
        line
        for line in differed.splitlines()
        if not any(one in line for one in passing) and not is_of_a_moving_endpoint(line)
    ]
    assert not [line for line in settled if "members" in line or "errors" in line], differed
    assert "`sagemaker.DescribeEndpoint`" in page


def test_nothing_is_left_of_it(page: str, place: Workplace) -> None:
    assert "everything is destroyed" in page
    assert not place.file("verify").exists()
    assert "kiban-verify" not in place.kiban("status", "--sandbox").stdout


def test_it_is_refused_when_it_may_cost_more_and_nothing_is_made(place: Workplace) -> None:
    finished = place.kiban("verify", "--max-usd", "0.5", "--sandbox", "--yes")

    assert finished.returncode == 2
    assert "more than --max-usd 0.5; nothing was made" in finished.stderr.splitlines()[-1]
    assert not place.file("verify").exists()


def test_a_file_that_is_left_is_not_overwritten(place: Workplace) -> None:
    shutil.copy(place.file("dev"), place.file("verify"))
    try:
        assert "is left of another verification" in place.refused(
            "verify", "--max-usd", "5", "--sandbox", "--yes"
        )
        assert place.file("verify").read_text() == place.file("dev").read_text()
    finally:
        place.file("verify").unlink()
