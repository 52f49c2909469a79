"""Review of a revision by its base: the revision only synthesises, the base's reviewer judges.

What a branch changes about the reviewer, its rules or its prices has no say in its own review. The
branch's app runs first and alone; nothing of it is left when the base is unpacked from memory. It
runs as the same user, though: code that wants to can alter this checkout or what is installed in
it. The pipelines in docs/delivery/ therefore synthesise a branch on a machine of its own.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cli.deployment.cdk_synthesis import synthesise, synthesise_project
from cli.review.git_revisions import archive_of, checkout_of, is_part_of
from cli.review.judge_request import NEEDS_PERSON, NOT_UNDERSTOOD, JudgeRequest
from cli.system.project_paths import LOGS, PROJECT, display_path
from cli.system.system_errors import find_system_error
from cli.terminal import screen
from cli.terminal.errors import Failure, WrongInput
from reviewer.rules.rule_packs import has_open_findings

REPORTS = PROJECT / ".cache" / "review"
_JUDGE = Path("cli", "review", "judge.py")
_NODE = Path("constructs_lib", "synthesis", "cdk-node")
_BASE_LOG, _JUDGE_LOG = LOGS / "review-base.log", LOGS / "review-judge.log"


@dataclass(frozen=True)
class Comparison:
    """What is compared with the commit `base`, called `name`; `output` takes the reports.

    Without `head` it is the files as they are, without `assembly` this checkout is synthesised.
    """

    name: str
    base: str
    head: str
    environments: Sequence[str]
    assembly: Path | None = None
    output: Path = REPORTS
    as_json: bool = False

    def request(self, base_assembly: Path, head_assembly: Path) -> JudgeRequest:
        """Return what a reviewer is asked, of any revision and in any folder."""
        sides = (str(base_assembly.resolve()), str(head_assembly.resolve()))
        places = (self.name, self.base, self.head, str(PROJECT), *sides)
        return JudgeRequest(
            *places, list(self.environments), str(self.output.resolve()), self.as_json
        )


def review_by_base(asked: Comparison) -> int:
    """Compare this checkout with its base, by the base's reviewer; return the exit code."""
    archive = archive_of(asked.base)
    with tempfile.TemporaryDirectory(prefix="kiban-review-") as name:
        folder = Path(name)
        with screen.spinner("synthesising this checkout"):
            new = asked.assembly or synthesise_project(folder)
        with checkout_of(asked.base, archive) as checkout:
            old = _base_assembly(asked.name, checkout, folder, new)
            request = asked.request(old, new)
            code = _judged_in(checkout, request) if (checkout / _JUDGE).exists() else NOT_UNDERSTOOD
            if code == NOT_UNDERSTOOD:
                return _judged_in(PROJECT, replace(request, is_own=True))
            return code


def review_here(asked: Comparison) -> int:
    """Compare a synthesis of another revision with its base, by this checkout's reviewer."""
    if asked.assembly is None:
        raise WrongInput("--head is not run here: give its cdk.out with --assembly FOLDER")
    if is_part_of(asked.head, "HEAD"):
        raise WrongInput(
            f"git: {asked.head[:12]} is part of this checkout, whose reviewer would judge itself; "
            "check out the branch that it is for, and review it from there"
        )
    with (
        tempfile.TemporaryDirectory(prefix="kiban-review-") as name,
        checkout_of(asked.base, archive_of(asked.base)) as checkout,
    ):
        old = _base_assembly(asked.name, checkout, Path(name), asked.assembly)
        return _judged_in(PROJECT, asked.request(old, asked.assembly))


def _base_assembly(name: str, checkout: Path, folder: Path, other: Path) -> Path:
    """Synthesise the base; with its rule packs only when the other side has an open finding."""
    with screen.spinner(f"synthesising {name}"):
        asks = has_open_findings(other)
        synthesise(checkout, folder / "base.out", _BASE_LOG, is_checked=asks)
    return folder / "base.out"


def _judged_in(checkout: Path, request: JudgeRequest) -> int:
    """Let the reviewer of another checkout answer; raises Failure when it cannot."""
    _JUDGE_LOG.parent.mkdir(parents=True, exist_ok=True)
    with _JUDGE_LOG.open("w", encoding="utf-8") as log:
        code = subprocess.run(
            [sys.executable, "-P", "-m", "cli.review.judge", request.text()],
            cwd=checkout,
            env=os.environ | {"PYTHONPATH": str(checkout), "JSII_NODE": str(checkout / _NODE)},
            stdin=subprocess.DEVNULL,
            stderr=log,
            check=False,
        ).returncode
    if code in (0, NEEDS_PERSON, NOT_UNDERSTOOD):
        return code
    lines = _JUDGE_LOG.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    reason = find_system_error(lines) or (lines or ["it said nothing"])[-1]
    if code == WrongInput.exit_code:
        raise WrongInput(reason)
    raise Failure(
        f"the reviewer of {request.name} failed: {reason}; all of it: {display_path(_JUDGE_LOG)}"
    )
