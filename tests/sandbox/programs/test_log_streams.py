"""How lines of a program become CloudWatch Logs."""

from typing import Any

import pytest
from moto.logs.exceptions import ResourceAlreadyExistsException

from sandbox.programs import log_streams
from sandbox.programs.log_streams import LogStream
from sandbox.state.stores import Place

HERE = Place("123456789012", "us-east-1")


class Logs:
    """CloudWatch Logs, which refuses what is there already."""

    def __init__(self, error: Exception | None = None) -> None:
        self.groups: dict[str, Any] = {}
        self.streams: list[str] = []
        self.put: list[list[str]] = []
        self.error = error

    def create_log_group(self, name: str, tags: Any) -> None:
        if self.error:
            raise self.error
        if name in self.groups:
            raise ResourceAlreadyExistsException
        self.groups[name] = tags

    def create_log_stream(self, group: str, name: str) -> None:
        if name in self.streams:
            raise ResourceAlreadyExistsException
        self.streams.append(name)

    def put_log_events(self, group: str, name: str, rows: list[Any]) -> None:
        self.put.append([row["message"] for row in rows])


def stream(logs: Logs, patch: pytest.MonkeyPatch) -> LogStream:
    patch.setattr(log_streams, "logs_backends", {HERE.account: {HERE.region: logs}})
    return LogStream(HERE, "group", "name")


def test_a_stream_that_is_there_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    logs = Logs()
    for _ in range(2):
        stream(logs, monkeypatch).write("x")

    assert (list(logs.groups), logs.streams) == (["group"], ["name"])
    with pytest.raises(KeyError):
        stream(Logs(KeyError("a bug")), monkeypatch)


@pytest.mark.parametrize(
    ("line", "shown"), [("a\tb", "a#011b"), ("", " "), ("plain", "plain"), ("\t", "#011")]
)
def test_a_line_is_shown_as_cloudwatch_shows_it(
    line: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = Logs()
    one = stream(logs, monkeypatch)

    assert one.write(line) == shown
    one.flush()
    one.flush()

    assert logs.put == [[shown]]


@pytest.mark.parametrize(("lines", "batches"), [(99, []), (100, [100]), (201, [100, 100])])
def test_a_hundred_lines_are_written_at_once(
    lines: int, batches: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = Logs()
    one = stream(logs, monkeypatch)
    for number in range(lines):
        one.write(str(number))

    assert [len(batch) for batch in logs.put] == batches


def test_lines_of_a_group_that_somebody_deleted_are_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logs: Any = Logs()
    one = stream(logs, monkeypatch)
    one.write("x")
    logs.groups.clear()

    one.flush()

    assert logs.put == []
