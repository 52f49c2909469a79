"""Why a request gets no predictions: the status and the sentence that its sender sees."""

from dataclasses import dataclass
from http import HTTPStatus


@dataclass
class RefusedError(Exception):
    """A request that gets `status` and `message` instead of predictions."""

    status: HTTPStatus
    message: str


def bad_request(message: str) -> RefusedError:
    """The sender can correct this."""
    return RefusedError(HTTPStatus.BAD_REQUEST, message)
