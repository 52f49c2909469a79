"""CDK app whose synthesis fails on an open finding of cdk-nag or of the project's own rules."""

from collections.abc import Iterator
from pathlib import Path

import cdk_nag
import jsii
from aws_cdk import (
    App,
    IPolicyValidationContext,
    IPolicyValidationPlugin,
    PolicyValidationPluginReport,
    PolicyViolatingResource,
    PolicyViolation,
    Validations,
)
from constructs import IConstruct

from cfn.assembly import stages
from constructs_lib.synthesis.synthesis_speed import cloudformation_rules
from reviewer.assembly import read_stage
from reviewer.rules.custom_rules import RULES, RuleViolation, violations

_SAID = {rule.name: rule.said for rule in RULES}


class CheckedApp(App):
    """The app of every synthesis: four rule packs and our own rules check everything in it."""

    def __init__(self) -> None:
        # First of all: until they are loaded, nothing else may call the CDK's process.
        rules = cloudformation_rules()
        # tree.json serves explorers only; the paths of constructs are in manifest.json, too.
        super().__init__(tree_metadata=False)
        register_security_checks(self)
        Validations.of(self).add_plugins(CustomRulesPlugin(), rules)


def register_security_checks(app: IConstruct) -> None:
    """Check everything below `app` against AWS's own advice, NIST 800-53 r5, HIPAA and PCI DSS."""
    Validations.of(app).add_plugins(
        cdk_nag.AwsSolutionsChecks(app),
        cdk_nag.NIST80053R5Checks(app),
        cdk_nag.HIPAASecurityChecks(app),
        cdk_nag.PCIDSS321Checks(app),
    )


@jsii.implements(IPolicyValidationPlugin)
class CustomRulesPlugin:
    """Validation plugin for the project's own rules; reads the templates just synthesised."""

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
    for stage in stages(cdk_out):
        for violation in violations(read_stage(cdk_out, stage)):
            yield _report(stage, violation)


def _report(stage: str, violation: RuleViolation) -> PolicyViolation:
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
