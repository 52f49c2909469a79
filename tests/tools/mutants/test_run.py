"""Whole runs on a small checkout: who notices what, and that nothing is left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.tools.mutants.material import CODE, LIMITS, SENTENCES, checkout
from tools.mutants.__main__ import main
from tools.mutants.baseline import Baseline
from tools.mutants.mutant import all_mutants
from tools.mutants.pool import workplaces
from tools.mutants.processes import marked
from tools.mutants.scope import REPO, RULES
from tools.mutants.trial import Trials
from tools.mutants.workplace import Workplace

pytestmark = [pytest.mark.acceptance, pytest.mark.slow_first]

PROGRAM = """
import sys
from pathlib import Path
import tools.mutants.__main__ as tool
tool.read_equivalents = list
sys.exit(tool.main(["--package", "config", "--all", "--workers", "1"], Path(sys.argv[1])))
"""


def started(temporary: Path) -> list[int]:
    """The processes of test runs whose copies are in this folder: pytest and what it started."""
    return [number for folder in temporary.glob("mutants-*") for number in marked(folder)]


def run(root: Path, *arguments: str) -> int:
    return main(["--package", "config", "--all", "--workers", "1", *arguments], root)


@pytest.fixture(autouse=True)
def own_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No equivalent mutants: the committed list is about another source."""
    monkeypatch.setattr("tools.mutants.__main__.read_equivalents", list)


def test_a_mutant_is_noticed_by_a_sentence_by_a_snapshot_or_not_at_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = checkout(tmp_path)
    before = {path: path.read_bytes() for path in root.rglob("*.py")}

    code = run(root, "--operator", "guard", "limit")

    shown = capsys.readouterr().out
    assert code == 1
    assert "survived: config/limits.py:8 admit: - if waiting < 0: / + if False:" in shown
    assert "_MOST = 50" not in shown
    assert {path: path.read_bytes() for path in root.rglob("*.py")} == before


def test_what_only_a_snapshot_notices_is_said_to_be_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sentence = "def test_the_sixth_may_not() -> None:\n    assert not admit(5)\n"
    assert sentence in SENTENCES
    root = checkout(tmp_path, tests=SENTENCES.replace(sentence, ""))

    run(root, "--operator", "limit")

    shown = capsys.readouterr().out
    assert "snapshot only: config/limits.py:3 : - _MOST = 5 / + _MOST = 50" in shown


def test_a_run_in_which_sentences_notice_everything_succeeds(tmp_path: Path) -> None:
    assert run(checkout(tmp_path), "--operator", "limit") == 0


def test_a_test_that_does_not_end_has_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "def wait() -> None:\n    while 1 != 1:\n        pass\n"
    tests = "from config.limits import wait\n\n\ndef test_it_ends() -> None:\n    wait()\n"
    monkeypatch.setattr("tools.mutants.trial._TIMEOUT_SECONDS", 5.0)

    assert run(checkout(tmp_path, source, tests)) == 0


