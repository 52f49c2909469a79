"""Why a request gets no predictions: the status and the sentence that its sender sees."""

from dataclasses import dataclass
from http import HTTPStatus


@dataclass
class HTTPError(Exception):
    """A request that gets `status` and `message` instead of predictions.

    The message is logged: it names lines and columns of the model, never what the body holds.
    """

    status: HTTPStatus
    message: str


def bad_request(message: str) -> HTTPError:
    """The sender can correct this."""
    return HTTPError(HTTPStatus.BAD_REQUEST, message)


def too_large(message: str) -> HTTPError:
    """The sender can send it in parts."""
    return HTTPError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)
