"""With which hosts a training begins, and which may not begin with several."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from container.contract.errors import InputError
from container.contract.layout import Layout
from container.hosts import joining
from container.hosts.joining import join_hosts
from container.hosts.single_host import SingleHost
from container.hosts.workers import Worker
from container.protocol import Folds, Plan

SEVERAL = Plan(several_hosts=True)


class Met:
    """A rendezvous that remembers what it was made of."""

    made: list[Any]
    rank = 1

    def __init__(self, *arguments: Any) -> None:
        type(self).made = [*arguments]
        self.names = arguments[0].hosts

    def __enter__(self) -> "Met":
        return self

    def __exit__(self, *error: object) -> None: ...


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    monkeypatch.setattr(joining, "Rendezvous", Met)
    monkeypatch.delenv("HOSTS_PATIENCE_SECONDS", raising=False)
    return Layout(tmp_path)


def hosts(layout: Layout, *names: str) -> Layout:
    layout.configuration.mkdir(parents=True, exist_ok=True)
    document = {"hosts": names, "current_host": names[0]}
    (layout.configuration / "resourceconfig.json").write_text(json.dumps(document))
    return layout


def joined(layout: Layout, plan: Plan = SEVERAL, worker: Worker | None = None) -> Any:
    with join_hosts(layout, plan, worker or Worker(), lambda: None, sys.exit) as found:
        return found


def test_one_host_trains_alone(layout: Layout) -> None:
    assert joined(layout, Plan()) == SingleHost()
    assert joined(hosts(layout, "other"), Plan()) == SingleHost(names=("other",))


def test_several_hosts_meet_and_wait_twice_as_long_for_a_value(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = joined(hosts(layout, "a", "b"))

    assert found.names == ("a", "b")
    assert (Met.made[2].join_seconds, Met.made[2].exchange_seconds) == (900, 1_800)
    monkeypatch.setenv("HOSTS_PATIENCE_SECONDS", "1")
    joined(layout)
    assert (Met.made[2].join_seconds, Met.made[2].exchange_seconds) == (1, 2)


def test_workers_of_one_host_meet_too(layout: Layout) -> None:
    found = joined(hosts(layout, "a"), SEVERAL, Worker(1, 2))

    assert found.names == ("a/worker-0", "a/worker-1")
    assert Met.made[0].current == "a/worker-1"


@pytest.mark.parametrize(
    ("plan", "what"),
    [
        (Plan(folds=Folds(2), several_hosts=True), "_kfold"),
        (Plan(folds=Folds(2)), "_kfold"),
        (Plan(), "this algorithm"),
    ],
)
def test_some_trainings_need_one_host(layout: Layout, plan: Plan, what: str) -> None:
    with pytest.raises(InputError, match=rf"{what} needs one host; got 2 \(a, b\); set instance_"):
        joined(hosts(layout, "a", "b"), plan)
    assert joined(hosts(layout, "a"), plan) == SingleHost(names=("a",))


@pytest.mark.parametrize("text", ["0", "x", "-1", "1.5", "\u0661"])
def test_a_patience_that_is_no_number_is_refused(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("HOSTS_PATIENCE_SECONDS", text)

    with pytest.raises(InputError, match="must be a whole number from 1 up; got"):
        joined(hosts(layout, "a", "b"))
