"""`./kiban completion` prints the script of a shell, and nothing else."""

import subprocess

import pytest

from cli import program
from cli.completion.scripts import SHELLS
from tests.cli.documents import require_documented


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_of_a_shell_is_printed(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["completion", shell]) == 0
    plain = capsys.readouterr().out
    assert program.main(["completion", shell, "--json"]) == 0
    found = require_documented(["completion", shell], capsys.readouterr().out)

    assert found == {"shell": shell, "script": plain}
    assert "completion-words" in plain


def test_bash_reads_its_script_and_takes_it_for_every_path_to_the_program() -> None:
    words = f"{SHELLS['bash']}\ncomplete -p kiban"
    done = subprocess.run(["bash", "-c", words], capture_output=True, text=True, check=True)

    assert done.stdout == "complete -o default -F _kiban kiban\n"
