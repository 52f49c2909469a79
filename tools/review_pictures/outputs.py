"""Runs `cdk diff` of the CDK's command line, and a review's comparison, on one changed template."""

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer.assembly import SynthesisedStack, read_assembly
from reviewer.changes.revision_diff import compare
from reviewer.pricing.prices import read_prices
from reviewer.revision_report.comment import markdown_report
from tools.review_pictures.examples import Example

PROJECT = Path(__file__).parents[2]
_CDK = PROJECT / "node_modules" / ".bin" / "cdk"
# A proxy without a listener: nothing is asked of anybody.
_ALONE = {
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "AWS_EC2_METADATA_DISABLED": "true",
    "FORCE_COLOR": "1",
}
_TIMEOUT_SECONDS = 120


@dataclass(frozen=True)
class Outputs:
    """What each of the two says of one change: a terminal's text with its colours, and Markdown."""

    stack: str
    cdk_diff: str
    comment: str


def outputs(example: Example, assembly: Path) -> Outputs:
    """Change one template in a copy of `assembly` and ask both of them."""
    before = read_assembly(assembly, example.environment)
    with tempfile.TemporaryDirectory(prefix="kiban-pictures-") as folder:
        changed = Path(folder) / "cdk.out"
        shutil.copytree(assembly, changed)
        stack = _stack(changed, example)
        template = _file_of(stack.template, changed)
        template.rename(Path(folder) / "old.template.json")
        example.change(stack)
        template.write_text(json.dumps(stack.template, indent=1), encoding="utf-8")
        path = f"{before.stage}/{example.stack}"
        said = _cdk_diff(Path(folder), path)
        after = read_assembly(changed, example.environment)
    prices = read_prices(PROJECT / "prices", before.region)
    return Outputs(path, said, markdown_report("main", [compare(before, after, prices)]))


def _stack(assembly: Path, example: Example) -> SynthesisedStack:
    found = read_assembly(assembly, example.environment).stacks
    return next(stack for stack in found if stack.label == example.stack)


def _file_of(template: dict[str, Any], assembly: Path) -> Path:
    """The file that holds exactly this template: stacks of two environments differ by names."""
    files = assembly.glob("assembly-*/*.template.json")
    return next(file for file in files if json.loads(file.read_text("utf-8")) == template)


def _cdk_diff(folder: Path, stack: str) -> str:
    """What `cdk diff` prints of a stack in `folder` against its old template, without AWS."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    done = subprocess.run(
        [
            *(str(_CDK), "diff", stack, "--app", "cdk.out", "--template", "old.template.json"),
            *("--method", "template", "--exclusively", "--no-notices", "--no-version-reporting"),
        ],
        cwd=folder,
        env=environment | _ALONE,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_SECONDS,
        check=True,
    )
    return (done.stdout + done.stderr).strip("\n") + "\n"
