"""SetQueueAttributes as SQS does it: an attribute that is not given stays, the policy among them.

moto forgets the policy. docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/
API_SetQueueAttributes.html: a map of the attributes to set; an empty text takes the policy away.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.sqs.models import SQSBackend

_moto_sets: Callable[..., Any] = SQSBackend.set_queue_attributes


def _set_queue_attributes(backend: Any, queue_name: str, attributes: dict[str, Any]) -> Any:
    given = dict(attributes)
    if "Policy" not in given:
        # Without one moto has None here, and reads that as no policy.
        given["Policy"] = backend.get_queue(queue_name).policy
    return _moto_sets(backend, queue_name, given)


def install() -> None:
    """Replace what moto does."""
    SQSBackend.set_queue_attributes = _set_queue_attributes
