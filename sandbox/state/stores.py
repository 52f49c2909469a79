"""In-memory stores of named resources, by account and region, and helpers of list operations."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Generic, NamedTuple, TypeVar

from moto.sagemaker.exceptions import ValidationError

T = TypeVar("T")
Document = dict[str, Any]


class Place(NamedTuple):
    """The account and region that own something."""

    account: str
    region: str

    def arn(self, kind: str, name: str, service: str = "sagemaker") -> str:
        """Return the ARN of the resource `name`; SageMaker's are lower case."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{kind}/{name.lower()}"


class Store(Generic[T]):
    """Named things of one kind; safe to use from many threads.

    `kind` is that of their ARNs; `missing` is what AWS says of one that does not exist, where it
    does not name the ARN.
    """

    def __init__(self, noun: str, kind: str = "", missing: str = "") -> None:
        self.noun, self._kind, self._missing = noun, kind, missing
        self._items: dict[tuple[Place, str], T] = {}
        self._lock = threading.RLock()

    def add(self, place: Place, name: str, make: Callable[[], T]) -> T | None:
        """Keep what `make` returns; None when the name is taken."""
        with self._lock:
            if (place, name) in self._items:
                return None
            item = self._items[place, name] = make()
            return item

    def find(self, place: Place, name: str) -> T | None:
        """Return the thing called `name`, or None."""
        return self._items.get((place, name))

    def get(self, place: Place, name: str) -> T:
        """Return the thing called `name`; raises SageMaker's ValidationException without one."""
        item = self.find(place, name)
        if item is None:
            named = place.arn(self._kind, name) if self._kind else name
            told = self._missing or f'Could not find {self.noun} "{named}".'
            raise ValidationError(message=told)
        return item

    def pop(self, place: Place, name: str) -> T:
        """Forget the thing called `name` and return it; raises as `get` does."""
        with self._lock:
            item = self.get(place, name)
            del self._items[place, name]
            return item

    def all(self, place: Place | None = None) -> list[T]:
        """Return everything, oldest first; only what `place` owns when it is given."""
        with self._lock:
            return [item for (owner, _), item in self._items.items() if place in (None, owner)]

    def contents(self) -> dict[tuple[Place, str], T]:
        """Return what it holds, itself: whoever saves a sandbox reads it, or fills an empty one."""
        return self._items

    def clear(self) -> list[T]:
        """Forget and return everything."""
        with self._lock:
            items = list(self._items.values())
            self._items.clear()
            return items


def now() -> datetime:
    """Return the time as AWS's API shows it: UTC with milliseconds."""
    # Half of the sandbox needs this module for its types alone.
    from sandbox.state import clock

    moment = clock.now()
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def page(request: Document, rows: Iterable[Document], *, name: str, status: str) -> Document:
    """Return `Items` and maybe `NextToken`: `rows` filtered, sorted and cut as `request` asks.

    `name` and `status` are the fields that NameContains and StatusEquals look at; moments are
    those of CreationTimeAfter, LastModifiedTimeBefore and the like.
    """
    wanted, part = request.get("StatusEquals"), str(request.get("NameContains", "")).lower()
    kept = [
        row
        for row in rows
        if part in str(row[name]).lower()
        and wanted in (None, row.get(status))
        and _is_within(request, row)
    ]
    field = {"Name": name, "Status": status}.get(str(request.get("SortBy")), "CreationTime")
    descending = request.get("SortOrder", "Descending") == "Descending"
    kept.sort(key=lambda row: row[field], reverse=descending)
    start, size = int(request.get("NextToken") or 0), int(request.get("MaxResults") or 100)
    more = {"NextToken": str(start + size)} if start + size < len(kept) else {}
    return {"Items": kept[start : start + size], **more}


def _is_within(request: Document, row: Document) -> bool:
    for field in ("CreationTime", "LastModifiedTime"):
        # What was never changed has the one moment only.
        moment = row.get(field) or row["CreationTime"]
        after, before = request.get(f"{field}After"), request.get(f"{field}Before")
        if after is not None and moment <= _moment(after):
            return False
        if before is not None and moment >= _moment(before):
            return False
    return True


def _moment(given: Any) -> datetime:
    if isinstance(given, datetime):
        return given if given.tzinfo else given.replace(tzinfo=UTC)
    return datetime.fromtimestamp(float(given), UTC)


def check_name(field: str, name: str, longest: int = 63) -> None:
    """Refuse a name that AWS refuses; raises SageMaker's ValidationException."""
    problem = None
    if len(name) > longest:
        problem = f"Member must have length less than or equal to {longest}"
    elif not re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9])*", name):
        problem = (
            "Member must satisfy regular expression pattern: "
            f"[a-zA-Z0-9](-*[a-zA-Z0-9]){{0,{longest - 1}}}"
        )
    if problem:
        raise ValidationError(
            message=f"1 validation error detected: Value '{name}' at '{field}' "
            f"failed to satisfy constraint: {problem}"
        )
