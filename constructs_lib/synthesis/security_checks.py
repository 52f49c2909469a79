"""Four rule packs and our own rules see every synthesis; `cdk synth` fails on an open finding."""

import cdk_nag
from aws_cdk import App, Validations
from constructs import IConstruct

from constructs_lib.synthesis.custom_rules_plugin import HouseChecks
from constructs_lib.synthesis.synthesis_speed import cloudformation_rules


class CheckedApp(App):
    """The app of every synthesis: it ends in an error while a finding is open."""

    def __init__(self) -> None:
        # First of all: until they are loaded, nothing else may call the CDK's process.
        rules = cloudformation_rules()
        # tree.json serves explorers only; the paths of constructs are in manifest.json, too.
        super().__init__(tree_metadata=False)
        register_security_checks(self)
        Validations.of(self).add_plugins(HouseChecks(), rules)


def register_security_checks(app: IConstruct) -> None:
    """Check everything below `app` against AWS's own advice, NIST 800-53 r5, HIPAA and PCI DSS."""
    Validations.of(app).add_plugins(
        cdk_nag.AwsSolutionsChecks(app),
        cdk_nag.NIST80053R5Checks(app),
        cdk_nag.HIPAASecurityChecks(app),
        cdk_nag.PCIDSS321Checks(app),
    )
