"""A rendezvous whose peers only say what they are told to."""

import socket
import sys
from typing import Any, NoReturn

import pytest

from container.contract.errors import AlgorithmError, StoppedError
from container.contract.resources import Resources
from container.hosts import rendezvous
from container.hosts.rendezvous import Rendezvous, Timeouts

NAMES = ("algo-1", "algo-2", "algo-3")


class Peer:
    """Says these values one after the other; an error is raised instead."""

    def __init__(
        self, *values: Any, sending: Exception | None = None, is_ended: bool = False
    ) -> None:
        self._is_ended = is_ended
        self._values = list(values)
        self._sending = sending
        self.sent: list[Any] = []
        self.waited: list[float] = []
        self.closed = False

    def send(self, value: Any, seconds: float) -> None:
        if self._sending:
            raise self._sending
        self.sent.append(value)
        self.waited.append(seconds)

    def receive(self, seconds: float) -> Any:
        self.waited.append(seconds)
        value = self._values.pop(0)
        if isinstance(value, Exception):
            raise value
        return value

    def is_ended(self) -> bool:
        return self._is_ended

    def close(self) -> None:
        self.closed = True


def meeting(current: str, check: Any = lambda: None, **peers: Peer) -> Rendezvous:
    made = Rendezvous(Resources(current, NAMES), check, Timeouts(900, 5), sys.exit)
    found: Any = {NAMES.index(name.replace("_", "-")): peer for name, peer in peers.items()}
    made._peers.update(found)
    return made


def test_the_first_host_gathers_and_tells() -> None:
    two, three = Peer("b"), Peer("c")

    assert meeting("algo-1", algo_2=two, algo_3=three).exchange("a") == ["a", "b", "c"]
    assert two.sent == three.sent == [["a", "b", "c"]]
    assert two.waited == [5, 5]


def test_another_host_tells_the_first_and_hears_all() -> None:
    first = Peer(["a", "b", "c"])

    assert meeting("algo-2", algo_1=first).exchange("b") == ["a", "b", "c"]
    assert first.sent == ["b"]


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (ConnectionResetError(), "is gone"),
        (ValueError(), "is gone"),
        (TimeoutError(), "said nothing for 5 seconds"),
    ],
)
def test_a_lost_host_is_named(error: Exception, what: str) -> None:
    with pytest.raises(AlgorithmError, match=f"^algo-3: {what}; look into the logs of that host$"):
        meeting("algo-1", algo_2=Peer("b"), algo_3=Peer(error)).exchange("a")
    if isinstance(error, OSError):
        with pytest.raises(AlgorithmError, match=f"^algo-1: {what}"):
            meeting("algo-2", algo_1=Peer(sending=error)).exchange("b")


def test_another_error_is_no_lost_host() -> None:
    with pytest.raises(ZeroDivisionError):
        meeting("algo-2", algo_1=Peer(ZeroDivisionError())).exchange("b")
    with pytest.raises(ZeroDivisionError):
        meeting("algo-2", algo_1=Peer(sending=ZeroDivisionError())).exchange("b")


def test_hosts_that_stop_together_are_not_lost() -> None:
    def stop() -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        meeting("algo-2", stop, algo_1=Peer(ConnectionResetError())).exchange("b")


@pytest.mark.parametrize("error", [ConnectionResetError(), TimeoutError(), ValueError()])
def test_the_first_host_finds_out_who_is_missing_and_tells_the_others(error: Exception) -> None:
    # What was sent before is not an answer.
    two, three = Peer("old", [1], "here"), Peer("old", error)

    assert meeting("algo-1", algo_2=two, algo_3=three).missing() == ["algo-3"]
    assert two.sent == three.sent == [{"gone": ["algo-3"]}]
    assert set(two.waited) == {5}


def test_a_host_that_is_well_is_not_asked_while_another_is_known_to_be_gone() -> None:
    # It may wait for the lost one, and would seem to be lost, too.
    two, three = Peer(), Peer(is_ended=True)

    assert meeting("algo-1", algo_2=two, algo_3=three).missing() == ["algo-3"]
    assert two.sent == [{"gone": ["algo-3"]}]


