"""Acknowledgments of rule pack findings, each with the API call that needs the exception."""

from collections.abc import Iterable

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct

FRAMEWORKS = ("NIST.800.53.R5", "HIPAA.Security", "PCI.DSS.321")


def acknowledge(construct: IConstruct, reason: str, *findings: str) -> None:
    """Record why `construct` keeps `findings`, each with the id its rule pack reports.

    `reason` names the call that needs it.
    """
    acknowledge_each(construct, [(finding, reason) for finding in findings])


def acknowledge_each(construct: IConstruct, reasons: Iterable[tuple[str, str]]) -> None:
    """Record findings, each with a reason of its own, in one call."""
    acknowledgments = [
        # The short form silences a finding without recording it; the long form records it.
        Acknowledgment(id=f"{finding.partition('-')[0]}::{finding}", reason=reason)
        for finding, reason in reasons
    ]
    if acknowledgments:
        Validations.of(construct).acknowledge(*acknowledgments)


def in_frameworks(rule: str) -> list[str]:
    """Return the findings of one rule in every rule pack of a compliance framework."""
    return [f"{pack}-{rule}" for pack in FRAMEWORKS]
