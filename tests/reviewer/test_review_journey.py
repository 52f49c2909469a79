"""A reviewer's way: branch, commit, `review --base`, through git and the real CDK command line."""

import json
import tempfile
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.reviewer.checkout import Checkout, new_checkout

pytestmark = pytest.mark.acceptance


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return new_checkout(tmp_path_factory.mktemp("journey") / "kiban")


def one_line(done: CompletedProcess[str], code: int = 2) -> str:
    assert done.returncode == code, done
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_a_branch_with_dangerous_changes_is_named_and_asks_for_a_person(project: Checkout) -> None:
    project.git("switch", "--quiet", "--create", "dangerous", "main")
    project.replace("constructs_lib/storage/private_bucket.py", "versioned=True", "versioned=False")
    project.replace(
        "config/prod.toml",
        '[platform]\nregion = "us-east-1"',
        '[platform]\nregion = "us-east-1"\nlog_retention_days = 30',
    )
    project.commit("Save a little")

    done = project.review("--base", "main", "--env", "prod", "--json")

    report = json.loads(done.stdout)
    asked = {
        (finding["rule"], finding["at"])
        for finding in report["environments"][0]["findings"]
        if finding["needs_person"]
    }
    buckets = ("Artifacts", "Data", "Logs", "Monitoring")
    assert {("versioning-off", f"Storage/{bucket}") for bucket in buckets} <= asked
    assert ("log-retention-shortened", "Inference-churn/Model/Logs") in asked
    assert ("finding-open", "Storage/Data") in asked
    assert {rule for rule, _ in asked} == {
        "finding-open",
        "log-retention-shortened",
        "versioning-off",
    }
    assert done.returncode == 3, done.stderr
    page = project.folder / ".cache" / "review" / "review.html"
    assert 'class="changed"' in page.read_text(encoding="utf-8")
    comment = page.with_name("review.md").read_text(encoding="utf-8")
    assert comment.startswith("# ")
    assert "for a person to look at" in comment.splitlines()[0]


def test_a_branch_that_empties_the_rules_and_opens_the_topic_is_judged_by_its_base(
    project: Checkout,
) -> None:
    project.git("switch", "--quiet", "--create", "attack", "main")
    for file, name, nothing in (
        ("reviewer/changes/permissions.py", "permission_changes", "iter(())"),
        ("reviewer/changes/judgements/judge.py", "judge", "[]"),
        ("reviewer/sources/source_findings.py", "source_findings", "[]"),
        ("cli/review/judge.py", "judge", "0"),
    ):
        emptied = f"def {name}(*_):\n    return {nothing}\n\n\ndef _emptied("
        project.replace(file, f"def {name}(", emptied)
    topic = "constructs_lib/observability/alert_topic.py"
    project.replace(
        topic, 'iam.ServicePrincipal(f"{service}.amazonaws.com")', "iam.StarPrincipal()"
    )
    project.replace(topic, '{"StringEquals": {"aws:SourceAccount": self.stack.account}}', "None")
    project.commit("Tidy up")

    done = project.review("--base", "main", "--env", "prod", "--json")

    assert done.returncode == 3, done.stderr
    asked = {
        (finding["rule"], finding["at"])
        for finding in json.loads(done.stdout)["environments"][0]["findings"]
        if finding["needs_person"]
    }
    assert ("open-to-anybody", "Monitoring/Topic") in asked
    assert asked - {("open-to-anybody", "Monitoring/Topic")} == {
        ("reviewer-changed", "cli/review/judge.py"),
        ("reviewer-changed", "reviewer/changes/permissions.py"),
        ("reviewer-changed", "reviewer/sources/source_findings.py"),
        ("rules-changed", "reviewer/changes/judgements/judge.py"),
    }


def test_a_branch_with_a_harmless_change_asks_nobody(project: Checkout) -> None:
    project.git("switch", "--quiet", "--create", "harmless", "main")
    region = 'region = "us-east-1"'
    project.replace("config/prod.toml", region, f'{region}\ntags = {{ team = "ml" }}')
    project.commit("Name the team")
    worktrees = project.git("worktree", "list")

    done = project.review("--base", "main", "--env", "prod")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nothing that a person has to look at" in done.stdout
    assert project.git("status", "--porcelain") == ""
    assert project.git("worktree", "list") == worktrees
    assert list(Path(tempfile.gettempdir()).glob("kiban-base-*")) == []


@pytest.mark.parametrize("name", ["nowhere", "-x", "HEAD~99", "main:README.md", ""])
def test_a_revision_that_is_none_is_refused_in_one_line(name: str, project: Checkout) -> None:
    told = one_line(project.review(f"--base={name}"))

    assert f"git: no commit {name!r}" in told


def test_what_is_not_committed_is_refused_unless_it_is_wanted(project: Checkout) -> None:
    project.git("switch", "--quiet", "main")
    project.replace("config/dev.toml", "num_round = 100", "num_round = 101")
    try:
        told = one_line(project.review("--base", "main"))
    finally:
        project.git("checkout", "--quiet", "config/dev.toml")

    assert told == (
        "git: not committed: config/dev.toml; commit it, or include it with --uncommitted"
    )


def test_an_unknown_environment_is_refused_with_the_nearest_first(project: Checkout) -> None:
    told = one_line(project.review("--env", "prd"))

    assert told == "config: no environment 'prd'; there is prod, dev, staging"


def test_a_broken_assembly_is_refused_and_no_sheet_is_touched(
    project: Checkout, broken: Path
) -> None:
    template = next((broken / "assembly-kiban-staging").glob("*Storage*.template.json"))
    template.write_text("{")
    sheet = project.folder / "sheets" / "dev" / "iam.md"
    sheet.write_text("old")
    try:
        told = one_line(project.review("--assembly", str(broken)))
        assert sheet.read_text() == "old"
    finally:
        project.git("checkout", "--quiet", "sheets")

    assert f"assembly-kiban-staging/{template.name}: is not JSON" in told


def test_a_stale_sheet_is_named_and_then_written(project: Checkout, synthesis: Path) -> None:
    sheet = project.folder / "sheets" / "dev" / "iam.md"
    text = sheet.read_text(encoding="utf-8")
    sheet.write_text("old")
    (sheet.parent / "stray.md").write_text("left over")
    words = ("--env", "dev", "--assembly", str(synthesis))

    checked = project.review(*words, "--check")
    written = project.review(*words)

    assert checked.returncode == 1
    assert "sheets/dev: iam.md, stray.md" in checked.stdout
    assert written.returncode == 0, written.stderr
    assert sheet.read_text(encoding="utf-8") == text
    assert not (sheet.parent / "stray.md").exists()
    assert project.review(*words, "--check").returncode == 0


def test_a_price_list_of_something_else_is_refused(project: Checkout, synthesis: Path) -> None:
    file = project.folder / "prices" / "us-east-1.json"
    file.write_text('{"region": "us-east-1", "prices": {"kms-key": {"usd": "cheap"}}}')
    try:
        told = one_line(project.review("--assembly", str(synthesis)))
    finally:
        project.git("checkout", "--quiet", "prices")

    assert told.startswith("prices/us-east-1.json: is not a price list")


def test_checking_and_comparing_exclude_each_other(project: Checkout) -> None:
    assert "exclude each other" in one_line(project.review("--check", "--base", "main"))
