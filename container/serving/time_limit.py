"""Time limit of predictions: requests that would take too long are rejected early."""

import time

from container.contract.http_errors import too_large

# Share of the response time limit: the rest is for writing.
_SHARE = 0.7
# Earlier, a moment without the processor would look like a slow model.
_SURE_AFTER_SECONDS = 5.0


class TimeLimit:
    """The time that one request may take, from now on."""

    def __init__(self, response_seconds: float) -> None:
        self._seconds = _SHARE * response_seconds
        self._began = time.monotonic()

    def check(self, rows: int, share: float) -> None:
        """Raise HTTPError (413) when it is clear, after `share` of the work, that it is too slow.

        `rows` are done by now.
        """
        taken = time.monotonic() - self._began
        if taken > min(_SURE_AFTER_SECONDS, self._seconds) and taken > self._seconds * share:
            fitting = int(rows * self._seconds / taken)
            raise too_large(f"this takes too long; send at most {fitting} rows at once")
