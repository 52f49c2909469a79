"""What XGBoost logs is an event, and standard output is left to metric lines."""

import json

import pytest
import xgboost as xgb

from container.algorithm import create
from container.hosts.single_host import SingleHost
from container.native_log import _log
from tests.container.support.datasets import dataset
from tests.container.support.world import simple_rows


def test_a_talkative_training_prints_nothing_but_events(
    capfd: pytest.CaptureFixture[str],
) -> None:
    job = {"num_round": "1", "objective": "binary:logistic", "verbosity": "3"}

    create(job).fit({"train": dataset(simple_rows())}, SingleHost(), None, lambda _: True)

    printed = capfd.readouterr()
    events = list(map(json.loads, printed.err.splitlines()))
    assert printed.out == ""
    assert "DEBUG: " in events[0]["text"]
    assert {event["event"] for event in events} == {"xgboost"}
    xgb.set_config(verbosity=1)


def test_a_warning_stays_a_warning_and_a_blank_is_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.warns(UserWarning, match="WARNING: old"):
        _log(b"[12:00:00] WARNING: old\n")
    _log(b"\n")
    _log(b"caf\xe9")

    (event,) = map(json.loads, capfd.readouterr().err.splitlines())
    assert event["text"] == "caf\ufffd"
