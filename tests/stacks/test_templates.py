"""A second opinion on the templates, from a linter that knows what each region offers."""

import subprocess
from pathlib import Path

from tests.templates.assembly import Assembly

# Staging is production in a smaller size: the same resources.
LOOKED_AT = ("kiban-dev", "kiban-prod")


def lint(*templates: Path) -> subprocess.CompletedProcess[str]:
    """What cfn-lint says; its remarks on style are about CDK's own, and off by default."""
    return subprocess.run(
        ["cfn-lint", "--format", "parseable", *map(str, templates)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_linter_speaks_up_and_has_nothing_to_say_of_ours(
    assembly: Assembly, tmp_path: Path
) -> None:
    found = [
        path
        for stage in LOOKED_AT
        for path in (assembly.folder / f"assembly-{stage}").glob("*.template.json")
    ]
    assert len(found) == 13
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"Resources": {"A": {"Type": "AWS::S3::Bucket", "Properties": {"X": 1}}}}')

    # Its start takes as long as three templates: one run looks at all.
    result = lint(wrong, *found)

    assert result.returncode != 0
    assert result.stderr == ""
    assert {line.split(":")[0] for line in result.stdout.splitlines()} == {str(wrong)}