def test_a_mutant_that_cannot_be_imported_counts_for_neither(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = '_NAMES = {"a": 1}\nFIRST = _NAMES["a"]\n'
    tests = "from config.limits import FIRST\n\n\ndef test_it() -> None:\n    assert FIRST\n"

    assert run(checkout(tmp_path, source, tests), "--operator", "entry") == 0
    assert "cannot be imported: config/limits.py:1" in capsys.readouterr().err


def test_tests_that_fail_without_a_mutant_are_named_with_what_they_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tests = "def test_it() -> None:\n    raise OSError('no room')\n"
    root = checkout(tmp_path, tests=tests, source=LIMITS)

    assert run(root) == 2
    said = capsys.readouterr().err
    assert "fail without a mutant: tests/config/test_limits.py::test_it\n" in said
    assert "OSError: no room" in said


def test_tests_that_passed_are_not_run_again_without_a_mutant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, tests = tmp_path / "seconds.json", ["tests/config/test_limits.py"]
    with workplaces(checkout(tmp_path / "root"), 1) as (place,):
        first = Baseline(place.folder, cache)
        first.measure(place, tests)
        monkeypatch.setattr(Workplace, "run", None)

        again = Baseline(place.folder, cache)
        again.measure(place, tests)
        assert again.seconds(tests) == first.seconds(tests)
        (place.folder / "config" / "limits.py").write_text("")
        with pytest.raises(TypeError, match="not callable"):
            Baseline(place.folder, cache).measure(place, tests)


def test_a_file_is_run_without_a_mutant_when_it_is_the_nearest_left(tmp_path: Path) -> None:
    root = checkout(tmp_path / "root")
    for number in range(8):
        text = "def test_it() -> None: ...\n"
        (root / "tests" / "config" / f"test_other_{number}.py").write_text(text)
    (mutant,) = (one for one in all_mutants(root, (CODE,)) if one.new == "_MOST = 50")
    with workplaces(root, 1) as (place,):
        baseline = Baseline(place.folder, tmp_path / "seconds.json")

        first = next(Trials(root, baseline).near(place, mutant))

        assert baseline.unmeasured(first) == []


def test_a_file_that_alone_takes_too_long_does_not_keep_out_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = checkout(tmp_path / "root")
    (root / "tests" / "config" / "test_a_long_one.py").write_text(
        "import time\nfrom config import limits\n\n"
        "def test_it() -> None:\n    end = time.process_time() + 0.5\n"
        "    while time.process_time() < end:\n        pass\n"
    )
    (root / "tests" / "config" / "test_b.py").write_text("def test_it() -> None: ...\n")
    monkeypatch.setattr("tools.mutants.trial.NEAR_SECONDS", (0.3, 0.4))
    (mutant,) = (one for one in all_mutants(root, (CODE,)) if one.new == "_MOST = 50")
    with workplaces(root, 1) as (place,):
        baseline = Baseline(place.folder, tmp_path / "seconds.json")

        batches = list(Trials(root, baseline).near(place, mutant))

    assert batches == [["tests/config/test_limits.py", "tests/config/test_b.py"]]


def test_a_short_file_follows_a_long_one_that_no_longer_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = checkout(tmp_path / "root")
    for name, seconds in (("a", 0.5), ("b", 0.5), ("c", 0.2)):
        (root / "tests" / "config" / f"test_{name}.py").write_text(
            "import time\n\n\ndef test_it() -> None:\n"
            f"    end = time.process_time() + {seconds}\n"
            "    while time.process_time() < end:\n        pass\n"
        )
    monkeypatch.setattr("tools.mutants.trial.NEAR_SECONDS", (0.15, 0.8))
    (mutant,) = (one for one in all_mutants(root, (CODE,)) if one.new == "_MOST = 50")
    with workplaces(root, 1) as (place,):
        baseline = Baseline(place.folder, tmp_path / "seconds.json")

        batches = list(Trials(root, baseline).near(place, mutant))

    assert [Path(name).stem for batch in batches for name in batch] == [
        *("test_limits", "test_a", "test_c"),
    ]


def test_the_rules_over_the_sources_follow_what_is_nearest(tmp_path: Path) -> None:
    root = checkout(tmp_path / "root")
    for rules in RULES:
        (root / rules).write_text("def test_it() -> None: ...\n")
    (mutant,) = (one for one in all_mutants(root, (CODE,)) if one.new == "_MOST = 50")
    with workplaces(root, 1) as (place,):
        baseline = Baseline(place.folder, tmp_path / "seconds.json")

        batches = list(Trials(root, baseline).near(place, mutant))

    assert batches == [["tests/config/test_limits.py"], [*RULES]]
    assert [rules for rules in RULES if not (REPO / rules).exists()] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_neither_process_nor_copy(
    tmp_path: Path, number: signal.Signals
) -> None:
    away = (
        "import subprocess, sys, time\n\n\ndef test_it() -> None:\n"
        '    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"],'
        " start_new_session=True)\n    time.sleep(60)\n"
    )
    root = checkout(tmp_path / "root", tests=away)
    temporary = tmp_path / "t"
    temporary.mkdir()
    tool = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(root)],
        env=os.environ | {"TMPDIR": str(temporary), "PYTHONPATH": str(REPO)},
        stderr=subprocess.PIPE,
    )
    limit = time.monotonic() + 60
    while len(started(temporary)) < 2 and time.monotonic() < limit:
        time.sleep(0.05)
    assert len(started(temporary)) == 2

    tool.send_signal(number)
    _, errors = tool.communicate(timeout=60)

    assert tool.returncode == 130, errors
    assert b"interrupted" in errors
    assert list(temporary.iterdir()) == []
    assert started(temporary) == []
