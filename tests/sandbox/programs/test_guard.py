"""How a job's program ends, as the exit code of the process that guards it."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.programs import guard, own_opt_ml


def guarded(*argv: str) -> tuple[int, str]:
    with subprocess.Popen(
        [sys.executable, "-I", "-S", guard.__file__, *argv],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        # Its end of the pipe stays open, as the sandbox holds it.
        assert process.stdout is not None
        said = process.stdout.read()
        return process.wait(60), said


@pytest.mark.parametrize(
    ("script", "code"), [("exit 0", 0), ("exit 3", 3), ("kill -KILL $$", 137), ("kill $$", 143)]
)
def test_a_program_ends_with_its_code_or_128_and_its_signal(script: str, code: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", guard.__file__, "/bin/sh", "-c", script],
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    # Its end of the pipe stays open, as the sandbox holds it.
    try:
        assert process.wait(60) == code
    finally:
        assert process.stdin is not None
        process.stdin.close()


def test_a_program_that_cannot_start_is_told_with_code_127() -> None:
    code, said = guarded("/nowhere/train")

    assert code == 127
    assert said == "sandbox: cannot start train: No such file or directory\n"


def test_a_name_that_is_no_path_is_not_told_as_a_missing_program() -> None:
    with pytest.raises(ValueError, match="null"):
        guard.main(["a\0b"])


def test_a_program_has_an_opt_ml_of_its_own_that_nobody_else_sees(tmp_path: Path) -> None:
    (tmp_path / "given").write_text("given")
    others = sorted(path.name for path in Path("/opt").iterdir()) if Path("/opt").is_dir() else []
    script = "cat /opt/ml/given && echo made > /opt/ml/made && ls /opt && id -u"

    code, said = guarded(f"--opt-ml={tmp_path}", "/bin/sh", "-c", script)

    if "there is no /opt/ml here" in said:
        pytest.skip(said.strip())
    assert code == 0, said
    first, *rest = said.splitlines()
    assert first.startswith("given")
    assert {*others, "ml"} == {first.removeprefix("given"), *rest[:-1]} - {""}
    assert (tmp_path / "made").read_text() == "made\n"
    assert sorted(path.name for path in Path("/opt").iterdir()) == others


@pytest.mark.parametrize("code", [0, 3])
def test_without_one_a_program_runs_and_only_its_failure_says_so(
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def refuse(*given: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(own_opt_ml, "_call", refuse)
    monkeypatch.setattr(guard, "_make_opt_ml", own_opt_ml.make)
    monkeypatch.setattr(guard, "_die_with_the_sandbox", lambda: None)
    monkeypatch.setattr("signal.signal", lambda *given: None)

    assert guard.main([f"--opt-ml={tmp_path}", "/bin/sh", "-c", f"exit {code}"]) == code
    assert capfd.readouterr().out == (
        "sandbox: there is no /opt/ml here (Operation not permitted); a job's files lie below "
        "SAGEMAKER_BASE_DIR\n"
        if code
        else ""
    )
