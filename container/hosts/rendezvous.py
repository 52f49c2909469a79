"""Where the hosts of one training meet: they tell each other what they have, in bounded time.

The first host by name listens; all others come to it, and every exchange goes through it: a handful
of small messages in a training, and the rest is the algorithm's.
"""

import contextlib
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from container.contract.errors import AlgorithmError
from container.contract.resources import Resources
from container.hosts.host_connection import Check, Wire

_LOOK_SECONDS = 0.5
# Whoever does not say at once which host it is, is none of ours.
_INTRODUCTION_SECONDS = 10.0
_ROLL_CALL_SECONDS = 5.0
_HERE = "here"


@dataclass(frozen=True)
class Patience:
    """How long a host waits for the others: to come at all, and for what they say."""

    to_come_seconds: float = 900.0
    to_speak_seconds: float = 1_800.0


class Meeting:
    """See Hosts. Use it as a context manager: others learn at once when this host leaves.

    `check` is asked while it waits, and may raise to end that.
    """

    def __init__(
        self, resources: Resources, check: Check, patience: Patience | None = None
    ) -> None:
        self._resources = resources
        self._check = check
        self._patience = patience or Patience()
        self._peers: dict[int, Wire] = {}

    @property
    def rank(self) -> int:
        """See Hosts."""
        return self.names.index(self._resources.current)

    @property
    def names(self) -> Sequence[str]:
        """See Hosts."""
        return self._resources.hosts

    @property
    def address(self) -> str:
        """Where the first host is, for whatever else the hosts have to say to each other."""
        return self._resources.address(self.names[0])[0]

    @property
    def patience_seconds(self) -> float:
        """See Hosts."""
        return self._patience.to_come_seconds

    def __enter__(self) -> "Meeting":
        gather = self._receive_all if self.rank == 0 else self._go_to_first
        try:
            gather(time.monotonic() + self._patience.to_come_seconds)
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._leave()

    def exchange(self, value: Any) -> list[Any]:
        """See Hosts."""
        if self.rank != 0:
            self._send(0, value)
            answer: list[Any] = self._hear(0)
            return answer
        values = [value, *(self._hear(rank) for rank in range(1, len(self.names)))]
        for rank in self._peers:
            self._send(rank, values)
        return values

    def missing(self) -> list[str]:
        """See Hosts."""
        if self.rank == 0:
            gone = [self.names[rank] for rank in self._peers if not self._answers(rank)]
            for rank in self._peers:
                with contextlib.suppress(OSError):
                    self._peers[rank].send(gone, _ROLL_CALL_SECONDS)
            return gone
        try:
            self._peers[0].send(_HERE, _ROLL_CALL_SECONDS)
            gone = self._peers[0].hear(_ROLL_CALL_SECONDS * len(self.names))
        except (OSError, ValueError):
            return [self.names[0]]
        return gone if isinstance(gone, list) else []

    def _answers(self, rank: int) -> bool:
        try:
            # What it had to say before nobody cares about any more.
            while self._peers[rank].hear(_ROLL_CALL_SECONDS) != _HERE:
                pass
        except (OSError, ValueError):
            return False
        return True

    def _receive_all(self, deadline: float) -> None:
        family, address = self._address_of_first(deadline)
        with socket.socket(family) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(address)
            except OSError as error:
                raise AlgorithmError(
                    f"{self.names[0]}: cannot listen on port {address[1]} for the other hosts "
                    f"({error.strerror}); end what uses it"
                ) from error
            listener.listen(len(self.names))
            listener.settimeout(_LOOK_SECONDS)
            while len(self._peers) < len(self.names) - 1:
                self._receive_one(listener, deadline)

    def _receive_one(self, listener: socket.socket, deadline: float) -> None:
        try:
            peer, _ = listener.accept()
        except TimeoutError:
            self._check()
            self._require_time(deadline)
            return
        wire = Wire(peer, self._check)
        with contextlib.suppress(OSError, ValueError, TypeError):
            rank = self.names.index(wire.hear(_INTRODUCTION_SECONDS))
            if rank and rank not in self._peers:
                self._peers[rank] = wire
                return
        wire.close()

    def _require_time(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            missing = [name for i, name in enumerate(self.names) if i and i not in self._peers]
            raise AlgorithmError(
                f"{', '.join(missing)}: did not come within {self._patience.to_come_seconds:g} "
                "seconds; look into the logs of that host"
            )

    def _go_to_first(self, deadline: float) -> None:
        while True:
            family, address = self._address_of_first(deadline)
            try:
                peer = socket.socket(family)
                peer.settimeout(_INTRODUCTION_SECONDS)
                peer.connect(address)
                break
            except OSError:
                peer.close()
                self._wait_for_first(deadline)
        self._peers[0] = Wire(peer, self._check)
        self._send(0, self._resources.current)

    def _address_of_first(self, deadline: float) -> tuple[int, Any]:
        """The first address of the first host; its name may take a while to be known."""
        host, port = self._resources.address(self.names[0])
        while True:
            with contextlib.suppress(OSError):
                family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[
                    0
                ]
                return family, address
            self._wait_for_first(deadline)

    def _wait_for_first(self, deadline: float) -> None:
        self._check()
        if time.monotonic() > deadline:
            raise AlgorithmError(
                f"{self.names[0]}: not reachable within {self._patience.to_come_seconds:g} "
                "seconds; look into the logs of that host"
            )
        time.sleep(_LOOK_SECONDS)

    def _send(self, rank: int, value: Any) -> None:
        try:
            self._peers[rank].send(value, self._patience.to_speak_seconds)
        except OSError as error:
            raise self._lost(rank, error) from error

    def _hear(self, rank: int) -> Any:
        try:
            return self._peers[rank].hear(self._patience.to_speak_seconds)
        except (OSError, ValueError) as error:
            raise self._lost(rank, error) from error

    def _lost(self, rank: int, error: Exception) -> AlgorithmError:
        # Whoever stops a training stops all of its hosts: that some are gone is no failure then.
        self._check()
        what = "is gone"
        if isinstance(error, TimeoutError):
            what = f"said nothing for {self._patience.to_speak_seconds:g} seconds"
        return AlgorithmError(f"{self.names[rank]}: {what}; look into the logs of that host")

    def _leave(self) -> None:
        for peer in self._peers.values():
            peer.close()
        self._peers.clear()
