"""What a reviewer says of a request, and how its program ends."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cfn.assembly import AssemblyError
from cli.review import judge as program
from cli.review.judge_request import NEEDS_PERSON, NOT_UNDERSTOOD, JudgeRequest, read_request
from cli.terminal.errors import Failure
from reviewer.changes.finding import Finding
from reviewer.sources.source_findings import FileChange

REQUEST = JudgeRequest("main", "c0ffee", "beef", "repo", "old", "new", ["dev"], "out", True)
ASKS = Finding("rule", "safety", "Storage/Data", "it is weaker")
QUIET = replace(ASKS, needs_person=False)


class Sides:
    """Two syntheses whose comparison is `findings`, of sources that differ in `files`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.findings: list[Finding] = []
        self.files: list[FileChange] = []
        self.packs: list[Finding] = []
        self.error: Exception | None = None
        self.reported: list[Finding] = []
        for name, thing in (
            ("compare_syntheses", self._compare),
            ("changed_files", lambda folder, base, head: self.files),
            ("missing_rule_packs", lambda cdk_out: self.packs),
            ("_report", self._report),
        ):
            monkeypatch.setattr(program, name, thing)

    def _compare(self, old: Path, new: Path, names: Any) -> list[Any]:
        if self.error:
            raise self.error
        return [Compared(tuple(self.findings))]

    def _report(self, request: JudgeRequest, found: Any) -> None:
        self.reported = [finding for one in found for finding in one.findings]


class Compared:
    """A comparison of one environment."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        self.needs_person = any(finding.needs_person for finding in findings)


@pytest.fixture
def sides(monkeypatch: pytest.MonkeyPatch) -> Sides:
    monkeypatch.setattr(program, "replace", lambda one, findings: Compared(findings))
    return Sides(monkeypatch)


def test_nothing_to_look_at_ends_with_zero(sides: Sides) -> None:
    sides.findings = [QUIET]

    assert program.judge(REQUEST) == 0
    assert sides.reported == [QUIET]


@pytest.mark.parametrize("what", ["findings", "packs", "files", "own"])
def test_a_template_a_rule_pack_a_file_and_a_review_by_itself_each_ask(
    sides: Sides, what: str
) -> None:
    sides.findings = [ASKS] if what == "findings" else []
    sides.packs = [ASKS] if what == "packs" else []
    sides.files = [FileChange("kiban", b"a", b"b", 1, 1)] if what == "files" else []

    assert program.judge(replace(REQUEST, is_own=what == "own")) == NEEDS_PERSON
    assert len(sides.reported) == 1


def test_a_revision_that_judges_itself_says_so(sides: Sides) -> None:
    program.judge(replace(REQUEST, is_own=True))

    (finding,) = sides.reported
    assert finding.rule == "reviewer-of-branch"
    assert finding.said == "main has no reviewer for this: the branch's own has judged it"


def test_a_request_survives_its_text() -> None:
    assert read_request(REQUEST.text()) == REQUEST


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", json.dumps({**json.loads(REQUEST.text()), "of_a_later_revision": 1})],
)
def test_a_request_of_another_kind_is_not_understood(sides: Sides, text: str) -> None:
    assert program.main([text]) == NOT_UNDERSTOOD
    assert program.main([]) == NOT_UNDERSTOOD


def test_the_program_ends_as_the_judgement_does(sides: Sides) -> None:
    sides.findings = [ASKS]

    assert program.main([REQUEST.text()]) == NEEDS_PERSON


@pytest.mark.parametrize(
    ("error", "code"), [(AssemblyError("new: no environment dev"), 2), (Failure("git: no"), 1)]
)
def test_an_error_is_one_line(
    sides: Sides, error: Exception, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    sides.error = error

    assert program.main([REQUEST.text()]) == code
    assert capsys.readouterr().err == f"{error}\n"
