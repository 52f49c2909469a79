"""How much a template may hold: what CloudFormation counts at the request.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html, in the
words of amplify-education/serverless-log-forwarding#26 and F5Networks/f5-aws-cloudformation#23.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.cloudformation.errors import TemplateError

if TYPE_CHECKING:
    from cfn.template import Template

_MOST = {"Resources": 500, "Parameters": 200, "Outputs": 200, "Mappings": 200}
_LONGEST = 1_000_000


def check_length(text: str) -> None:
    """Raise TemplateError for a text that is too long, wherever it was read."""
    if len(text.encode()) > _LONGEST:
        raise TemplateError(f"Template may not exceed {_LONGEST} bytes in size.")


def check(template: Template) -> None:
    """Raise TemplateError for a template that has too many of something."""
    for section, most in _MOST.items():
        number = len(template.get(section, {}))
        if number > most:
            raise TemplateError(
                f"Template format error: Number of {section.lower()}, {number}, is greater than "
                f"maximum allowed, {most}"
            )
