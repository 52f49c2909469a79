"""Rendezvous of the hosts of one training, and all-gather of small values, with timeouts.

The first host by name listens; all others connect to it, and every exchange is routed through it:
a few small messages per training. The algorithm has its own communication.
"""

import contextlib
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from container.contract.errors import AlgorithmError
from container.contract.resources import Resources
from container.hosts.host_connection import Check, HostConnection
from container.hosts.lost_hosts import lost_text, named_gone, tell_gone, told_gone

_POLL_SECONDS = 0.5
# A connection that does not introduce itself in time is not from a host of this job.
_HANDSHAKE_SECONDS = 10.0
_ALIVE_SECONDS = 5.0
_ALIVE = "here"


@dataclass(frozen=True)
class Timeouts:
    """How long a host waits for the others: to join, and to send a value."""

    join_seconds: float = 900.0
    exchange_seconds: float = 1_800.0


class Rendezvous:
    """See Hosts. Use it as a context manager: others notice at once when this host leaves.

    `check` is called while it waits, and may raise to end that; `fail` ends the process.
    """

    def __init__(
        self,
        resources: Resources,
        check: Check,
        timeouts: Timeouts | None,
        fail: Callable[[str], NoReturn],
    ) -> None:
        self._resources = resources
        self._fail = fail
        self._check = check
        self._timeouts = timeouts or Timeouts()
        self._peers: dict[int, HostConnection] = {}

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
        """Address of the first host, for other communication between the hosts."""
        return self._resources.address(self.names[0])[0]

    @property
    def timeout_seconds(self) -> float:
        """See Hosts."""
        return self._timeouts.join_seconds

    def __enter__(self) -> "Rendezvous":
        gather = self._accept_all if self.rank == 0 else self._connect_to_first
        try:
            gather(time.monotonic() + self._timeouts.join_seconds)
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self._close()

    def exchange(self, value: Any) -> list[Any]:
        """See Hosts."""
        if self.rank != 0:
            self._send(0, value)
            answer: list[Any] = self._receive(0)
            if gone := named_gone(answer):
                raise AlgorithmError(lost_text(gone))
            return answer
        values = [value, *(self._received(rank) for rank in range(1, len(self.names)))]
        for rank in self._peers:
            self._send(rank, values)
        return values

    def gone(self) -> list[str]:
        """See Hosts; all but the first see the first host alone."""
        return [self.names[rank] for rank, peer in self._peers.items() if peer.is_ended()]

    def fail_for_loss(self) -> NoReturn:
        """See Hosts."""
        gone = self.gone()
        if self.rank == 0:
            tell_gone(gone, self._peers.values())
        else:
            gone = told_gone(self._peers[0]) or gone
        self._fail(lost_text(gone))

    def missing(self) -> list[str]:
        """See Hosts."""
        if self.rank == 0:
            # A host that is well may be silent because of one that is gone.
            gone = self.gone() or [
                self.names[rank] for rank in self._peers if not self._is_alive(rank)
            ]
            tell_gone(gone, self._peers.values())
            return gone
        try:
            self._peers[0].send(_ALIVE, _ALIVE_SECONDS)
            return named_gone(self._peers[0].receive(_ALIVE_SECONDS * len(self.names)))
        except (OSError, ValueError):
            return [self.names[0]]

    def _received(self, rank: int) -> Any:
        """Receive a value; when the host is gone, tell the others, which know this host alone."""
        try:
            return self._receive(rank)
        except AlgorithmError:
            tell_gone([self.names[rank]], self._peers.values())
            raise

    def _is_alive(self, rank: int) -> bool:
        try:
            # Skip values that it sent before.
            while self._peers[rank].receive(_ALIVE_SECONDS) != _ALIVE:
                pass
        except (OSError, ValueError):
            return False
        return True

    def _accept_all(self, deadline: float) -> None:
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
            listener.settimeout(_POLL_SECONDS)
            while len(self._peers) < len(self.names) - 1:
                self._accept_one(listener, deadline)

    def _accept_one(self, listener: socket.socket, deadline: float) -> None:
        try:
            peer, _ = listener.accept()
        except TimeoutError:
            self._check()
            self._check_deadline(deadline)
            return
        wire = HostConnection(peer, self._check)
        with contextlib.suppress(OSError, ValueError, TypeError):
            rank = self.names.index(wire.receive(_HANDSHAKE_SECONDS))
            if rank and rank not in self._peers:
                self._peers[rank] = wire
                return
        wire.close()

    def _check_deadline(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            missing = [name for i, name in enumerate(self.names) if i and i not in self._peers]
            raise AlgorithmError(
                f"{', '.join(missing)}: did not come within {self._timeouts.join_seconds:g} "
                "seconds; look into the logs of that host"
            )

    def _connect_to_first(self, deadline: float) -> None:
        while True:
            family, address = self._address_of_first(deadline)
            try:
                peer = socket.socket(family)
                peer.settimeout(_HANDSHAKE_SECONDS)
                peer.connect(address)
                break
            except OSError:
                peer.close()
                self._wait_for_first(deadline)
        self._peers[0] = HostConnection(peer, self._check)
        self._send(0, self._resources.current)

    def _address_of_first(self, deadline: float) -> tuple[int, Any]:
        """Return the first address of the first host; its name may take a while to be known."""
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
                f"{self.names[0]}: not reachable within {self._timeouts.join_seconds:g} "
                "seconds; look into the logs of that host"
            )
        time.sleep(_POLL_SECONDS)

    def _send(self, rank: int, value: Any) -> None:
        try:
            self._peers[rank].send(value, self._timeouts.exchange_seconds)
        except OSError as error:
            raise self._lost(rank, error) from error

    def _receive(self, rank: int) -> Any:
        try:
            return self._peers[rank].receive(self._timeouts.exchange_seconds)
        except (OSError, ValueError) as error:
            raise self._lost(rank, error) from error

    def _lost(self, rank: int, error: Exception) -> AlgorithmError:
        # SIGTERM reaches all hosts of a training: lost hosts are not a failure then.
        self._check()
        what = "is gone"
        if isinstance(error, TimeoutError):
            what = f"said nothing for {self._timeouts.exchange_seconds:g} seconds"
        return AlgorithmError(f"{self.names[rank]}: {what}; look into the logs of that host")

    def _close(self) -> None:
        for peer in self._peers.values():
            peer.close()
        self._peers.clear()
