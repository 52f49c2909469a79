"""A production variant: its copies, which of them a request goes to, and how their number moves."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from moto.sagemaker.exceptions import ValidationError

from sandbox.state.stores import Document, now

if TYPE_CHECKING:
    from sandbox.sagemaker.serving.copies import Copy

MOST_COPIES = 8
"""Each copy is a process on this machine."""


def require_room(rows: Iterable[Document], field: str) -> None:
    """Raise ValidationException when a variant of a request has more instances than run here."""
    for row in rows:
        if int(row.get(field) or 0) > MOST_COPIES:
            raise ValidationError(
                message=f"sandbox: variant {row['VariantName']} would have {row[field]} instances; "
                f"each is a process on this machine, which runs {MOST_COPIES} of a variant at most"
            )


class Variant:
    """The copies that serve one row of an endpoint configuration.

    `document` is its row in DescribeEndpoint; `make_copy(row)` makes a copy that is not started.
    """

    def __init__(self, row: Document, make_copy: Callable[[Document], Copy]) -> None:
        self.row, self.name, self._make_copy = row, str(row["VariantName"]), make_copy
        self.copies: tuple[Copy, ...] = ()
        self._starting: tuple[Copy, ...] = ()
        self._turned_on: int | None = None  # all
        self._lock = threading.Lock()
        self._leaving = False
        weight = float(row.get("InitialVariantWeight", 1.0))
        self.document: Document = {
            "VariantName": self.name,
            "CurrentWeight": weight,
            "DesiredWeight": weight,
            "VariantStatus": [{"Status": "Creating", "StartTime": now()}],
        }
        if "ServerlessConfig" in row:
            self.document["CurrentServerlessConfig"] = row["ServerlessConfig"]
        else:
            count = int(row.get("InitialInstanceCount", 1))
            self.document |= {"CurrentInstanceCount": count, "DesiredInstanceCount": count}
        self._count_pools(Counter({self.instance_type: int(row.get("InitialInstanceCount", 1))}))

    @property
    def instance_type(self) -> str:
        """The instance type that it began with, "" for a serverless variant."""
        return str(self.row.get("InstanceType", ""))

    def _count_pools(self, counted: Counter[str]) -> None:
        if "InstancePools" in self.row:
            self.document["InstancePools"] = [
                {"InstanceType": kind, "CurrentInstanceCount": count}
                for kind, count in counted.items()
            ]

    def turn_on(self, count: int | None) -> None:
        """Send requests to the first `count` copies only, whichever come and go; None for all."""
        with self._lock:
            self._turned_on = count

    @property
    def share(self) -> float:
        """Which part of the desired instances is turned on: 0 to 1."""
        desired = int(self.document.get("DesiredInstanceCount", 1))
        on = desired if self._turned_on is None else self._turned_on
        return min(on / max(desired, 1), 1.0)

    def show(self, status: str, message: str) -> None:
        """Show a stage of a deployment in DescribeEndpoint; "" for none."""
        shown = {"Status": status, "StatusMessage": message, "StartTime": now()}
        self.document["VariantStatus"] = [shown] if status else []

    def retain(self, document: Document, properties: set[str]) -> None:
        """Take over what autoscaling or a person changed on the variant that this one replaces."""
        for kept in properties:
            for name in (f"Current{kept}", f"Desired{kept}"):
                if name in document and name in self.document:
                    self.document[name] = document[name]

    def start(self) -> None:
        """Start every copy and return when each answers /ping; raises Unhealthy, in AWS's words."""
        count = int(self.document.get("DesiredInstanceCount", 1))
        self._add([self.row] * count)
        self.document["VariantStatus"] = []

    def scale(self, count: int, assign_type: Callable[[Document], Document]) -> None:
        """Have `count` copies: new ones are asked once they answer /ping, old ones end in peace.

        Raises whatever keeps a new copy from serving; then there are as many as before.
        """
        more = count - len(self.copies)
        if more > 0:
            self._add([assign_type(self.row) for _ in range(more)])
        elif more < 0:
            # Which of them AWS takes is documented nowhere; the youngest go here.
            with self._lock:
                self.copies, leaving = self.copies[:count], self.copies[count:]
            _end(copy.end for copy in leaving)
        self._count_pools(Counter(copy.instance_type for copy in self.copies))

    def _add(self, rows: list[Document]) -> None:
        self._starting = fresh = tuple(self._make_copy(row) for row in rows)
        failed = in_parallel(copy.start for copy in fresh)
        self._starting = ()
        with self._lock:
            is_wanted = not failed and not self._leaving
            if is_wanted:
                self.copies += fresh
        if not is_wanted:
            _end(copy.end for copy in fresh)
        if failed:
            raise failed[0]
        if fresh:
            self.document["DeployedImages"] = fresh[0].images

    def take(self) -> Copy | None:
        """Return the copy for one request, counted in; None when there is none.

        By RoutingConfig: a random one, which is the default, or one with the fewest requests.
        """
        routing = (self.row.get("RoutingConfig") or {}).get("RoutingStrategy", "RANDOM")
        with self._lock:  # a copy that leaves gets no request that it did not know of
            turned_on = self.copies[: self._turned_on]
            # An instance that is started again fails /ping, and gets nothing while others do not.
            offered = [copy for copy in turned_on if copy.healthy] or turned_on
            if not offered:
                return None
            chosen = random.choice(offered)
            if routing == "LEAST_OUTSTANDING_REQUESTS":
                chosen = min(offered, key=lambda copy: copy.requests)
            chosen.acquire()
        return chosen

    def end(self) -> None:
        """Wait for the requests on the way, then end every copy, also those still starting."""
        _end(copy.end for copy in self._leave())

    def abandon(self) -> None:
        """End every copy now."""
        _end(copy.abandon for copy in self._leave())

    def _leave(self) -> tuple[Copy, ...]:
        with self._lock:
            self._leaving = True
            return (*self.copies, *self._starting)


def _end(endings: Iterable[Callable[[], None]]) -> None:
    for error in in_parallel(endings):
        raise error


def in_parallel(tasks: Iterable[Callable[[], Any]]) -> list[Exception]:
    """Do all of `tasks` at once and return what they raised."""
    failed: list[Exception] = []

    def run(task: Callable[[], Any]) -> None:
        try:
            task()
        except Exception as error:
            failed.append(error)

    first, *others = [*tasks] or [lambda: None]
    threads = [threading.Thread(target=run, args=(task,), daemon=True) for task in others]
    for thread in threads:
        thread.start()
    run(first)
    for thread in threads:
        thread.join()
    return failed
