"""`make` installs what its words need: once, one process at a time, and nothing besides."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

REPO = Path(__file__).parents[1]
FILES = ("Makefile", "package-lock.json", *(path.name for path in REPO.glob("requirements*.lock")))
# Writes down what it was asked to do, and takes its time for it.
PROGRAM = """#!/bin/sh
echo "$(basename "$0") $*" >> ../asked
case $* in *"{refused}"*) exit 1 ;; esac
sleep 0.2
"""


@dataclass(frozen=True)
class Checkout:
    """A folder with our Makefile, in which what installs only writes down its words."""

    folder: Path

    def start(self, *words: str) -> subprocess.Popen[str]:
        # What `make test` says to the makes that it starts is not for this one.
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        return subprocess.Popen(
            ["make", *words, f"PYTHON={sys.executable}"],
            cwd=self.folder,
            env=clean,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def make(self, *words: str) -> tuple[int, str]:
        """Run one make; return its exit code and what it said of a failure."""
        process = self.start(*words)
        _, said = process.communicate(timeout=60)
        return process.returncode, said

    def synced(self) -> list[str]:
        """The lock files that were installed, in order; forgotten afterwards."""
        asked = self.folder.parent / "asked"
        lines = asked.read_text().splitlines() if asked.exists() else []
        asked.unlink(missing_ok=True)
        return [line.split()[-1] for line in lines if "pip sync" in line]

    def refuse(self, words: str) -> None:
        """Let what is asked with these words fail."""
        (self.folder / "node_modules").mkdir(exist_ok=True)
        (self.folder / ".cache" / "environments").mkdir(parents=True, exist_ok=True)
        bin_folder = self.folder / ".venv" / "bin"
        bin_folder.mkdir(parents=True, exist_ok=True)
        for name in ("python", "uv", "npm"):
            (bin_folder / name).write_text(PROGRAM.format(refused=words))
            (bin_folder / name).chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    folder = tmp_path / "kiban"
    folder.mkdir()
    for name in FILES:
        shutil.copy2(REPO / name, folder / name)
    made = Checkout(folder)
    made.refuse("nothing at all")
    return made


def test_a_second_run_installs_nothing(checkout: Checkout) -> None:
    assert checkout.make("setup") == (0, "")
    assert checkout.synced() == ["requirements.lock"]

    assert checkout.make("setup") == (0, "")
    assert checkout.synced() == []


def test_of_two_makes_at_once_one_installs_and_the_other_waits(checkout: Checkout) -> None:
    both = [checkout.start("setup") for _ in range(2)]

    for process in both:
        process.communicate(timeout=60)
    assert [process.returncode for process in both] == [0, 0]
    assert checkout.synced() == ["requirements.lock"]


def test_a_failed_install_says_what_to_do_and_the_next_run_goes_on(checkout: Checkout) -> None:
    checkout.refuse("requirements-dev.lock")
    code, said = checkout.make("tools")

    assert code == 2
    assert "setup: cannot install the packages of requirements-dev.lock; see above, then" in said
    assert checkout.synced() == ["requirements.lock", "requirements-dev.lock"]

    checkout.refuse("nothing at all")
    assert checkout.make("tools") == (0, "")
    assert checkout.synced() == ["requirements-dev.lock"]


def test_changed_requirements_are_installed_and_what_was_above_them_again(
    checkout: Checkout,
) -> None:
    checkout.make("tools")
    checkout.synced()
    with (checkout.folder / "requirements.lock").open("a") as lock:
        lock.write("# another version\n")

    checkout.make("setup")
    assert checkout.synced() == ["requirements.lock"]
    checkout.make("tools")
    assert checkout.synced() == ["requirements-dev.lock"]


def test_a_lock_that_git_wrote_again_unchanged_installs_nothing(checkout: Checkout) -> None:
    checkout.make("tools")
    checkout.synced()
    (checkout.folder / "requirements.lock").touch()

    assert checkout.make("tools") == (0, "")
    assert checkout.synced() == []


def test_an_environment_of_an_older_layout_is_brought_up_to_date(checkout: Checkout) -> None:
    (checkout.folder / ".venv" / ".ready").touch()

    checkout.make("setup")
    assert checkout.synced() == ["requirements.lock"]


@pytest.mark.parametrize(
    ("word", "installed"),
    [
        ("demo", {"requirements.lock"}),
        ("setup", {"requirements.lock"}),
        ("synth", {"requirements.lock"}),
        ("docs", {"requirements.lock", "requirements-docs.lock"}),
        ("tools", {"requirements.lock", "requirements-dev.lock"}),
        ("test", {"requirements.lock", "requirements-dev.lock"}),
        ("check", {"requirements.lock", "requirements-dev.lock"}),
        (
            "acceptance",
            {"requirements.lock", "requirements-dev.lock", "requirements-opinion.lock"},
        ),
    ],
)
def test_a_word_installs_what_it_runs_and_no_more(
    checkout: Checkout, word: str, installed: set[str]
) -> None:
    printed, _ = checkout.start("-n", word).communicate(timeout=60)

    lines = [line for line in printed.splitlines() if "pip sync" in line]
    assert {name for name in FILES if any(f" {name};" in line for line in lines)} == installed


@pytest.mark.parametrize(
    ("word", "expected"),
    [("demo", False), ("setup", False), ("test", False), ("acceptance", True)],
)
def test_clients_of_others_are_installed_for_the_tests_that_run_them_alone(
    checkout: Checkout, word: str, expected: bool
) -> None:
    printed, _ = checkout.start("-n", word).communicate(timeout=60)

    for name in ("sagemaker-2", "notebook", "cdk-alpha"):
        assert (f"requirements-{name}.lock" in printed) is expected


def test_a_python_that_is_too_old_is_one_line_and_nothing_is_installed(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\ntest "$1" = -V && echo Python 3.11.2\n')
    old.chmod(0o755)
    for name in FILES:
        shutil.copy2(REPO / name, tmp_path / name)

    done = subprocess.run(
        ["make", "setup", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True
    )

    assert done.returncode == 2
    assert done.stderr.startswith(
        f"setup: {old} is Python 3.11.2; Python 3.11.5 or later is needed"
    )
    assert not (tmp_path / ".venv").exists()


def test_an_emulator_that_cannot_be_installed_is_one_line_and_stops_nothing(
    checkout: Checkout,
) -> None:
    checkout.make("tools")
    checkout.refuse("requirements-opinion.lock")
    code, said = checkout.make(".cache/opinion/.ready")

    assert code == 0
    assert said == (
        "acceptance: no second opinion, cannot install the packages of requirements-opinion.lock; "
        "see above\n"
    )
    assert not (checkout.folder / ".cache" / "opinion").exists()
