"""An environment's name comes from what the synthesis wrote, whatever hyphens it holds."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from cfn.assembly import AssemblyError, environments, stage_of, stages
from cli.review.revision_comparison import compare_syntheses
from config.review.cost_bounds import CostBounds
from constructs_lib.synthesis.checked_app import CustomRulesPlugin
from constructs_lib.synthesis.environment_stage import EnvironmentStage, record_environment
from reviewer.assembly import read_assembly, read_stage
from tests.reviewer.conftest import rewritten
from tests.templates.environments import make_environment
from tests.templates.synthesis import feature_flags

TABLE = {"eu-prod": "kiban-eu-prod", "prod": "kiban-prod", "prod-b": "acme-eu-prod-b"}
CARELESS: dict[str, Any] = {
    "Type": "AWS::SageMaker::Model",
    "Properties": {"ExecutionRoleArn": "arn:aws:iam::111122223333:role/r", "ModelName": "m"},
}

TOPIC: dict[str, Any] = {"Type": "AWS::SNS::Topic", "Properties": {}}


def synthesised(folder: Path, *names: str, careless: str = "", **review: int) -> Path:
    """One stack for each environment; the one of `careless` breaks a rule of the project."""
    quiet = {"@aws-cdk/core:failSynthOnValidationErrors": False}
    app = cdk.App(
        context=feature_flags() | quiet,
        builtin_cloud_formation_validation=False,
        analytics_reporting=False,
        outdir=str(folder),
    )
    cdk.Validations.of(app).add_plugins(CustomRulesPlugin())
    for name in names:
        platform = {"name": TABLE[name].removesuffix(f"-{name}")}
        config = make_environment(environment=name, platform=platform, review=review)
        stage = EnvironmentStage(app, config=config)
        stack = cdk.Stack(stage, "Storage")
        body = CARELESS if name == careless else TOPIC
        cdk.CfnResource(stack, "Only", type=body["Type"], properties=body["Properties"])
        record_environment(stack, config)
    app.synth()
    return folder


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthesised(tmp_path_factory.mktemp("three") / "cdk.out", *TABLE, careless="eu-prod")


@pytest.mark.parametrize(("name", "stage"), TABLE.items())
def test_an_environment_is_read_by_the_name_of_its_file(name: str, stage: str, three: Path) -> None:
    found = read_assembly(three, name)

    assert (found.environment, found.stage) == (name, stage)
    assert [stack.name for stack in found.stacks] == [f"{stage}-Storage"]
    assert [stack.label for stack in found.stacks] == ["Storage"]


def test_every_environment_of_a_synthesis_is_listed_once(three: Path) -> None:
    assert environments(three) == TABLE
    assert list(stages(three)) == list(TABLE.values())


def test_the_custom_rules_judge_every_environment_once(three: Path) -> None:
    report = json.loads((three / "validation-report.json").read_text())

    (kiban,) = [pack for pack in report["pluginReports"] if pack["pluginName"] == "Kiban"]
    (violation,) = kiban["violations"]
    paths = [found["constructPath"] for found in violation["violatingConstructs"]]
    assert violation["ruleName"].endswith("NoNamedCreateOnly")
    assert paths == ["kiban-eu-prod/Storage/Only"]


def test_a_change_of_one_environment_is_found_in_that_one(three: Path, tmp_path: Path) -> None:
    base = synthesised(tmp_path / "base.out", *TABLE)

    found = {one.after.assembly.environment: one for one in compare_syntheses(base, three, [])}

    assert found.keys() == TABLE.keys()
    assert [name for name, one in found.items() if one.findings] == ["eu-prod"]
    (only,) = compare_syntheses(base, three, ["eu-prod"])
    assert only.findings == found["eu-prod"].findings


def test_an_environment_that_goes_away_is_compared_too(three: Path, tmp_path: Path) -> None:
    head = synthesised(tmp_path / "head.out", "prod")

    (gone,) = compare_syntheses(three, head, ["eu-prod"])

    assert gone.stage == "kiban-eu-prod"
    assert "stack-removed" in {finding.rule for finding in gone.findings}


def silent(folder: Path, *names: str) -> Path:
    """A synthesis of an older revision, in which no stack says which environment it is."""
    for file in synthesised(folder, *names).glob("assembly-*/*.metadata.json"):
        rewritten(file, lambda body: [body.update({path: []}) for path in body])
    return folder


def test_the_bounds_of_a_review_are_read_and_in_no_template(three: Path, tmp_path: Path) -> None:
    loose = synthesised(tmp_path / "cdk.out", "prod", cost_rise_percent=40)

    assert read_assembly(three, "prod").cost_bounds == CostBounds()
    assert read_assembly(loose, "prod").cost_bounds == CostBounds(cost_rise_percent=40)
    (file,) = (three / "assembly-kiban-prod").glob("*.template.json")
    assert file.read_text() == (loose / "assembly-kiban-prod" / file.name).read_text()


def test_an_older_revision_and_a_new_environment_have_the_usual_bounds(tmp_path: Path) -> None:
    loose = synthesised(tmp_path / "loose.out", "prod", cost_rise_usd=500)
    older = silent(tmp_path / "older.out", "prod")
    nothing = synthesised(tmp_path / "nothing.out", "prod-b")

    for base in (older, nothing):
        (found,) = compare_syntheses(base, loose, ["prod"])
        assert "cost-bound-raised" in {one.rule for one in found.findings if one.needs_person}


@pytest.mark.parametrize("bounds", [[], "x", 3, {"cost_rise_usd": "9"}, {"cost_rise_usd": -1}])
def test_bounds_that_are_none_are_refused(bounds: Any, tmp_path: Path) -> None:
    folder = synthesised(tmp_path / "cdk.out", "prod")
    (file,) = (folder / "assembly-kiban-prod").glob("*.metadata.json")
    entry = {"type": "kiban:review", "data": bounds}
    rewritten(file, lambda body: body.update({"/kiban-prod/Storage": [entry]}))

    with pytest.raises(AssemblyError, match="assembly-kiban-prod: the bounds of a review are"):
        read_stage(folder, "kiban-prod")


def test_a_bound_of_a_later_revision_is_left_to_it(tmp_path: Path) -> None:
    folder = synthesised(tmp_path / "cdk.out", "prod")
    (file,) = (folder / "assembly-kiban-prod").glob("*.metadata.json")
    entry = {"type": "kiban:review", "data": {"cost_rise_usd": 9, "colour": "green"}}
    rewritten(file, lambda body: body.update({"/kiban-prod/Storage": [entry]}))

    assert read_stage(folder, "kiban-prod").cost_bounds == CostBounds(cost_rise_usd=9)


def test_a_stage_that_does_not_say_which_environment_it_is_is_refused(tmp_path: Path) -> None:
    folder = silent(tmp_path / "cdk.out", "eu-prod")

    with pytest.raises(AssemblyError) as caught:
        read_assembly(folder, "eu-prod")

    assert str(caught.value) == (
        "assembly-kiban-eu-prod/manifest.json: no stack says which environment kiban-eu-prod is; "
        "synthesise again with: make synth"
    )


def test_an_older_revision_that_does_not_say_is_still_compared(three: Path, tmp_path: Path) -> None:
    base = silent(tmp_path / "base.out", "eu-prod", "prod")

    (found,) = compare_syntheses(base, three, ["eu-prod"])

    assert "replaced" in {finding.rule for finding in found.findings}


def test_an_environment_that_no_side_has_is_refused_with_what_is_there(three: Path) -> None:
    with pytest.raises(AssemblyError, match=r"no environment prd; it holds eu-prod, prod, prod-b;"):
        stage_of("prd", three, three)
