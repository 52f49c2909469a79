"""Events of InvokeEndpointWithResponseStream: a container's answer, passed on while it is written.

The format of a message: https://smithy.io/2.0/aws/amazon-eventstream.html; its headers and the
errors are those of botocore's model, shape ResponseStream.
"""

from __future__ import annotations

import http.client
import json
import struct
import zlib
from collections.abc import Callable, Iterator

CONTENT_TYPE = "application/vnd.amazon.eventstream"
_TEXT = 7  # the type of a header's value
_CHECKSUM_BYTES = 4
_PRELUDE_BYTES = 12
_MOST_BYTES = 65_536


class Events:
    """What a WSGI server sends: a PayloadPart for each piece, a ModelStreamError where it breaks.

    `on_end` is called once with the status to count, whether all was sent or the caller left.
    """

    def __init__(
        self,
        connection: http.client.HTTPConnection,
        answer: http.client.HTTPResponse,
        on_end: Callable[[int], None],
    ) -> None:
        self._connection, self._answer, self._on_end = connection, answer, on_end
        self._status: int | None = answer.status

    def __iter__(self) -> Iterator[bytes]:
        try:
            while piece := self._answer.read1(_MOST_BYTES):
                yield _message("event", "PayloadPart", "application/octet-stream", piece)
            if self._answer.length:
                raise http.client.IncompleteRead(b"", self._answer.length)
        except TimeoutError:
            yield self._broken("ModelInvocationTimeExceeded", "The model did not finish in time.")
        except (OSError, http.client.HTTPException):
            yield self._broken("StreamBroken", "The model closed the connection.")

    def _broken(self, code: str, message: str) -> bytes:
        self._status = 500
        content = json.dumps({"ErrorCode": code, "Message": message}).encode()
        return _message("exception", "ModelStreamError", "application/json", content)

    def close(self) -> None:
        """End the exchange with the container; servers call it in every case."""
        self._answer.close()
        self._connection.close()
        status, self._status = self._status, None
        if status is not None:
            self._on_end(status)


def _message(kind: str, name: str, content_type: str, payload: bytes) -> bytes:
    headers = b"".join(
        _header(key, value)
        for key, value in {
            ":message-type": kind,
            f":{kind}-type": name,
            ":content-type": content_type,
        }.items()
    )
    size = _PRELUDE_BYTES + len(headers) + len(payload) + _CHECKSUM_BYTES
    prelude = struct.pack("!II", size, len(headers))
    prelude += struct.pack("!I", zlib.crc32(prelude))
    body = prelude + headers + payload
    return body + struct.pack("!I", zlib.crc32(body))


def _header(key: str, value: str) -> bytes:
    name, text = key.encode(), value.encode()
    return struct.pack("!B", len(name)) + name + struct.pack("!BH", _TEXT, len(text)) + text
