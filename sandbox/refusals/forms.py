"""What each service calls a request that its model does not allow, and how it says so.

A service that is not named here is not checked: in what words it refuses is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sandbox.refusals.constraints import Limits

_PROBLEM = re.compile(r"Value.* at '([^']*)' failed to satisfy constraint: Member (.*)", re.DOTALL)
_PATTERN = "must satisfy regular expression pattern: "


class Refused(Exception):
    """A request that AWS refuses: the code and the text of its answer."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Form(NamedTuple):
    """The code of a service, its words, and the limits that its model lacks, by member."""

    code: str
    words: Callable[[Sequence[str]], str]
    stricter: Mapping[str, Limits]


def _counted(problems: Sequence[str]) -> str:
    noun = "error" if len(problems) == 1 else "errors"
    return f"{len(problems)} validation {noun} detected: {'; '.join(problems)}"


def _of_ecr(problems: Sequence[str]) -> str:
    """As CreateRepository is quoted: it tells the first problem, and not the value."""
    found = _PROBLEM.fullmatch(problems[0])
    assert found is not None, "constraints.py writes no other text"
    where, what = found.groups()
    if what.startswith(_PATTERN):
        what = f"must satisfy regular expression '{what.removeprefix(_PATTERN)}'"
    return f"Invalid parameter at '{where}' failed to satisfy constraint: '{what}'"


# How long a delay may be: docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
_KMS = {"pendingWindowInDays": {"min": 7, "max": 30}}
# hashicorp/terraform-provider-aws#29225
_SAGEMAKER = {"subnetIds": {"max": 10}}
# widdix/aws-cf-templates#169, and a name as CreateStack is quoted with it.
_CLOUDFORMATION: dict[str, Limits] = {
    "templateBody": {"max": 51_200},
    "stackName": {"pattern": "[a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*", "min": 1},
}

FORMS: dict[str, Form] = {
    "application-autoscaling": Form("ValidationException", _counted, {}),
    # Declared by its model as the error of a wrong input; its own words were found nowhere.
    "budgets": Form("InvalidParameterException", _counted, {}),
    "cloudformation": Form("ValidationError", _counted, _CLOUDFORMATION),
    "cloudwatch": Form("ValidationError", _counted, {}),
    # As for budgets.
    "codebuild": Form("InvalidInputException", _counted, {}),
    "ecr": Form("InvalidParameterException", _of_ecr, {}),
    "events": Form("ValidationException", _counted, {}),
    "iam": Form("ValidationError", _counted, {}),
    "kms": Form("ValidationException", _counted, _KMS),
    "logs": Form("InvalidParameterException", _counted, {}),
    "sagemaker": Form("ValidationException", _counted, _SAGEMAKER),
    "sagemaker-runtime": Form("ValidationError", _counted, {}),
    "scheduler": Form("ValidationException", _counted, {}),
    "ssm": Form("ValidationException", _counted, {}),
    "stepfunctions": Form("ValidationException", _counted, {}),
    "sts": Form("ValidationError", _counted, {}),
}
