from pathlib import Path

from tests.cli.terminal import kiban, require_one_line
from tests.conformance import tiny


def test_packages_that_cannot_be_installed_are_one_line(tmp_path: Path) -> None:
    made = tiny.container(tmp_path / "tiny")
    (made / "requirements.txt").write_text("./no-such-package\n")
    variables = {"KIBAN_CACHE": str(tmp_path / "cache")}

    screen = kiban("container", "test", str(made), folder=tmp_path, variables=variables)

    assert "requirements.txt: cannot install the packages" in require_one_line(screen, 1)


def test_a_requirements_file_decides_which_python_the_programs_get(tmp_path: Path) -> None:
    made = tiny.container(
        tmp_path / "tiny", {"bin/train": {"if not rows:": "sys.exit(sys.prefix)\nif not rows:"}}
    )
    (made / "requirements.txt").write_text("# nothing\n")
    variables = {"KIBAN_CACHE": str(tmp_path / "cache")}
    words = ["container", "test", str(made), "--only", "trains"]

    screen = kiban(*words, folder=tmp_path, variables=variables)

    assert f"ended with 1: {tmp_path / 'cache' / 'environments'}" in screen.out
