"""The contract suite for any SageMaker container: a folder of programs, or a running server."""

from conformance.check import Check
from conformance.errors import TargetError
from conformance.report import NOT_CHECKED, Report, Result
from conformance.suite import CHECKS, NAMES, run
from conformance.terms import Terms

__all__ = [
    "CHECKS",
    "NAMES",
    "NOT_CHECKED",
    "Check",
    "Report",
    "Result",
    "TargetError",
    "Terms",
    "run",
]
