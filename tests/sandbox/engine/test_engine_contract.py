from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.contract import HOOKS, Hook, broken

ROOT = Path(__file__).parents[3]


def test_every_place_where_we_reach_into_moto_is_still_there() -> None:
    # In a process of its own: in this one the hooks may be ours already.
    ran = subprocess.run(
        [sys.executable, "-m", "sandbox.contract"], cwd=ROOT, capture_output=True, text=True
    )

    assert (ran.returncode, ran.stderr) == (0, "")


def test_every_assignment_to_moto_is_named_in_the_contract() -> None:
    """Finds `moto_thing.attribute = ours` in the source, whoever writes the next one."""
    assigned = re.compile(r"^    [\w.]*?(\w+)(?:\[.*\])? = ", re.MULTILINE)
    named = {hook.attribute.split(".")[-1] for hook in HOOKS}
    for path in sorted((ROOT / "sandbox").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        installer = re.search(r"^def install\(\).*?(?=^\S|\Z)", source, re.MULTILINE | re.DOTALL)
        for line in assigned.finditer(installer.group(0) if installer else ""):
            if "." in line.group(0):
                assert line.group(1) in named, f"{path.name}: {line.group(0).strip()}"


@pytest.mark.parametrize(
    ("hook", "line"),
    [
        (
            Hook("eventbridge/events", "moto.gone", "x"),
            "moto: moto.gone.x is gone; sandbox/eventbridge/events.py needs",
        ),
        (
            Hook("eventbridge/events", "moto.s3.models", "Gone.x"),
            "moto: moto.s3.models.Gone.x is gone",
        ),
        (
            Hook("eventbridge/events", "moto.cloudformation.parsing", "get_model_map", ("other",)),
            "takes () now; sandbox/eventbridge/events.py expects ('other',)",
        ),
    ],
)
def test_hook_that_moto_dropped_is_named_in_one_line(hook: Hook, line: str) -> None:
    assert line in broken(hook)
    assert "\n" not in broken(hook)
