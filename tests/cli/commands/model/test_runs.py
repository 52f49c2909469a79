import json
from pathlib import Path

import pytest

from tests.cli.terminal import kiban
from tests.cli.training import train_command

pytestmark = pytest.mark.usefixtures("ready_data")


def test_runs_show_reason_outcome_and_metric_newest_first(folder: Path) -> None:
    for version in ("poor", "good"):
        kiban(*train_command(version), folder=folder)

    screen = kiban("runs", "churn", "--limit", "2", "--sandbox", "--json", folder=folder)

    found = json.loads(screen.out)
    assert [run["state"] for run in found] == ["registered", "refused"]
    assert found[0]["given"] == {"Reason": "person", "DataVersion": "good"}
    assert found[0]["output"]["Metrics"] == {"auc": 0.9876}
