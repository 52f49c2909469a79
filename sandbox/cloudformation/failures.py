"""Status reason of a failure: one line of a stack's events."""

from __future__ import annotations

import logging

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.cloudformation.errors import TemplateError
from sandbox.handlers.resource import ResourceError

_LOG = logging.getLogger(__name__)
_EXPECTED = (TemplateError, ResourceError, BotoCoreError)


def explain(error: Exception) -> str:
    """Return an error as one line; an unexpected one is also written to the log."""
    if isinstance(error, ClientError):
        answer = error.response["Error"]
        line = f"{error.operation_name}: {answer['Message']} ({answer['Code']})"
        return " ".join(line.split())
    if isinstance(error, _EXPECTED):
        return " ".join(str(error).split())
    _LOG.error("sandbox: a resource handler failed", exc_info=error)
    return " ".join(f"sandbox: {type(error).__name__}: {error}".split())
