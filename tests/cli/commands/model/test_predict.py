from pathlib import Path

from cli.environments.environment import Environment
from tests.cli.terminal import Screen, kiban, require_one_line


def test_predicting_before_a_version_is_live_is_one_line(dev: Environment, folder: Path) -> None:
    screen = kiban("predict", "churn", "-", "--sandbox", folder=folder, given="1,2,3\n")

    assert "no version is live yet" in require_one_line(screen, 1)


def test_a_file_that_is_no_table_is_refused_before_the_endpoint_is_asked(
    dev: Environment, folder: Path
) -> None:
    screen = kiban("predict", "churn", "-", "--sandbox", folder=folder, given="a,a\n1,2\n")

    assert "standard input: line 1: columns 1 and 2 are both" in require_one_line(screen, 2)


def test_predicting_before_anything_is_deployed_is_one_line(started: tuple[Path, Screen]) -> None:
    screen = kiban("predict", "churn", "-", "--sandbox", folder=started[0], given="1,2\n")

    assert "not deployed" in require_one_line(screen, 1)
