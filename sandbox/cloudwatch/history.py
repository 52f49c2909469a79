"""The history of alarms: configurations, states and actions, as DescribeAlarmHistory tells it."""

from __future__ import annotations

import json
import threading
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any

from sandbox.state.stores import now

if TYPE_CHECKING:
    from sandbox.state.stores import Document, Place

_ITEMS: dict[Place, deque[Document]] = defaultdict(lambda: deque(maxlen=5_000))
_LOCK = threading.Lock()


def note(place: Place, alarm: Any, kind: str, summary: str, data: Document) -> None:
    """Add an item: ConfigurationUpdate, StateUpdate or Action."""
    item = {
        "AlarmName": alarm.name,
        "AlarmType": "CompositeAlarm" if alarm.rule else "MetricAlarm",
        "Timestamp": now(),
        "HistoryItemType": kind,
        "HistorySummary": summary,
        "HistoryData": json.dumps({"version": "1.0", **data}),
    }
    with _LOCK:
        _ITEMS[place].append(item)


def items(place: Place, request: Document) -> list[Document]:
    """Return what a DescribeAlarmHistory asks for, the newest first unless it says otherwise."""
    with _LOCK:
        found = list(_ITEMS[place])
    types = request.get("AlarmTypes") or ["MetricAlarm"]
    kept = [
        item
        for item in found
        if request.get("AlarmName") in (None, item["AlarmName"])
        and item["AlarmType"] in types
        and request.get("HistoryItemType") in (None, item["HistoryItemType"])
        and ("StartDate" not in request or item["Timestamp"] >= _aware(request["StartDate"], item))
        and ("EndDate" not in request or item["Timestamp"] <= _aware(request["EndDate"], item))
    ]
    return kept if request.get("ScanBy") == "TimestampAscending" else kept[::-1]


def _aware(moment: Any, item: Document) -> Any:
    return moment if moment.tzinfo else moment.replace(tzinfo=item["Timestamp"].tzinfo)


def forget() -> None:
    """Drop every item."""
    with _LOCK:
        _ITEMS.clear()
