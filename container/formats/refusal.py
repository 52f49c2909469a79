"""Why a request gets no predictions: the status and the sentence that its sender sees."""

from dataclasses import dataclass
from http import HTTPStatus

MOST_ROWS = 100_000


@dataclass
class RefusedError(Exception):
    """A request that gets `status` and `message` instead of predictions.

    The message is logged: it names lines and columns of the model, never what the body holds.
    """

    status: HTTPStatus
    message: str


def bad_request(message: str) -> RefusedError:
    """The sender can correct this."""
    return RefusedError(HTTPStatus.BAD_REQUEST, message)


def too_large(message: str) -> RefusedError:
    """The sender can send it in parts."""
    return RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)


def check_row_count(rows: int) -> None:
    """Raise RefusedError for no rows, or for more than one request may have."""
    if rows > MOST_ROWS:
        raise too_large(f"the body has over {MOST_ROWS} rows; send at most that many at once")
    if rows < 1:
        raise bad_request("the body has no rows; send at least one")


def check_width(where: str, width: int, expected: int, lenient: bool = False) -> None:
    """Raise RefusedError unless a row has all features; `lenient`: the last ones may lack."""
    if width != expected and not (lenient and 0 < width < expected):
        raise bad_request(f"{where} has {width} features; this model takes {expected}")
