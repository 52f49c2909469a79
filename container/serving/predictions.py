"""Scheduling of predictions: small requests run at once, large ones in a thread pool."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from container.contract.http_errors import HTTPError
from container.formats.plain_rows import count_lines, parse_numbers
from container.serving.loaded_model import LoadedModel
from container.serving.messages import Request, Response
from container.serving.settings import Settings

_THREADS = 2
_QUICK_TYPES = (b"text/csv", b"application/json")
# Of bodies that are read on the event loop; above the first if they are plain numbers only.
_SMALL_BYTES = 8_192
_MAX_INLINE_BYTES = 65_536

# Predicts in the calling thread; raises HTTPError for errors of the client.
Invoke = Callable[[LoadedModel, Request, Settings], Response]


class Predictions:
    """Runs `invoke` for each request; `retire` is called when one never ends."""

    def __init__(self, settings: Settings, invoke: Invoke, retire: Callable[[], None]) -> None:
        # With many models one process holds them all, and its threads use the cores.
        threads = max(_THREADS, settings.workers) if settings.is_multi_model else _THREADS
        self._settings = settings
        self._invoke = invoke
        self._retire = retire
        self._waiting = self._waiting_bytes = 0
        # Four of the largest bodies always may wait.
        self._most_bytes = max(settings.waiting_bytes, 4 * settings.body_bytes)
        self._most_requests = settings.waiting_requests
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="predict")

    def respond(self, loaded: LoadedModel, request: Request) -> Response | Awaitable[Response]:
        """Predict now when that is quick and no request is waiting, else in the thread pool."""
        if not self._waiting and _is_quick(loaded, request):
            return self._invoke(loaded, request, self._settings)
        return self.predict_in_thread(loaded, request)

    async def predict_in_thread(self, loaded: LoadedModel, request: Request) -> Response:
        """Predict in a thread; raises HTTPError (503) when too many wait, or after the timeout."""
        size = len(request.body)
        if self._waiting >= self._most_requests or self._waiting_bytes + size > self._most_bytes:
            raise HTTPError(HTTPStatus.SERVICE_UNAVAILABLE, "too many requests; try again")
        self._waiting += 1
        self._waiting_bytes += size
        loop = asyncio.get_running_loop()
        seconds = self._settings.response_seconds
        try:
            async with asyncio.timeout(seconds):
                return await loop.run_in_executor(
                    self._threads, self._invoke, loaded, request, self._settings
                )
        except TimeoutError as error:
            # The thread cannot be interrupted: this process exits and is replaced.
            self._retire()
            message = f"no response within {seconds:g} seconds; send fewer rows"
            raise HTTPError(HTTPStatus.SERVICE_UNAVAILABLE, message) from error
        finally:
            self._waiting -= 1
            self._waiting_bytes -= size


def _is_quick(loaded: LoadedModel, request: Request) -> bool:
    """Return whether reading and predicting it keeps /ping waiting for a few ms at most."""
    body, size = request.body, len(request.body)
    if size > _MAX_INLINE_BYTES or request.custom_attributes is not None:
        return False
    # What reads the other formats is imported when it is first needed.
    content_type = request.headers.get(b"content-type", b"text/csv")
    if not content_type.startswith(_QUICK_TYPES):
        return False
    if size <= _SMALL_BYTES:
        # There are at most as many rows as bytes.
        return size < loaded.inline_rows or _most_rows(body) <= loaded.inline_rows
    is_plain = content_type.startswith(b"text/csv") and _begins_plain(loaded, body)
    return is_plain and count_lines(body) <= loaded.inline_rows


def _most_rows(body: bytes) -> int:
    """Return a number of rows that no body in CSV or JSON of this text exceeds."""
    return 1 + max(body.count(b"\n") + body.count(b"\r"), body.count(b"[") + body.count(b"{"))


def _begins_plain(loaded: LoadedModel, body: bytes) -> bool:
    """Return whether the first line is plain numbers, which are read fast; so are its like."""
    if loaded.schema.categorical or b"\r" in body:
        return False
    return parse_numbers(b"[%b]" % body.partition(b"\n")[0]) is not None
