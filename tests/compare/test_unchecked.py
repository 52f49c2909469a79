"""A synthesis without checks writes what one with them writes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.templates.synthesis import REPO, feature_flags

pytestmark = pytest.mark.acceptance


def test_only_the_report_of_the_checks_is_missing(synthesis: Path, tmp_path: Path) -> None:
    out = tmp_path / "cdk.out"
    own = {"CDK_OUTDIR": str(out), "CDK_CONTEXT_JSON": json.dumps(feature_flags())}
    node = {"JSII_NODE": str(REPO / "constructs_lib/synthesis/cdk-node"), "PYTHONPATH": str(REPO)}

    subprocess.run(
        [sys.executable, "-O", "-m", "compare.unchecked"],
        cwd=REPO,
        env={**os.environ, **node, **own},
        check=True,
    )

    assert content(synthesis) - content(out) == {("validation-report.json", None)}
    assert content(out) <= content(synthesis)


def content(folder: Path) -> set[tuple[str, bytes | None]]:
    """Every file of an assembly with its content; of the report of the checks its name alone."""
    return {
        (name, None if name == "validation-report.json" else path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
        for name in [str(path.relative_to(folder))]
    }
