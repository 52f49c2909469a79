from pathlib import Path

import pytest

from tests.cli.terminal import kiban, require_one_line
from tests.cli.training import train_command


def test_logs_are_read_from_one_source_at_a_time(tmp_path: Path) -> None:
    screen = kiban("logs", "churn", "--job", "--endpoint", "--sandbox", folder=tmp_path)

    assert "exclude each other" in require_one_line(screen, 2)


@pytest.mark.usefixtures("ready_data")
def test_the_steps_of_the_newest_run_can_be_read(folder: Path) -> None:
    kiban(*train_command("poor"), folder=folder)

    screen = kiban("logs", "churn", "--run", "--sandbox", folder=folder)

    assert screen.code == 0, screen.err
    assert "Refuse" in screen.out


def test_logs_of_a_job_that_never_ran_are_one_line(folder: Path) -> None:
    screen = kiban("logs", "churn", "--sandbox", folder=folder)

    assert "no training job ran yet" in require_one_line(screen, 1)
