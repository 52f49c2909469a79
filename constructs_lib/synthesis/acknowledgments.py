"""A finding that has to stay is answered beside what causes it, with the call that needs it."""

from weakref import WeakKeyDictionary

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct

FRAMEWORKS = ("NIST.800.53.R5", "HIPAA.Security", "PCI.DSS.321")

_VALIDATIONS: "WeakKeyDictionary[IConstruct, Validations]" = WeakKeyDictionary()


def acknowledge(construct: IConstruct, reason: str, *findings: str) -> None:
    """Record why `construct` keeps `findings`, each spelled as its pack reports it.

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
    """The findings of one rule in every pack that stands for a framework."""
    return [f"{pack}-{rule}" for pack in FRAMEWORKS]
