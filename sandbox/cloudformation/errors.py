"""Errors of CloudFormation's own that a caller or a stack's history is shown."""

from __future__ import annotations


class TemplateError(Exception):
    """A template that cannot be deployed; the message is one line for the person who wrote it."""
