"""Synthesis is a function of the sources: same files in, same bytes out, without network calls."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cfn.assembly import environments
from config.loader import environment_names
from tests.templates.assembly import Assembly
from tests.templates.synthesis import REPO, feature_flags

pytestmark = pytest.mark.slow_first


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of an assembly; the report carries the time it was written."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "validation-report.json"
    }


def run_app(outdir: Path, **context: str) -> subprocess.CompletedProcess[str]:
    """`python app.py` as the CDK CLI runs it, with more context."""
    environment = {
        "CDK_OUTDIR": str(outdir),
        "CDK_CONTEXT_JSON": json.dumps(feature_flags() | context),
    }
    return subprocess.run(
        [sys.executable, "app.py"],
        cwd=REPO,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_two_syntheses_are_byte_identical(syntheses: tuple[Path, Path]) -> None:
    first, second = (contents(folder) for folder in syntheses)

    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_synthesis_looks_nothing_up(synthesis: Path) -> None:
    for manifest in synthesis.rglob("manifest.json"):
        assert "missing" not in json.loads(manifest.read_text())


def test_a_synthesis_writes_no_tree_that_only_explorers_read(synthesis: Path) -> None:
    assert list(synthesis.rglob("tree.json")) == []


def test_an_assembly_says_of_which_file_each_stage_is(synthesis: Path) -> None:
    assert environments(synthesis) == {name: f"kiban-{name}" for name in environment_names()}


def test_every_environment_is_synthesised_unless_one_is_named(assembly: Assembly) -> None:
    stages = {name.rsplit("-", 1)[0] for name in assembly.templates() if name.endswith("-Storage")}

    assert stages == {f"kiban-{name}" for name in environment_names()}


def test_a_wrong_environment_stops_before_anything_is_written(tmp_path: Path) -> None:
    result = run_app(tmp_path / "out", env="prdo")

    assert result.returncode == 2
    assert result.stderr.startswith("no environment 'prdo'; environments here: ")
    assert "Traceback" not in result.stderr
    assert not list((tmp_path / "out").glob("*"))


@pytest.mark.parametrize("stack", ["Storage", "Monitoring", "Network", "Registry"])
def test_a_private_environment_has_every_stack_of_the_platform(
    assembly: Assembly, stack: str
) -> None:
    assert f"kiban-prod-{stack}" in assembly.templates()


def test_a_managed_environment_has_no_network(assembly: Assembly) -> None:
    assert "kiban-dev-Network" not in assembly.templates()


def test_make_synth_selects_every_stack() -> None:
    # Without a pattern the CDK CLI selects none of a stage's stacks, and drops what it knows
    # about the others: open findings end in success.
    recipe = (REPO / "Makefile").read_text().split("\nsynth:")[1].splitlines()[1]

    assert recipe.strip().startswith("@cdk synth '**'")
