from pathlib import Path

import pytest

from cli.environments.environment import Environment
from tests.cli.terminal import kiban, require_one_line
from tests.cli.training import train_command

pytestmark = pytest.mark.usefixtures("ready_data")


def test_a_training_that_registers_ends_well_and_says_what_to_do_next(folder: Path) -> None:
    screen = kiban(*train_command("good"), folder=folder)

    assert screen.code == 0, screen.err
    assert "registered as version 1: auc 0.9876" in screen.out
    assert "approve churn 1 --wait --sandbox" in screen.out


def test_a_candidate_the_gate_refuses_is_a_failure(folder: Path) -> None:
    screen = kiban(*train_command("poor"), folder=folder)

    assert screen.code == 1
    assert "the gate refused the candidate" in screen.err


def test_a_training_that_breaks_says_why(folder: Path) -> None:
    screen = kiban(*train_command("broken"), folder=folder)

    assert screen.code == 1
    assert "no rows" in screen.err


def test_an_unknown_data_version_starts_nothing(dev: Environment, folder: Path) -> None:
    workflow = dev.output("Training-churn", "WorkflowArn")
    before = dev.aws("stepfunctions").list_executions(stateMachineArn=workflow)["executions"]

    message = require_one_line(kiban(*train_command("goof"), folder=folder), 2)

    assert "no complete data version 'goof'; there is good" in message
    after = dev.aws("stepfunctions").list_executions(stateMachineArn=workflow)["executions"]
    assert len(after) == len(before)
