"""Which changes of files ask for a person, in which words."""

import pytest

from reviewer.sources.file_rows import row_of, rows
from reviewer.sources.same_meaning import mean_same
from reviewer.sources.source_findings import FileChange, asks, source_findings
from tests.templates.synthesis import REPO


def changed(path: str, before: str | None = "a = 1\n", after: str | None = "a = 2\n") -> FileChange:
    sides = [None if text is None else text.encode() for text in (before, after)]
    return FileChange(path, sides[0], sides[1], 1, 12)


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("reviewer/changes/safety.py", "reviewer-changed"),
        ("cli/review/judge.py", "reviewer-changed"),
        ("cfn/intrinsics.py", "reviewer-changed"),
        ("reviewer/rules/custom_rules.py", "rules-changed"),
        ("reviewer/sources/file_rows.toml", "rules-changed"),
        ("reviewer/changes/judgements/tables/storage.toml", "rules-changed"),
        ("constructs_lib/synthesis/checked_app.py", "rules-changed"),
        ("cfn/catalogue.toml", "rules-changed"),
        ("constructs_lib/synthesis/environment_stage.py", "synthesis-changed"),
        ("app.py", "synthesis-changed"),
        ("cdk.json", "synthesis-changed"),
        ("prices/us-east-1.json", "prices-changed"),
        ("docs/delivery/gitlab-ci.yml", "pipeline-changed"),
        ("docs/delivery/github/check.yml", "pipeline-changed"),
        (".github/workflows/check.yml", "pipeline-changed"),
        (".gitlab-ci.yml", "pipeline-changed"),
        ("kiban", "pipeline-changed"),
        ("requirements.lock", "dependencies-changed"),
        ("container/requirements.lock", "dependencies-changed"),
        ("package-lock.json", "dependencies-changed"),
        ("sandbox/ecr/installer.py", "dependencies-changed"),
        ("container/serving/serve.py", "image-changed"),
        ("container/Dockerfile", "image-changed"),
        ("notebooks/start.ipynb", "notebook-changed"),
        ("cli/deployment/cdk_command.py", "commands-changed"),
        ("sitecustomize.py", "unknown-file-changed"),
        ("aws_cdk/__init__.py", "unknown-file-changed"),
        ("cli", "unknown-file-changed"),
    ],
)
def test_what_judges_checks_or_runs_elsewhere_asks(path: str, rule: str) -> None:
    (finding,) = source_findings([changed(path)])

    assert (finding.rule, finding.at, finding.needs_person) == (rule, path, True)
    assert finding.area == "review"
    assert finding.said.endswith(": 1 line added, 12 removed")


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "docs/reviews.md",
        "docs/delivery/README.md",
        "tests/reviewer/test_changes.py",
        "sheets/prod/iam.md",
        "config/prod.toml",
        "constructs_lib/storage/private_bucket.py",
        "stacks/storage.py",
        "tools/bench/flow.py",
    ],
)
def test_what_the_templates_show_or_nobody_deploys_is_quiet(path: str) -> None:
    assert not asks(path)
    assert source_findings([changed(path)]) == []


def test_every_row_says_one_thing_and_fits_a_file_that_is_there_or_may_be() -> None:
    for row in rows():
        assert bool(row.rule and row.says) != bool(row.harmless), row
    assert rows()[-1].paths == ["**"]


def test_the_folders_of_the_repository_are_known() -> None:
    known = [path.name for path in REPO.iterdir() if (path / "__init__.py").exists()]

    assert len(known) > 8
    for name in known:
        assert row_of(f"{name}/any/file.py").rule != "unknown-file-changed", name


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.py", 'def f():\n    """Old."""\n    return 1', "def f():  # why\n    return (1)"),
        ("a.py", "class A:\n    x = 1\n", '"""New."""\nclass A:\n\n    x = 1\n'),
        ("a.toml", "a = 1\nb = 2", "b = 2 # two\na = 1"),
        ("a.json", '{"a": 1, "b": []}', '{"b": [],\n "a": 1}'),
        ("a.yml", "a: 1", "a: 1"),
    ],
)
def test_comments_docstrings_and_layout_change_nothing(path: str, before: str, after: str) -> None:
    assert mean_same(path, before.encode(), after.encode())


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.py", "def f():\n    yield 1", "def f():\n    return\n    yield 1"),
        ("a.py", "x = 1", "x = True"),
        ("a.py", "x = 'a'", "x = 'b'"),
        ("a.py", "x = 1", "x = ("),
        ("a.py", "x = 1", "\0"),
        ("a.py", "x = 1", "x = " + "(" * 500 + "1" + ")" * 500),
        ("a.toml", "a = 1", "a = true"),
        ("a.toml", "a = [1, 2]", "a = [2, 1]"),
        ("a.toml", "a = 1", "a ="),
        ("a.json", '{"a": 1}', '{"a": 1.0}'),
        ("a.yml", "a: 1", "a: 1 # one"),
        ("kiban", "true", "true #"),
        (".toml", "a = 1", "a = 2"),
        ("a.py", None, "x = 1"),
        ("a.py", "x = 1", None),
        ("a.py", None, None),
    ],
)
def test_what_is_not_proved_to_be_the_same_is_not(
    path: str, before: str | None, after: str | None
) -> None:
    sides = [None if text is None else text.encode() for text in (before, after)]

    assert not mean_same(path, *sides)


def test_a_comment_in_the_reviewer_asks_nobody() -> None:
    assert source_findings([changed("reviewer/markdown.py", "a = 1", "a = 1  # one")]) == []


def test_a_file_that_comes_or_goes_says_so() -> None:
    came, went = source_findings(
        [changed("prices/a.json", before=None), changed("prices/b.json", after=None)]
    )

    assert (came.before, came.after) == ("-", "there")
    assert (went.before, went.after) == ("there", "-")


def test_a_file_that_is_no_text_has_no_lines() -> None:
    (finding,) = source_findings([FileChange("container/a.bin", b"\0", b"\1", None, None)])

    assert finding.said.endswith(": not all of it is text")


def test_a_name_ends_no_line() -> None:
    (finding,) = source_findings([changed("kib\nan\x1b[2J")])

    assert finding.at == "kib\N{REPLACEMENT CHARACTER}an\N{REPLACEMENT CHARACTER}[2J"


def test_many_files_of_one_kind_are_one_finding() -> None:
    few = source_findings(changed(f"reviewer/sheets/s{number}.py") for number in range(8))
    (many,) = source_findings(changed(f"reviewer/sheets/s{number}.py") for number in range(9))

    assert len(few) == 8
    assert many.at == "reviewer/sheets"
    assert many.said == (
        "the reviewer itself changes in 9 files: 9 lines added, 108 removed: "
        "reviewer/sheets/s0.py, reviewer/sheets/s1.py, reviewer/sheets/s2.py, "
        "reviewer/sheets/s3.py, reviewer/sheets/s4.py and 4 more"
    )
