"""How a job's program ends, as the exit code of the process that guards it."""

import subprocess
import sys

import pytest

from sandbox.programs import guard


def guarded(*argv: str) -> tuple[int, str]:
    ran = subprocess.run(
        [sys.executable, "-I", "-S", guard.__file__, *argv],
        stdin=subprocess.PIPE,
        capture_output=True,
        text=True,
        start_new_session=True,
    )
    return ran.returncode, ran.stdout


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
