"""What the operating system refuses is one line that says where, what, and what to do."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli import program
from cli.deployment import cdk_errors, cdk_synthesis
from cli.system.project_paths import PROJECT
from cli.system.system_errors import add_advice, explain_system_error, find_system_error

QUOTED = "\N{LEFT SINGLE QUOTATION MARK}node\N{RIGHT SINGLE QUOTATION MARK}"
# What the CDK's library writes when the folder that it unpacks itself to is full.
JSII = """\
  File "/project/.venv/lib/python3.11/site-packages/jsii/_kernel/providers/process.py", line 359
jsii.errors.JavaScriptError:
  Error: ENOSPC: no space left on device, write
      at Object.writeSync (node:fs:932:3)
RuntimeError: ENOSPC: no space left on device, write
"""


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EDQUOT, "free some space"),
        (errno.EFBIG, "ulimit -f"),
        (errno.EROFS, "make it writable"),
        (errno.EACCES, "make it writable"),
        (errno.EPERM, "make it writable"),
        (errno.ENOTDIR, "move it away"),
        (errno.EEXIST, "move it away"),
        (errno.EISDIR, "name a file"),
        (errno.EMFILE, "ulimit -n"),
        (errno.ENFILE, "ulimit -n"),
        (errno.ENOMEM, "close other programs"),
        (errno.EAGAIN, "close other programs"),
        (errno.ENAMETOOLONG, "shorter name"),
        (errno.ELOOP, "where its links lead"),
        (errno.EIO, "is broken"),
        (errno.ENOLCK, "has no locks"),
    ],
)
def test_an_error_of_the_system_says_where_and_what_to_do(number: int, advice: str) -> None:
    error = OSError(number, os.strerror(number), "/elsewhere/state.json")

    told = explain_system_error(error)

    assert told is not None
    assert told.startswith(f"/elsewhere/state.json: {os.strerror(number).lower()}; ")
    assert advice in told


def test_a_folder_of_the_sandbox_can_be_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIBAN_SANDBOX", str(tmp_path))

    within = explain_system_error(PermissionError(errno.EACCES, "Denied", str(tmp_path / "log")))
    outside = explain_system_error(PermissionError(errno.EACCES, "Denied", "/elsewhere/log"))

    assert within is not None and "KIBAN_SANDBOX" in within
    assert outside is not None and "KIBAN_SANDBOX" not in outside


def test_a_failed_write_to_an_open_file_is_of_this_machine() -> None:
    told = explain_system_error(OSError(errno.ENOSPC, "No space left on device"))

    assert told == "this machine: no space left on device; free some space and try again"


def test_a_program_that_is_not_there_is_to_be_installed(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no program")
    for name, why in (
        ("/nowhere/node", "no such file or directory"),
        ("no-such-program", "no such file or directory"),
        (str(tmp_path / "text"), "permission denied"),
    ):
        with pytest.raises(OSError) as failed:
            subprocess.run([name])
        told = explain_system_error(failed.value)
        assert told is not None
        assert told.startswith(f"{name}: cannot be started ({why}); install it (make setup")


def test_an_error_that_is_none_of_the_system_is_a_mistake_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for error in (OSError(errno.ENOENT, "no such file", "x"), OSError("odd"), ValueError("x")):
        assert explain_system_error(error) is None

    monkeypatch.setattr(program, "PROJECT", tmp_path / "file" / "project")
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="x") as raised:
        raise ValueError("x")
    told = program._unexpected(raised.value)
    assert "unexpected ValueError: x; please report it with line " in told
    assert told.endswith(f" of {__file__}")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Error: ENOSPC: no space left on device, write", "this machine: no space left on device;"),
        ("EROFS: read-only file system, mkdir '/x/jsii'", "/x/jsii: read-only file system; make"),
        ("Error: EACCES: permission denied, open '/x/y'", "/x/y: permission denied; make it"),
        ("OSError: [Errno 28] No space left on device", "this machine: no space left on device;"),
        ("[Errno 30] Read-only file system: '/x'", "/x: read-only file system; make it writable"),
        (
            f"[Errno {errno.EDQUOT}] Disk quota exceeded: '/x/a'",
            "/x/a: disk quota exceeded; free some space",
        ),
        (f"/usr/bin/env: {QUOTED}: No such file or directory", "node: not found; install it (make"),
        ("env: node: No such file or directory", "node: not found; install it (make setup"),
        ("env: can't execute 'node': No such file or directory", "node: not found; install it"),
        ("Error: ENOENT: no such file or directory, open 'cdk.out/manifest.json'", None),
        ("Error: EEXIST: file already exists, mkdir 'cdk.out'", None),
        ("[Errno 2] No such file or directory: 'x'", None),
        (
            "jsii.errors.JSIIError: Cannot use the jsii package cache in /x/jsii: ENOENT: no such "
            "file or directory, mkdir '/x/jsii'. Fix the directory",
            "/x/jsii: cannot be written; make it writable and try again, or name another folder",
        ),
        ("ValueError: an error", None),
    ],
)
def test_what_a_program_wrote_of_the_system_is_found(line: str, told: str | None) -> None:
    found = find_system_error(["before", line, "after"])

    if told is None:
        assert found is None
    else:
        assert found is not None and found.startswith(told)


def test_a_full_cache_is_named_instead_of_the_cdks_library() -> None:
    failed = [*JSII.splitlines(), "Subprocess exited with error 1"]

    for reason in (cdk_synthesis._reason(JSII), cdk_errors.find_reason(failed, 1)):
        assert reason.startswith("this machine: no space left on device; free some space")
    other = JSII.replace("ENOSPC: no space left on device, write", "it is ill")
    assert cdk_synthesis._reason(other) == "Error: it is ill"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([("a", "/x/a", "[Errno 28] No space left on device: 'a' -> '/x/a'")] * 200, "/x/a: no sp"),
        ([("a", "/x/a", "[Errno 27] File too large")], "/x/a: file too large; raise the limit"),
        ([("a", "/x/a", "it is odd")], None),
        ([], None),
        ("a text", None),
    ],
)
def test_of_many_files_that_could_not_be_copied_the_first_is_named(
    given: object, told: str | None
) -> None:
    found = explain_system_error(shutil.Error(given))

    assert (found is None) is (told is None)
    assert (found or "").startswith(told or "")


def test_what_another_program_says_of_the_system_gets_its_advice() -> None:
    full = f"/x/y: {os.strerror(errno.ENOSPC)}"

    assert add_advice(full) == "/x/y: no space left on device; free some space and try again"
    assert add_advice("it trains") == "it trains"


@pytest.mark.acceptance
def test_files_that_may_not_grow_are_one_line_and_leave_nothing(tmp_path: Path) -> None:
    words = f"ulimit -f 1; exec {sys.executable} -m cli container new mine --into {tmp_path}"
    variables = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        ["bash", "-c", words], cwd=PROJECT, env=variables, capture_output=True, text=True
    )

    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert "file too large; raise the limit of a file's size: ulimit -f unlimited" in done.stderr
    assert list(tmp_path.iterdir()) == []
