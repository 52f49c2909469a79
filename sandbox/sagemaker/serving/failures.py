"""Exceptions of instances that do not serve."""

from __future__ import annotations


class Unhealthy(Exception):
    """A copy that never passed its health check; the text is the endpoint's FailureReason."""
