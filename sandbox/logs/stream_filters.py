"""FilterLogEvents with `logStreamNamePrefix`, which moto passes over: it answers with all streams.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.logs.exceptions import InvalidParameterException
from moto.logs.responses import LogsResponse

_moto_filters: Callable[[Any], Any] = LogsResponse.filter_log_events


def _filter_log_events(response: Any) -> Any:
    prefix = response._get_param("logStreamNamePrefix")
    if not prefix:
        return _moto_filters(response)
    if response._get_param("logStreamNames"):
        raise InvalidParameterException(
            "LogStreamNamePrefix and LogStreamNames are mutually exclusive parameters."
        )
    group = response.logs_backend.groups.get(response._get_param("logGroupName"))
    names = [name for name in list(group.streams) if name.startswith(prefix)] if group else []
    if group and not names:
        return json.dumps({"events": [], "searchedLogStreams": []})
    given = json.loads(response.body)
    response.body = json.dumps({**given, "logStreamNames": names})
    return _moto_filters(response)


def install() -> None:
    """Replace what moto does."""
    LogsResponse.filter_log_events = _filter_log_events