def test_the_others_learn_from_the_first_whom_it_missed_in_an_exchange() -> None:
    two = Peer("b")

    with pytest.raises(AlgorithmError, match=r"^algo-3: is gone"):
        meeting("algo-1", algo_2=two, algo_3=Peer(OSError())).exchange("a")
    assert two.sent == [{"gone": ["algo-3"]}]
    with pytest.raises(AlgorithmError, match=r"^algo-3: is gone; look into the logs of that host$"):
        meeting("algo-2", algo_1=Peer({"gone": ["algo-3"]})).exchange("b")


class FailedError(Exception):
    """Stands for the end of the process."""


def failed(current: str, **peers: Peer) -> str:
    made = meeting(current, **peers)

    def fail(text: str) -> NoReturn:
        raise FailedError(text)

    made._fail = fail
    with pytest.raises(FailedError) as caught:
        made.fail_for_loss()
    return str(caught.value)


def test_a_host_that_waits_for_ever_fails_with_the_name_of_the_lost_one() -> None:
    two, three = Peer(), Peer(is_ended=True, sending=OSError())

    said = failed("algo-1", algo_2=two, algo_3=three)

    assert said == "algo-3: is gone; look into the logs of that host"
    assert two.sent == [{"gone": ["algo-3"]}]
    # The last words of the first host say who was lost; without any it is itself.
    told = Peer(["old"], {"gone": ["algo-3"]}, is_ended=True)
    assert failed("algo-2", algo_1=told) == said
    silent = Peer(["old"], OSError(), is_ended=True)
    assert failed("algo-2", algo_1=silent).startswith("algo-1: is gone")


def test_whoever_is_gone_cannot_be_told() -> None:
    gone = Peer(OSError(), sending=OSError())
    here = Peer("here")

    assert meeting("algo-1", algo_2=gone, algo_3=here).missing() == ["algo-2"]
    assert here.sent == [{"gone": ["algo-2"]}]
    with pytest.raises(ZeroDivisionError):
        meeting("algo-1", algo_2=Peer("here", sending=ZeroDivisionError())).missing()
    with pytest.raises(ZeroDivisionError):
        meeting("algo-1", algo_2=Peer(ZeroDivisionError())).missing()


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        ({"gone": ["algo-3"]}, ["algo-3"]),
        ({"gone": []}, []),
        ({}, []),
        ("old", []),
        (OSError(), ["algo-1"]),
        (ValueError(), ["algo-1"]),
    ],
)
def test_another_host_asks_the_first(answer: Any, missing: list[str]) -> None:
    first = Peer(answer)

    assert meeting("algo-2", algo_1=first).missing() == missing
    assert first.sent == ["here"]
    # The first waits for each of them in turn.
    assert first.waited == [5, 15]


def test_a_first_host_that_cannot_be_told_is_missing() -> None:
    assert meeting("algo-2", algo_1=Peer(sending=OSError())).missing() == ["algo-1"]
    with pytest.raises(ZeroDivisionError):
        meeting("algo-2", algo_1=Peer(ZeroDivisionError())).missing()


def test_a_host_that_leaves_closes_its_connections() -> None:
    peer = Peer()
    made = meeting("algo-2", algo_1=peer)

    made.__exit__()

    assert peer.closed
    assert made._peers == {}
    assert (made.rank, made.names, made.address, made.timeout_seconds) == (1, NAMES, "algo-1", 900)


def test_hosts_wait_for_quarter_of_an_hour_and_twice_as_long_for_a_value() -> None:
    assert Rendezvous(Resources(), lambda: None, None, sys.exit).timeout_seconds == 900
    assert Timeouts().exchange_seconds == 1_800


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        resources = Resources("algo-1", NAMES, {"algo-1": f"127.0.0.1:{port}"})

        with (
            pytest.raises(AlgorithmError, match=f"algo-1: cannot listen on port {port} for the"),
            Rendezvous(resources, lambda: None, None, sys.exit),
        ):
            pass


@pytest.mark.parametrize("name", ["algo-2", "algo-3"])
def test_a_first_host_that_never_answers_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(rendezvous, "_POLL_SECONDS", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for address in (f"127.0.0.1:{port}", "no.such.host.invalid:1"):
        resources = Resources(name, NAMES, {"algo-1": address})
        complaint = r"^algo-1: not reachable within 0\.02 seconds; look"
        with (
            pytest.raises(AlgorithmError, match=complaint),
            Rendezvous(resources, lambda: None, Timeouts(0.02), sys.exit),
        ):
            pass
