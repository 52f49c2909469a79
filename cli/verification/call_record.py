"""Record of API calls through boto3: shape, states, errors and duration, and never a value."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cli.aws.connection import Connection

_STATES = ("Status", "State", "status", "state", "ResourceType")


@dataclass
class CallSummary:
    """All calls of one operation within one step."""

    count: int = 0
    seconds: float = 0.0
    members: set[str] = field(default_factory=set)
    states: set[str] = field(default_factory=set)
    errors: set[str] = field(default_factory=set)


Calls = dict[str, CallSummary]


class CallRecord:
    """Calls by step; those of the step that is going on have no name until it is done."""

    def __init__(self) -> None:
        self.steps: dict[str, Calls] = {}
        self._current: Calls = {}
        self._lock = threading.Lock()

    def close_step(self, name: str) -> None:
        """Name what was called since the last step."""
        with self._lock:
            self.steps[name], self._current = self._current, {}

    def attach(self, client: Any) -> None:
        """Record every later call of a client; a second time changes nothing."""
        key = f"kiban-call-record-{id(self)}"
        events = client.meta.events
        events.register_first("before-call.*.*", self._begin, unique_id=f"{key}-begin")
        events.register("after-call.*.*", self._end, unique_id=f"{key}-end")

    def _begin(self, context: dict[str, Any], **_: Any) -> None:
        context["kiban_began"] = time.monotonic()

    def _end(self, model: Any, parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        took = time.monotonic() - context.get("kiban_began", time.monotonic())
        name = f"{model.service_model.service_name}.{model.name}"
        found = list(_walk(model.output_shape, parsed, ""))
        with self._lock:
            summary = self._current.setdefault(name, CallSummary())
            summary.count += 1
            summary.seconds += took
            summary.members |= {path for path, _ in found}
            summary.states |= {
                f"{path}={value}"
                for path, value in found
                if isinstance(value, str) and path.endswith(_STATES)
            }
            if "Error" in parsed:
                summary.errors.add(str(parsed["Error"].get("Code", "")))


def _walk(shape: Any, value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield the path of every member that is there; keys of maps and places in lists are none."""
    match getattr(shape, "type_name", None), value:
        case "structure", dict():
            for name, member in shape.members.items():
                if value.get(name) is not None:
                    where = f"{path}.{name}" if path else name
                    yield where, value[name]
                    yield from _walk(member, value[name], where)
        case "list", list():
            for item in value:
                yield from _walk(shape.member, item, f"{path}[]")
        case "map", dict():
            for item in value.values():
                yield from _walk(shape.value, item, f"{path}{{}}")


@dataclass(frozen=True)
class RecordedConnection(Connection):
    """A connection whose clients write down every call."""

    record: CallRecord = field(default_factory=CallRecord, compare=False)

    def client(self, service: str) -> Any:
        """Return the boto3 client of `service`, recorded."""
        found = super().client(service)
        self.record.attach(found)
        return found
