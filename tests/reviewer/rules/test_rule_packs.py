"""Which rule packs checked a synthesis, and that a reviewer's own rules judge every revision."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cfn.assembly import AssemblyError
from reviewer.assembly import Assembly, OpenFinding
from reviewer.rules import rule_packs
from reviewer.rules.rule_packs import (
    RULE_PACKS,
    has_open_findings,
    missing_rule_packs,
    with_own_rules,
)
from tests.reviewer.handmade import one


def reported(folder: Path, packs: dict[str, list[Any]] | None) -> Path:
    """A synthesis whose report has these packs, each with what it objects to."""
    folder.mkdir()
    if packs is not None:
        report = [{"pluginName": name, "violations": found} for name, found in packs.items()]
        (folder / "validation-report.json").write_text(json.dumps({"pluginReports": report}))
    return folder


EACH: dict[str, list[Any]] = {pack: [] for pack in RULE_PACKS}


@pytest.mark.parametrize(
    ("packs", "gone"),
    [
        (EACH, []),
        ({**EACH, "CloudFormation": [{}]}, []),
        ({**EACH, "AwsSolutions": [{}]}, []),
        ({"AwsSolutions": [], "PCI.DSS.321": []}, ["HIPAA.Security", "NIST.800.53.R5"]),
        ({}, list(RULE_PACKS)),
        (None, list(RULE_PACKS)),
    ],
)
def test_a_rule_pack_that_did_not_check_is_named(
    tmp_path: Path, packs: dict[str, list[Any]] | None, gone: list[str]
) -> None:
    found = list(missing_rule_packs(reported(tmp_path / "a", packs)))

    assert [finding.at for finding in found] == gone
    assert all(finding.rule == "rule-pack-gone" and finding.needs_person for finding in found)


def test_the_rule_packs_that_have_to_check_are_those_of_a_synthesis(synthesis: Path) -> None:
    report = json.loads((synthesis / "validation-report.json").read_text())

    assert sorted(pack["pluginName"] for pack in report["pluginReports"]) == list(RULE_PACKS)
    assert list(missing_rule_packs(synthesis)) == []
    assert not has_open_findings(synthesis)


@pytest.mark.parametrize("packs", [None, {}, {**EACH, "Kiban": [{}]}])
def test_findings_are_open_unless_every_pack_says_there_is_none(
    tmp_path: Path, packs: dict[str, list[Any]] | None
) -> None:
    assert has_open_findings(reported(tmp_path / "a", packs))
    assert not has_open_findings(reported(tmp_path / "b", EACH))


def test_a_report_of_another_shape_is_refused_and_no_proof(tmp_path: Path) -> None:
    broken = reported(tmp_path / "a", {})
    (broken / "validation-report.json").write_text('{"pluginReports": 1}')

    with pytest.raises(AssemblyError, match="pluginReports"):
        list(missing_rule_packs(broken))
    assert has_open_findings(broken)


def test_the_reviewer_s_own_rules_count_and_not_those_of_the_revision() -> None:
    said_by_it = OpenFinding("Storage/It", "Forgotten", "Kiban", "said by the revision's rules")
    pack = OpenFinding("Storage/It", "S1", "AwsSolutions", "said by a rule pack")
    assembly = replace(broken_policy(), open_findings=(said_by_it, pack))

    first, *own = with_own_rules(assembly).open_findings

    assert first == pack
    assert [(found.rule, found.pack) for found in own] == [("RoleOfOneConstruct", "Kiban")]
    assert own[0].said.startswith("Every role is made by the one construct for roles: ")


def test_a_template_that_the_rules_cannot_be_tried_on_is_an_open_finding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(assembly: Assembly) -> Any:
        raise KeyError("Statement")

    monkeypatch.setattr(rule_packs, "violations", fail)

    (found,) = with_own_rules(broken_policy()).open_findings

    assert (found.rule, found.pack) == ("Unreadable", "Kiban")
    assert found.said == "the rules cannot be tried on it (KeyError: 'Statement')"


def broken_policy() -> Assembly:
    """An environment with a policy of the type that no construct of the project makes."""
    policy = {"PolicyDocument": {"Statement": []}, "PolicyName": "p", "Roles": []}
    return one("AWS::IAM::Policy", policy)
