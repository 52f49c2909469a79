"""HTTP error responses: the status and the message that the client sees."""

from dataclasses import dataclass
from http import HTTPStatus


@dataclass
class HTTPError(Exception):
    """An error response with `status` and `message`, instead of predictions.

    The message is logged: it names lines and columns, never a value that the body holds.
    """

    status: HTTPStatus
    message: str


def bad_request(message: str) -> HTTPError:
    """Return an error (400) that the client can correct."""
    return HTTPError(HTTPStatus.BAD_REQUEST, message)


def too_large(message: str) -> HTTPError:
    """Return an error (413) for what the client can send in parts."""
    return HTTPError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)
