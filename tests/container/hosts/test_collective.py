"""In which order a host enters and leaves XGBoost's communication, and what it says of a loss."""

from dataclasses import dataclass, field
from typing import Any, NoReturn

import pytest

from container.contract.errors import AlgorithmError
from container.hosts.collective import collective


class BrokenError(Exception):
    """What the library raises when a connection breaks."""


@dataclass
class Other:
    """The second of two hosts; `log` is what it did, in order."""

    rank: int = 1
    names: tuple[str, ...] = ("algo-1", "algo-2")
    address: str = "127.0.0.1"
    timeout_seconds: float = 7.0
    lost: tuple[str, ...] = ()
    log: list[str] = field(default_factory=list)

    def exchange(self, value: Any) -> list[Any]:
        self.log.append(f"exchange {value}")
        return [{"dmlc_tracker_port": 9091}, None]

    def missing(self) -> list[str]:
        self.log.append("missing")
        return list(self.lost)

    def gone(self) -> list[str]:
        return []

    def fail_for_loss(self) -> NoReturn:
        raise AssertionError("nothing was lost")

    def communicator(self, **given: Any) -> "Other":
        self.log.append(f"communicator {given}")
        return self

    def __enter__(self) -> None:
        self.log.append("enter")

    def __exit__(self, *error: object) -> None:
        self.log.append("exit")


def test_all_hosts_are_ready_to_leave_before_one_does() -> None:
    host = Other()

    with collective(host, host.communicator, None, BrokenError):
        host.log.append("train")

    assert host.log == [
        "exchange None",
        "communicator {'dmlc_tracker_port': 9091, 'dmlc_task_id': '00001', 'dmlc_timeout': 7, "
        "'dmlc_retry': 3}",
        *("enter", "train", "exchange None", "exit"),
    ]


@pytest.mark.parametrize(
    ("lost", "named"), [(("algo-1",), "algo-1"), ((), "a host"), (("algo-1", "b"), "algo-1, b")]
)
def test_a_broken_connection_names_the_lost_hosts_and_closes_nothing(
    lost: tuple[str, ...], named: str
) -> None:
    host = Other(lost=lost)

    with (
        pytest.raises(AlgorithmError, match=f"^{named}: died, or said nothing for 7 seconds; look"),
        collective(host, host.communicator, None, BrokenError),
    ):
        raise BrokenError

    assert host.log[2:] == ["enter", "missing"]


def test_another_error_is_not_taken_for_a_loss() -> None:
    host = Other()

    with pytest.raises(KeyError), collective(host, host.communicator, None, BrokenError):
        raise KeyError

    assert host.log[2:] == ["enter"]
