"""Every setting is edited on a running environment with a live model, and the edit taken back.

The verdicts are docs/edits.md; `--snapshot-update` writes it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from config import authorities
from sandbox.server.server import Sandbox
from tests.company import authority, pem
from tests.journeys.edits.company_network import make_network
from tests.journeys.edits.edits import BASES, BOUNDARY, BUNDLE, EDITS, USUAL, Base, Edit
from tests.journeys.edits.page import page
from tests.journeys.edits.running import Running, Synthesis, first_live, synthesise
from tests.journeys.edits.settings import every_setting
from tests.journeys.edits.verdicts import Verdict, judge, take_steps
from tests.journeys.world import World

pytestmark = [pytest.mark.acceptance, pytest.mark.slow_first]
PAGE = Path(__file__).parents[2] / "docs" / "edits.md"


@dataclass
class Matrix:
    """The environment, the base it is deployed as, and what became of each edit so far."""

    running: Running
    package: str
    base: Base
    synthesis: Synthesis
    found: dict[str, tuple[Verdict, Verdict | None]] = field(default_factory=dict)

    def move(self, base: Base) -> None:
        """Deploy another base, by the steps that `deploy` says."""
        if base != self.base:
            there = synthesise({**USUAL, **BASES[base]})
            verdict = judge(self.running, self.synthesis, there)
            assert verdict.refusal is not None
            assert take_steps(self.running, self.synthesis, there, verdict.refusal)
            self.base, self.synthesis = base, there
            self.running.require_live(self.package)

    def edit(self, edit: Edit) -> tuple[Verdict, Verdict | None]:
        """Deploy one edit and take it back; return both verdicts."""
        before = synthesise(edit.before) if edit.on else self.synthesis
        after = synthesise(edit.after)
        self.running.deploy(before)
        census = self.running.census()
        forward, is_made = self._change(before, after)
        back = self._change(after, before)[0] if is_made else None
        assert self.running.census() == census, "something is left, or is missing"
        self.running.deploy(self.synthesis)
        return forward, back

    def _change(self, before: Synthesis, after: Synthesis) -> tuple[Verdict, bool]:
        """The verdict on a change, and whether it was made: by a deployment, or by the steps."""
        verdict = judge(self.running, before, after)
        made = verdict.refusal is None or take_steps(self.running, before, after, verdict.refusal)
        self.running.require_live(self.package)
        return verdict, made


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    synthesis = synthesise(USUAL)
    folder = tmp_path_factory.mktemp("sandbox")
    (folder / BUNDLE).write_text(pem(authority()[0]))
    with pytest.MonkeyPatch.context() as patch, Sandbox(folder=folder) as sandbox:
        patch.setattr(authorities, "FOLDER", folder)
        running = Running(World(sandbox, synthesis.config.stage))
        _make_boundary(running.world)
        make_network(running.world)
        running.deploy(synthesis)
        yield Matrix(running, first_live(running.world), "managed", synthesis)


def _make_boundary(world: World) -> None:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    name = BOUNDARY.rpartition("/")[2]
    world.aws("iam").create_policy(PolicyName=name, PolicyDocument=document)


def test_every_setting_has_an_edit() -> None:
    assert {edit.setting for edit in EDITS} == {*every_setting()}


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: f"{EDITS.index(edit)}-{edit.setting}")
def test_an_edit_ends_whole_or_is_refused_before_anything_is_touched(
    matrix: Matrix, edit: Edit
) -> None:
    matrix.move(edit.base)

    matrix.found[edit.name] = matrix.edit(edit)


def test_the_page_says_what_was_found(matrix: Matrix, request: pytest.FixtureRequest) -> None:
    left = [edit.name for edit in EDITS if edit.name not in matrix.found]
    assert left == [], "run this file as a whole: the page needs every edit"
    text = page(matrix.found)
    if request.config.getoption("update_snapshots"):
        PAGE.write_text(text, encoding="utf-8")

    assert PAGE.read_text(encoding="utf-8") == text, "write it with: --snapshot-update"
