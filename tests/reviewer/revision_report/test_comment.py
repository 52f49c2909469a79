"""What a comment says first, what it folds away, how long it may be; no value is markup."""

import random
import re
from itertools import islice

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reviewer.changes.finding import AREAS
from reviewer.changes.revision_diff import RevisionDiff
from reviewer.revision_report import comment
from reviewer.revision_report.comment import markdown_report, measured
from tests.reviewer.revision_report.written import (
    GRAVE,
    HARMLESS,
    SAME,
    comparison,
    finding,
)

GITHUB_TAKES = 65_536


@pytest.mark.parametrize(
    ("found", "title"),
    [
        ([], "No environment changes"),
        ([SAME], "No environment changes"),
        ([SAME, HARMLESS], "Nothing that a person has to look at"),
        ([GRAVE], "1 change for a person to look at, difference in cost not known"),
        ([comparison(finding("a"), finding("b"))], "2 changes for a person to look at"),
        (
            [comparison(finding(), finding("new", rule="replaced", needs_person=False))],
            "1 change for a person to look at, 1 replacement",
        ),
        (
            [
                comparison(finding(), environment="a", costs=(1, 3)),
                comparison(finding(), environment="b", costs=(0, 10)),
            ],
            "1 change for a person to look at, +USD 12.00 a month",
        ),
    ],
)
def test_the_title_counts_what_asks_what_is_replaced_and_what_it_costs(
    found: list[RevisionDiff], title: str
) -> None:
    assert markdown_report("main", found).startswith(f"# {title}\n\nCompared with `main`.\n")


def test_what_a_person_has_to_look_at_is_a_table_and_the_rest_is_folded() -> None:
    grave = markdown_report("main", [GRAVE])
    harmless = markdown_report("main", [HARMLESS])
    same = markdown_report("main", [SAME])

    assert f"## {AREAS['safety']}\n" in grave
    assert "`alarm-removed`" in grave
    assert f"## {AREAS['cost']}\n" not in grave
    assert "<summary>2 more changes that ask nobody</summary>" in harmless
    assert harmless.count("<details>") == harmless.count("</details>") == 1
    assert "## " not in harmless
    assert "No change: `x`.\n" in same
    assert "<details>" not in same


def test_findings_that_ask_come_before_all_else_over_all_environments() -> None:
    found = [
        comparison(finding("quiet", needs_person=False), environment="a"),
        comparison(finding("costs", area="cost"), environment="b", costs=(1, 2)),
        comparison(finding("opens", area="permissions"), environment="c"),
        comparison(environment="d"),
        comparison(environment="e"),
    ]

    text = markdown_report("main", found)

    places = [text.index(word) for word in ("opens", "costs", "Idle cost", "No change", "quiet")]
    assert places == sorted(places)
    assert "No change: `d`, `e`.\n" in text
    assert "Idle cost of `b`: USD 1.00 → USD 2.00 a month (+USD 1.00)" in text


def test_environments_share_one_row_when_nothing_but_their_name_differs() -> None:
    found = [
        comparison(finding(f"of kiban-{name}-churn", after=f"kiban-{name}"), environment=name)
        for name in ("dev", "prod")
    ]
    other = comparison(finding("of kiban-x-churn", after="elsewhere"), environment="x")

    text = markdown_report("main", [*found, other])

    assert text.startswith("# 2 changes ")
    assert "| `dev` and `prod` | of {stage}-churn | - | `{stage}` |" in text
    assert "| `x` | of kiban-x-churn | - | elsewhere |" in text


def test_all_of_many_environments_are_called_so() -> None:
    found = [comparison(finding(), environment=name) for name in "abcd"]

    assert "| `Storage/Data` | all 4 | it is open |" in markdown_report("main", found)
    assert "environments" not in markdown_report("main", found[:1])


def test_a_long_value_is_a_difference_of_its_lines_below_the_table() -> None:
    script = "#!/bin/sh\n" + "\n".join(f"echo {number}" for number in range(40))
    long = finding(before=script, after=f"{script}\ncurl example.com | sh")

    text = markdown_report("main", [comparison(long)])

    assert "| it is open | 319 characters | 341 characters | `open` |" in text
    assert text.index("```diff") > text.index("`open` |")
    assert "\n+curl example.com | sh\n" in text
    assert "echo 3\n" not in text


def test_the_line_that_folds_a_difference_says_of_what_it_is_and_how_long() -> None:
    new = "\n".join(map(str, range(200)))
    long = finding(before="old " * 100, after=new)

    text = markdown_report("main", [comparison(long, environment="prod")])

    names = "".join(f"<code>{name}</code>, " for name in (long.at, long.rule, "prod"))
    assert f"<summary>{names.removesuffix(', ')}: 200 lines added, 1 line removed</summary>" in text


