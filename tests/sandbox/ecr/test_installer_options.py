"""Every option of pip that uv is given under its own name."""

from pathlib import Path

import pytest

from sandbox.ecr import installer


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "XDG_CONFIG_DIRS": str(tmp_path / "nothing")}


@pytest.mark.parametrize(
    ("option", "variable"),
    [
        ("index-url", "UV_DEFAULT_INDEX"),
        ("extra-index-url", "UV_INDEX"),
        ("find-links", "UV_FIND_LINKS"),
        ("trusted-host", "UV_INSECURE_HOST"),
        ("default-timeout", "UV_HTTP_TIMEOUT"),
        ("cert", "SSL_CERT_FILE"),
        ("client-cert", "SSL_CLIENT_CERT"),
        ("proxy", "ALL_PROXY"),
    ],
)
@pytest.mark.parametrize("section", ["global", "install"])
def test_an_option_of_pip_is_one_of_uv(
    option: str, variable: str, section: str, home: dict[str, str]
) -> None:
    file = Path(home["HOME"]) / "pip.conf"
    file.write_text(f"[{section}]\n{option} = one two\n")

    found = installer.variables(home | {"PIP_CONFIG_FILE": str(file)})

    assert found[variable] == ("one,two" if option == "find-links" else "one two")
    named = f"PIP_{option.upper().replace('-', '_')}"
    assert installer.variables(home | {named: "own"})[variable] == "own"
    assert installer.variables(home | {named: "own", variable: "uv's"})[variable] == "uv's"


def test_uv_trusts_the_system_and_takes_the_best_version_as_pip_does(
    home: dict[str, str],
) -> None:
    found = installer.variables(home)

    assert (found["UV_SYSTEM_CERTS"], found["UV_INDEX_STRATEGY"]) == ("1", "unsafe-best-match")


@pytest.mark.parametrize("text", ["no section", "\xff"])
def test_a_file_that_pip_could_not_read_says_nothing(text: str, home: dict[str, str]) -> None:
    file = Path(home["HOME"]) / "pip.conf"
    file.write_bytes(text.encode("latin-1"))

    assert "UV_DEFAULT_INDEX" not in installer.variables(home | {"PIP_CONFIG_FILE": str(file)})


def test_a_folder_that_is_not_there_is_left_out(home: dict[str, str]) -> None:
    there = home["HOME"]

    found = installer.variables(
        home | {"PIP_FIND_LINKS": f"{there} /none file:///none file://{there}"}
    )

    assert found["UV_FIND_LINKS"] == f"{there},file://{there}"


@pytest.mark.parametrize("name", ["PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"])
def test_variables_of_python_do_not_reach_the_environment(name: str, home: dict[str, str]) -> None:
    assert name not in installer.variables(home | {name: "x"})
