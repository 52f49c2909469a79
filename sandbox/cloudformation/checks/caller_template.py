"""A template that a caller sends, read and refused as CloudFormation refuses it at the request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.cloudformation.checks import function_shape, template_limits, template_shape
from sandbox.cloudformation.template import check_references, parse

if TYPE_CHECKING:
    from cfn.template import Template


def read(text: str) -> Template:
    """Return the template; raises TemplateError for all that is refused before any value counts."""
    template_limits.check_length(text)
    template = parse(text)
    template_shape.check(template)
    template_limits.check(template)
    function_shape.check(template)
    check_references(template)
    return template
