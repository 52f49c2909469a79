"""How a failure is told in one line."""

import logging

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from sandbox.cloudformation.errors import TemplateError
from sandbox.cloudformation.failures import explain
from sandbox.handlers.resource import ResourceError


@pytest.mark.parametrize(
    ("error", "line", "is_logged"),
    [
        (
            ClientError({"Error": {"Code": "C", "Message": "m\n n"}}, "CreateBucket"),
            "CreateBucket: m n (C)",
            False,
        ),
        (TemplateError("a\n  b"), "a b", False),
        (ResourceError("a\n  b"), "a b", False),
        (ParamValidationError(report="x\ny"), "Parameter validation failed: x y", False),
        (ValueError("a\n  b"), "sandbox: ValueError: a b", True),
    ],
)
def test_a_failure_is_one_line_and_an_unexpected_one_is_logged(
    error: Exception, line: str, is_logged: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        assert explain(error) == line
    assert bool(caplog.records) is is_logged
