"""Lets the CDK's own validation ask the rules of this project, as it asks the rule packs."""

from collections.abc import Iterator
from pathlib import Path

import jsii
from aws_cdk import (
    App,
    IPolicyValidationContext,
    IPolicyValidationPlugin,
    PolicyValidationPluginReport,
    PolicyViolatingResource,
    PolicyViolation,
)

from reviewer.assembly import environments, read_assembly
from reviewer.rules.custom_rules import RULES, Violation, violations

_SAID = {rule.name: rule.said for rule in RULES}


@jsii.implements(IPolicyValidationPlugin)
class HouseChecks:
    """Reads the templates that were just written, all environments of one synthesis."""

    @property
    def name(self) -> str:
        return "Kiban"

    @property
    def version(self) -> str | None:
        return None

    @property
    def rule_ids(self) -> list[str] | None:
        return list(_SAID)

    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        """Report every resource that breaks a rule."""
        app = context.app_construct
        assert isinstance(app, App), "a synthesis has an app at its root"
        found = list(_reported(Path(app.outdir)))
        return PolicyValidationPluginReport(success=not found, violations=found)


def _reported(cdk_out: Path) -> Iterator[PolicyViolation]:
    for name in environments(cdk_out):
        assembly = read_assembly(cdk_out, name)
        for violation in violations(assembly):
            yield _report(assembly.stage, violation)


def _report(stage: str, violation: Violation) -> PolicyViolation:
    resource = violation.resource
    return PolicyViolation(
        rule_name=violation.rule,
        description=f"{_SAID[violation.rule]}: {violation.said}",
        severity="error",
        fix=violation.fix,
        violating_resources=[
            PolicyViolatingResource(
                locations=[f"Properties/{violation.property}"],
                resource_logical_id=resource.logical_id,
                construct_path=f"{stage}/{resource.path}",
            )
        ],
    )
