"""Acknowledgments of rule pack findings, each with the API call that needs the exception."""

from weakref import WeakKeyDictionary

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct

FRAMEWORKS = ("NIST.800.53.R5", "HIPAA.Security", "PCI.DSS.321")

_VALIDATIONS: "WeakKeyDictionary[IConstruct, Validations]" = WeakKeyDictionary()


def acknowledge(construct: IConstruct, reason: str, *findings: str) -> None:
    """Record why `construct` keeps `findings`, each with the id its rule pack reports.

    `reason` names the call that needs it.
    """
    if construct not in _VALIDATIONS:
        _VALIDATIONS[construct] = Validations.of(construct)
    _VALIDATIONS[construct].acknowledge(
        *(
            # The short form silences a finding without recording it; the long form records it.
            Acknowledgment(id=f"{finding.partition('-')[0]}::{finding}", reason=reason)
            for finding in findings
        )
    )


def in_frameworks(rule: str) -> list[str]:
    """Return the findings of one rule in every rule pack of a compliance framework."""
    return [f"{pack}-{rule}" for pack in FRAMEWORKS]
