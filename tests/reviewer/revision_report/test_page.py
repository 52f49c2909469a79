"""The page of a comparison: pictures of both sides, findings as text, names that stay whole."""

import re

import pytest

from reviewer.diagram import layout
from reviewer.revision_report.page import html_report
from tests.reviewer.revision_report.written import (
    GRAVE,
    SAME,
    TOPIC,
    compared,
    comparison,
    finding,
)


@pytest.fixture(autouse=True)
def without_elk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every picture be without lines, as ELK is a program of its own."""
    nothing = {"children": [], "edges": [], "width": 0, "height": 0}
    monkeypatch.setattr(layout, "_run", lambda questions: [nothing] * len(questions))


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


def test_a_page_has_every_finding_once_and_the_lines_of_its_values() -> None:
    long = finding("it runs more", before="a\nb", after="a\nc")
    found = [comparison(long, environment=name) for name in ("dev", "prod")]

    page = html_report("main", [*found, GRAVE])

    assert page.count("it runs more") == 1
    assert "<code>dev</code>, <code>prod</code>" in page
    assert "<del>-b\n</del><ins>+c\n</ins>" in page


def test_a_value_is_text_on_the_page() -> None:
    evil = '</details><script>alert(1)</script>"\u202e\x00 `</code><b>`'
    found = comparison(finding(evil, at=evil, before=evil, after=f"{evil}\n{evil}", rule=evil))

    page = html_report(evil, [found])

    body = page.partition("<main")[2].partition("<script>")[0]
    assert not re.search(r"<b>|<script|[\u202e\x00]", body)
    assert body.count("<details>") == body.count("</details>") == 1


def test_a_name_breaks_between_its_words_only() -> None:
    name = (
        "Training-churn/JobRole AWS::SageMaker::Model ml.m5.2xlarge s3:GetObject 10.0.0.0/16 "
        "arn:aws:sns:us-east-1:111122223333:topic 2001:db8:1234:1a00::/56"
    )
    page = html_report("main", [comparison(finding(at=name))])

    assert (
        "Training-<wbr>churn/<wbr>JobRole AWS::<wbr>SageMaker::<wbr>Model ml.m5.2xlarge "
        "s3:GetObject 10.0.0.0/16 "
        "arn:<wbr>aws:<wbr>sns:<wbr>us-<wbr>east-<wbr>1:<wbr>111122223333:<wbr>topic "
        "2001:db8:1234:1a00::/56"
    ) in page


def test_a_name_of_up_to_24_letters_is_not_broken_at_its_colons() -> None:
    names = "fe80:1234:1234:1234:1234 fe80:1234:1234:1234:12345"
    page = html_report("main", [comparison(finding(at=names))])

    long = "fe80:<wbr>1234:<wbr>1234:<wbr>1234:<wbr>12345"
    assert f"fe80:1234:1234:1234:1234 {long}" in page
