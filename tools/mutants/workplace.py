"""A copy of the checkout in a temporary folder, where one mutant at a time is tested."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.mutants import plugin_file
from tools.mutants.mutant import Mutant
from tools.mutants.processes import MARK, end_group, end_marked
from tools.mutants.scope import COMPARED_WITH_FILES, NOT_COPIED_BUT_LINKED, SNAPSHOT_FIXTURE
from tools.mutants.source import Source

_PASSED, _FAILED, _NO_TESTS = 0, 1, 5
_PLUGIN = "kiban_mutants_plugin"
_OPTIONS = ("-W", "error", "-q", "--no-header", "-p", "no:cacheprovider", "-p", _PLUGIN)
# What `make test` leaves out takes minutes, or a browser.
_WITHOUT = ("-m", "not acceptance")


@dataclass(frozen=True)
class Outcome:
    """How a test run ended."""

    failed: tuple[str, ...] = ()
    """Tests that failed, by node id."""
    broken: bool = False
    """Tests could not be collected: the source cannot be imported."""
    timed_out: bool = False
    seconds: tuple[tuple[str, float], ...] = ()
    """Processor time of each test file."""


class Workplace:
    """One copy, its temporary files and its test run; `close` leaves neither file nor process."""

    def __init__(self, root: Path) -> None:
        self._base = Path(tempfile.mkdtemp(prefix="mutants-")).resolve()
        self.folder = self._base / "checkout"
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closed = False
        self._starting = threading.Lock()
        self._in_use = threading.Lock()
        try:
            _copy(root, self.folder)
            (self._base / "plugins").mkdir()
            shutil.copy(plugin_file(), self._base / "plugins" / f"{_PLUGIN}.py")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the test run and everything it started; remove the copy."""
        with self._starting:
            self._is_closed = True
        if self._process is not None:
            end_group(self._process)
        # The worker that used it sees its run ended, and writes nothing after this.
        with self._in_use:
            end_marked(self._base)
            shutil.rmtree(self._base, ignore_errors=True)

    @contextlib.contextmanager
    def mutated(self, mutant: Mutant) -> Iterator[None]:
        """Have the mutant's file changed within the block."""
        with self._in_use:
            if self._is_closed:
                raise KeyboardInterrupt
            path = self.folder / mutant.file
            before, times = path.read_text(encoding="utf-8"), path.stat()
            path.write_text(Source(before).edited(mutant.edit), encoding="utf-8")
            # A .pyc is stale by the file's size and its time in whole seconds; both may be equal.
            os.utime(path, (times.st_atime, times.st_mtime + 60))
            try:
                yield
            finally:
                path.write_text(before, encoding="utf-8")
                os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))

    def run(
        self,
        tests: Sequence[str],
        *,
        timeout_seconds: float,
        snapshots: bool = False,
        to_the_end: bool = False,
    ) -> Outcome:
        """Run the tests of these files, snapshots alone or all others, until the first failure."""
        report = self._base / "report.json"
        report.unlink(missing_ok=True)
        environment = self._environment(report, snapshots=snapshots)
        if not to_the_end:
            # Only the run without a mutant may leave compiled files for the others.
            environment["PYTHONDONTWRITEBYTECODE"] = "1"
        options = [
            *_OPTIONS,
            *_WITHOUT,
            f"--basetemp={self._base / 't'}",
            *([] if to_the_end else ["-x"]),
        ]
        self._start([*options, *tests], environment)
        return Outcome(timed_out=True) if self._wait(timeout_seconds) else self._outcome(report)

    def output(self) -> str:
        """Return what the last test run printed."""
        return (self._base / "output.txt").read_text(encoding="utf-8", errors="replace")

    def _start(self, arguments: Sequence[str], environment: dict[str, str]) -> None:
        with self._starting:
            if self._is_closed:
                raise KeyboardInterrupt
            with (self._base / "output.txt").open("wb") as output:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "pytest", *arguments],
                    cwd=self.folder,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )

    def _wait(self, timeout_seconds: float) -> bool:
        assert self._process is not None
        try:
            self._process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            return True
        finally:
            end_group(self._process)
            end_marked(self._base)
        return False

    def _outcome(self, report: Path) -> Outcome:
        assert self._process is not None
        if self._is_closed:
            # The run was ended with the workplace: it says nothing about the mutant.
            raise KeyboardInterrupt
        code = self._process.returncode
        if not report.exists():
            return Outcome(broken=True)
        found = json.loads(report.read_text(encoding="utf-8"))
        if code == _FAILED and not (found["failed"] or found["broken"]):
            # As a resource that is closed by nothing but the end of the process.
            found["failed"] = ["a warning at the end of the run"]
        return Outcome(
            failed=tuple(found["failed"]),
            broken=bool(found["broken"]) or code not in (_PASSED, _FAILED, _NO_TESTS),
            seconds=tuple(found["seconds"].items()),
        )

    def _environment(self, report: Path, *, snapshots: bool) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
        return kept | {
            "PYTHONPATH": str(self._base / "plugins"),
            "KIBAN_MUTANTS_REPORT": str(report),
            "KIBAN_MUTANTS_SNAPSHOTS": str(int(snapshots)),
            "KIBAN_MUTANTS_COMPARING": " ".join((SNAPSHOT_FIXTURE, *COMPARED_WITH_FILES)),
            MARK: str(self._base),
        }


def _copy(root: Path, folder: Path) -> None:
    """Copy what git has or would take, and link what is installed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (root / name).is_file() and not (root / name).is_symlink():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, folder / name)
    for name in NOT_COPIED_BUT_LINKED:
        if (root / name).exists():
            (folder / name).symlink_to((root / name).resolve())
    if (root / ".cache").exists():
        _link_files((root / ".cache").resolve(), folder / ".cache")


def _link_files(source: Path, target: Path) -> None:
    """Copy folders with hard links for files: a mutant may delete them, the originals stay."""
    skipped = shutil.ignore_patterns("mutants")
    try:
        shutil.copytree(source, target, symlinks=True, copy_function=os.link, ignore=skipped)
    except (OSError, shutil.Error):
        # On another disk than the temporary folder there are no hard links.
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, symlinks=True, ignore=skipped)
