"""Findings on a terminal: one line each, none wider than the terminal, nothing cut in a pipe."""

import pytest
from rich.text import Text

from cli.review.finding_lines import finding_lines, print_comparison, print_comparisons
from reviewer.changes.finding import Finding
from reviewer.changes.revision_diff import RevisionDiff
from reviewer.revision_report.finding_rows import finding_rows
from tests.reviewer.revision_report.written import comparison, finding

LONG = "Inference-churn/Endpoint/Alarms/Latency/WithAVeryLongName/Resource"


def lines(width: int | None, *findings: Finding) -> list[Text]:
    found = [comparison(*findings, environment=name) for name in ("prod", "staging")]
    return list(finding_lines(finding_rows(found), width, with_environments=True))


@pytest.mark.parametrize("width", [40, 80, 119, 120, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    found = [
        finding("日本語" * 80, at=LONG),
        finding("short"),
        finding("x" * 300, at="日本" * 60, before="a", after="b\n\x1b[31m"),
    ]

    shown = lines(width, *found)

    assert [line.cell_len <= width for line in shown] == [True] * 3
    assert not any("\n" in line.plain or "\x1b" in line.plain for line in shown)
    assert all(line.plain.endswith("prod, staging") for line in shown)
    assert [line.plain.strip().startswith("open") for line in shown] == [width >= 120] * 3


def test_a_pipe_gets_every_line_whole() -> None:
    (line,) = lines(None, finding("x" * 300, at=LONG, before="on", after="off"))

    assert line.plain == f"  open  {LONG}  {'x' * 300} (on → off)  prod, staging"


def test_a_path_keeps_its_end() -> None:
    (line,) = lines(60, finding(at=LONG))

    assert "…ryLongName/Resource  it is" in line.plain


def test_what_asks_is_printed_over_all_environments_and_the_rest_is_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    quiet = finding("[red]quiet[/]", needs_person=False)
    found = [
        comparison(finding("[bold]opens[/]"), quiet, environment="prod"),
        comparison(environment="dev"),
    ]

    print_comparisons(found)

    assert capsys.readouterr().out.splitlines() == [
        "",
        "1 change for a person to look at",
        "  open  Storage/Data  [bold]opens[/]  prod",
        "  1 other change",
        "  no change: dev",
    ]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (comparison(finding()), ["", "kiban-x", "  open  Storage/Data  it is open"]),
        (
            comparison(finding(needs_person=False)),
            ["", "kiban-x  1 other change", "  nothing that a person has to look at"],
        ),
    ],
)
def test_a_deployment_says_what_asks_of_its_environment(
    found: RevisionDiff, said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    print_comparison(found)

    assert capsys.readouterr().out.splitlines() == said