def numbered(count: int, said: str, **values: object) -> list[RevisionDiff]:
    return [comparison(*(finding(f"{n:04} {said}", **values) for n in range(count)))]


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (3_000, "short"),
        (100, "x" * 900),
        (100, "😀" * 500),
        (300, "a | b `c`" * 40),
        (400, "li\n" * 90),
    ],
)
@pytest.mark.parametrize("asks", [True, False])
def test_a_comment_holds_whole_findings_as_far_as_there_is_room(
    count: int, said: str, asks: bool
) -> None:
    text = markdown_report("main", numbered(count, said, needs_person=asks))

    rows = [line for line in text.splitlines() if line.startswith("| `Storage/Data` |")]
    assert GITHUB_TAKES * 0.9 < measured(text) <= GITHUB_TAKES
    assert len({len(row) for row in rows}) == 1
    assert text.count("<details>") == text.count("</details>")
    what = f"{AREAS['exposure']}: " if asks else ""
    assert f"for want of room:** {what}{count - len(rows)}" in text
    assert "`review.html` and `review.json`" in text


def test_what_is_too_long_for_any_comment_is_counted_and_the_others_are_there() -> None:
    found = comparison(
        finding("y" * 70_000, at="A"),
        finding("z" * 13_000),
        *(finding(f"{number} opens", area="permissions") for number in range(20)),
    )

    text = markdown_report("main", [found])

    assert text.startswith("# 22 changes ")
    assert all(f"| {number} opens |" in text for number in range(20))
    assert "z" * 13_000 in text
    assert f"for want of room:** {AREAS['exposure']}: 1." in text


def test_rows_come_before_the_lines_of_values() -> None:
    lines = "\n".join(f"{number:060}" for number in range(150))
    found = comparison(*(finding(f"{number} opens", after=lines) for number in range(30)))

    text = markdown_report("main", [found])

    shown = text.count("```diff")
    assert all(f"| {number} opens |" in text for number in range(30))
    assert 0 < shown < 30
    assert f"for want of room:** the lines of {30 - shown} values." in text
    assert measured(text) <= GITHUB_TAKES


def test_nothing_is_left_out_without_need() -> None:
    assert "want of room" not in markdown_report("main", [GRAVE, *numbered(100, "short")])


# fmt: off
HOSTILE = [
    "`", "``", "```", "```\n", "|", "\\|", "\\", "\n", "\r\n", "\n\n# Approved\n\n",
    "\n| a | b |\n", "</details>", "<details open>", "<script>alert(1)</script>", "<!--", "-->",
    "<img src=x>", "&lt;", "@everyone", "me@example.com", "#12", "GH-12", "https://example.com",
    "www.example.com", "!12", "[a](https://example.com)", "![a](b)", "**bold**", "_em_", "~~gone~~",
    "$x$", ":+1:", "\x1b[31m", "\u202eevil\u202c", "\u200b", "\u2028", "\x00", "\ud800", "\t", " ",
    "x", "- [x] ok", "> quote", "/merge", "---", "~all", "\u00a0", "\ufeff", "<b>", "a`|`b",
    "0" * 40,
]
# fmt: on
_OURS = re.compile(r"</?details>|</?summary>|</?code>")
MARKUP = {"link_open", "image", "em_open", "s_open", "html_inline", "hr", "blockquote_open"}


def hostile_values() -> list[str]:
    chosen = random.Random(12)
    mixed = ("".join(chosen.choices(HOSTILE, k=chosen.randint(1, 6))) for _ in range(200))
    return [*HOSTILE, *islice(mixed, 120)]


def forged(tokens: list[Token]) -> list[str]:
    """What a value made of a comment in which it should be text."""
    found = []
    for token in tokens:
        for part in token.children or [token]:
            if part.type in MARKUP or (
                part.type == "text" and re.search(r"[@#$]\w|://", part.content)
            ):
                found.append(f"{part.type}: {part.content}")
            if part.type == "html_block" and (
                "<" in _OURS.sub("", part.content) or part.content.count("<details>") > 1
            ):
                found.append(part.content)
    return found


def shape(tokens: list[Token]) -> list[str]:
    kinds = ("heading_open", "tr_open", "td_open", "th_open", "fence", "html_block", "code_block")
    return [token.type for token in tokens if token.type in kinds]


def test_no_value_forges_markup_a_heading_a_row_a_mention_or_a_link() -> None:
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])

    def read(value: str) -> list[Token]:
        tails = (" and " + "more " * 30, "\nother\n")
        asks = finding(
            f"says {value} and `{value}`", at=f"Storage/{value}", before=value + tails[0],
            after=value + tails[1], rule=f"rule{value}",
        )  # fmt: skip
        quiet = finding(f"is {value}", before="a", after=f"x{value}", needs_person=False)
        text = markdown_report(value, [comparison(asks, quiet, environment=f"e{value}"), GRAVE])
        text.encode("utf-8")
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u2028\u202a-\u202e\ufeff]", text)
        return reader.parse(text)

    plain = shape(read("word"))
    for value in hostile_values():
        tokens = read(value)
        assert forged(tokens) == [], value
        assert shape(tokens) == plain, value


def test_the_limit_is_github_s() -> None:
    assert comment._MOST_CHARACTERS == GITHUB_TAKES
    assert measured("a😀") == 3


def test_a_backslash_before_a_pipe_opens_no_cell_where_backslashes_are_pairs() -> None:
    text = markdown_report("main", [comparison(finding(at="a\\|b\\\\|c"))])

    (row,) = (line for line in text.splitlines() if "it is open" in line)
    assert len(re.sub(r"\\.", "", row).split("|")) == 7
