"""Four rule packs agree, would have spoken up otherwise, and every answer to them is honest."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3

from constructs_lib.synthesis.checked_app import register_security_checks
from tests.templates.assembly import Assembly
from tests.templates.synthesis import feature_flags

PACKS = ("AwsSolutions", "NIST.800.53.R5", "HIPAA.Security", "PCI.DSS.321")
REASON_LETTERS = 40


def findings(report: dict[str, Any]) -> list[str]:
    """Open findings of one pack: rule and place."""
    return [
        f"{violation['ruleName']}: {construct['constructPath']}"
        for violation in report["violations"]
        for construct in violation["violatingConstructs"]
    ]


def suppressed(assembly: Assembly) -> set[tuple[str, str]]:
    """What the packs found and an acknowledgment answers: id of the finding and its place."""
    return {
        (violation["acknowledgedId"], construct["constructPath"])
        for report in assembly.report().values()
        for violation in report.get("suppressedViolations", [])
        for construct in violation["violatingConstructs"]
    }


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The report about an app that no pack may like."""
    folder = tmp_path_factory.mktemp("canary")
    quiet = {"@aws-cdk/core:failSynthOnValidationErrors": False}
    app = cdk.App(
        context=feature_flags() | quiet,
        builtin_cloud_formation_validation=False,
        outdir=str(folder),
    )
    s3.Bucket(cdk.Stack(app, "Canary"), "Careless")
    register_security_checks(app)
    app.synth()
    plugins = json.loads((folder / "validation-report.json").read_text())["pluginReports"]
    return {plugin["pluginName"]: plugin for plugin in plugins}


@pytest.mark.parametrize("pack", PACKS)
def test_every_pack_would_notice_a_careless_bucket(pack: str, canary: dict[str, Any]) -> None:
    assert findings(canary[pack])


@pytest.mark.parametrize("pack", PACKS)
def test_no_finding_is_open(pack: str, assembly: Assembly) -> None:
    report = assembly.report()[pack]

    assert findings(report) == []
    assert report["conclusion"] == "success"
    assert report.get("metadata", {}).get("error") is None


def test_cloudformation_itself_has_nothing_to_say(assembly: Assembly) -> None:
    others = {name: report for name, report in assembly.report().items() if name not in PACKS}

    assert {name: findings(report) for name, report in others.items() if findings(report)} == {}


def test_every_acknowledgment_answers_a_finding(assembly: Assembly) -> None:
    real = suppressed(assembly)
    unused = {
        f"{item.path}: {item.finding}"
        for item in assembly.acknowledged()
        if not any(
            finding == item.finding and f"/{place}/".startswith(f"{item.path}/")
            for finding, place in real
        )
    }

    assert unused == set()


def test_every_acknowledgment_gives_a_reason(assembly: Assembly) -> None:
    short = [item for item in assembly.acknowledged() if len(item.reason) < REASON_LETTERS]

    assert assembly.acknowledged()
    assert short == []


def test_no_acknowledgment_covers_a_whole_stack(assembly: Assembly) -> None:
    # A path is /<stage>/<stack>/<construct>...
    wide = [item for item in assembly.acknowledged() if item.path.count("/") < 3]

    assert wide == []


def test_every_acknowledgment_is_recorded_as_one(assembly: Assembly) -> None:
    # The short form of an id hides the finding from the report instead of answering it.
    hidden = [item for item in assembly.acknowledged() if "::" not in item.finding]
    hidden += [item for item in assembly.acknowledged() if item.finding.startswith("Annotation::")]

    assert hidden == []


@pytest.mark.parametrize("pack", PACKS)
def test_every_pack_was_asked(pack: str, assembly: Assembly) -> None:
    answered = [item for item in assembly.acknowledged() if item.finding.startswith(f"{pack}::")]

    assert answered


def test_the_report_is_about_every_environment(assembly: Assembly) -> None:
    stages = {Path(item.path).parts[1] for item in assembly.acknowledged()}

    assert stages == {"kiban-dev", "kiban-staging", "kiban-prod"}
