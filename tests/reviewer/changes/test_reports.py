"""What a report of a comparison says first, what it folds away, and how long it may be."""

import json
from typing import Any

import pytest

from reviewer.changes import reports
from reviewer.changes.finding import AREAS, Finding
from reviewer.changes.reports import html_report, json_report, json_text, markdown_report
from reviewer.changes.revision_diff import RevisionDiff, compare
from reviewer.diagram import layout
from tests.reviewer.handmade import UNPRICED, environment, stack

ALARM = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmActions": [{"Ref": "T"}]}}
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "é"}}


def compared(old: dict[str, Any], new: dict[str, Any]) -> RevisionDiff:
    return compare(environment(stack(old)), environment(stack(new)), UNPRICED)


SAME = compared({"T": TOPIC}, {"T": TOPIC})
HARMLESS = compared({"T": TOPIC}, {"A": ALARM, "T": TOPIC})
GRAVE = compared({"A": ALARM, "T": TOPIC}, {"T": TOPIC})


@pytest.mark.parametrize(
    ("found", "title"),
    [
        ([], "No environment changes"),
        ([SAME], "No environment changes"),
        ([SAME, HARMLESS], "Nothing that a person has to look at"),
        ([GRAVE], "1 change for a person to look at"),
        ([GRAVE, GRAVE, HARMLESS], "2 changes for a person to look at"),
    ],
)
def test_the_title_says_whether_a_person_has_to_look(found: list[RevisionDiff], title: str) -> None:
    assert markdown_report("main", found).startswith(f"# {title}\n\nCompared with `main`.\n")


def test_what_a_person_has_to_look_at_is_a_table_and_the_rest_is_folded() -> None:
    grave = markdown_report("main", [GRAVE])
    harmless = markdown_report("main", [HARMLESS])
    same = markdown_report("main", [SAME])

    assert f"### {AREAS['safety']}\n" in grave
    assert "`alarm-removed`" in grave
    assert f"### {AREAS['cost']}\n" not in grave
    assert "<summary>2 changes more</summary>" in harmless
    assert harmless.count("<details>") == harmless.count("</details>") == 1
    assert "### " not in harmless
    assert "No change.\n" in same
    assert "<details>" not in same


def test_a_comment_is_cut_at_a_line_before_it_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = markdown_report("main", [GRAVE])
    monkeypatch.setattr(reports, "_MOST_LETTERS", len(whole))
    assert markdown_report("main", [GRAVE]) == whole
    monkeypatch.setattr(reports, "_MOST_LETTERS", len(whole) - 1)

    cut = markdown_report("main", [GRAVE])

    assert cut.endswith("\n\n…and more: see the page or the JSON.\n")
    assert whole.startswith(cut.partition("\n\n…")[0] + "\n")


def test_a_machine_gets_every_finding_with_its_own_letters() -> None:
    report = json_report("main", [SAME, GRAVE])

    assert (report["base"], report["needs_person"]) == ("main", True)
    assert [one["needs_person"] for one in report["environments"]] == [False, True]
    assert json_report("main", [SAME])["needs_person"] is False
    assert "alarm-removed" in [one["rule"] for one in report["environments"][1]["findings"]]
    assert report["environments"][0]["oldest_price"] is None
    text = json_text({"said": "é → x"})
    assert text == '{\n  "said": "é → x"\n}\n'
    assert json.loads(text) == {"said": "é → x"}


@pytest.fixture
def without_elk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every picture be without lines, as ELK is a program of its own."""
    nothing = {"children": [], "edges": [], "width": 0, "height": 0}
    monkeypatch.setattr(layout, "_run", lambda questions: [nothing] * len(questions))


@pytest.mark.usefixtures("without_elk")
def test_a_page_shows_what_goes_where_it_was_and_what_comes_where_it_will_be() -> None:
    one, two = {"T": TOPIC}, {"T": TOPIC, "U": TOPIC}

    gone = html_report("main", [compared(two, one)])
    came = html_report("main", [compared(one, two)])
    same = html_report("main", [SAME])

    assert 'id="kb-before-' in gone
    assert 'labelledby="kb-before-' in gone
    assert 'class="removed' in gone
    assert 'id="kb-before-' not in came
    assert 'class="added' in came
    assert "<svg" not in same
    # Folded text cannot be searched, and a page has room.
    assert "<details>" not in came
    assert "<h3>" in came


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [("", "", "it"), ("a", "", "it (a → )"), ("", "b", "it ( → b)"), ("a", "b", "it (a → b)")],
)
def test_a_line_shows_the_values_that_are_known(before: str, after: str, said: str) -> None:
    assert reports._short(Finding("rule", "safety", "at", "it", before, after))[1] == said
