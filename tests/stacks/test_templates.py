"""A second opinion on the templates, from a linter that knows what each region offers."""

import subprocess
from pathlib import Path

from tests.templates.assembly import Assembly

# Staging is production in a smaller size: the same resources.
LOOKED_AT = ("kiban-dev", "kiban-prod")


def lint(*templates: Path) -> subprocess.CompletedProcess[str]:
    """What cfn-lint says; its remarks on style are about CDK's own, and off by default."""
    return subprocess.run(
        ["cfn-lint", *map(str, templates)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_linter_has_nothing_to_say(assembly: Assembly) -> None:
    found = [
        path
        for stage in LOOKED_AT
        for path in (assembly.folder / f"assembly-{stage}").glob("*.template.json")
    ]
    assert len(found) == 13

    result = lint(*found)

    assert result.stdout == ""
    assert result.returncode == 0


def test_the_linter_would_speak_up(tmp_path: Path) -> None:
    template = tmp_path / "wrong.json"
    template.write_text('{"Resources": {"A": {"Type": "AWS::S3::Bucket", "Properties": {"X": 1}}}}')

    assert lint(template).returncode != 0
