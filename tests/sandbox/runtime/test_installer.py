from pathlib import Path

import pytest

from sandbox.ecr import installer


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The variables of a person whose pip is configured nowhere."""
    return {"HOME": str(tmp_path), "XDG_CONFIG_DIRS": str(tmp_path / "nothing")}


def configure(home: dict[str, str], text: str) -> None:
    folder = Path(home["HOME"]) / ".config" / "pip"
    folder.mkdir(parents=True)
    (folder / "pip.conf").write_text(text)


def test_what_pip_takes_from_variables_reaches_uv(home: dict[str, str], tmp_path: Path) -> None:
    given = home | {
        "PIP_INDEX_URL": "https://mirror.example/simple",
        "PIP_EXTRA_INDEX_URL": "https://one.example https://two.example",
        "PIP_CERT": str(tmp_path),
        "PIP_DEFAULT_TIMEOUT": "180",
    }

    found = installer.variables(given)

    assert found["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert found["UV_INDEX"] == "https://one.example https://two.example"
    assert found["SSL_CERT_FILE"] == str(tmp_path)
    assert found["UV_HTTP_TIMEOUT"] == "180"


def test_what_pip_takes_from_its_files_reaches_uv_and_a_variable_goes_before_it(
    home: dict[str, str],
) -> None:
    configure(
        home,
        "[global]\nindex-url = https://mirror.example/simple\ntimeout = 60\n"
        "[install]\nextra_index_url =\n  https://one.example\n  https://two.example\n",
    )

    found = installer.variables(home)
    assert found["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert found["UV_INDEX"] == "https://one.example https://two.example"
    assert found["UV_HTTP_TIMEOUT"] == "60"

    other = installer.variables(home | {"PIP_INDEX_URL": "https://other.example/simple"})
    assert other["UV_DEFAULT_INDEX"] == "https://other.example/simple"


def test_a_setting_for_uv_itself_goes_before_a_setting_of_pip(home: dict[str, str]) -> None:
    given = {"PIP_INDEX_URL": "https://one.example", "UV_DEFAULT_INDEX": "https://two.example"}

    assert installer.variables(home | given)["UV_DEFAULT_INDEX"] == "https://two.example"


def test_an_index_in_a_folder_that_is_not_there_is_left_out(home: dict[str, str]) -> None:
    given = {"PIP_EXTRA_INDEX_URL": "file:///not/there https://one.example", "PIP_CERT": "/no/file"}

    found = installer.variables(home | given)

    assert found["UV_INDEX"] == "https://one.example"
    assert "SSL_CERT_FILE" not in found


def test_a_configuration_that_cannot_be_read_says_nothing(home: dict[str, str]) -> None:
    configure(home, "index-url = https://mirror.example/simple\n")

    assert "UV_DEFAULT_INDEX" not in installer.variables(home)


def test_packages_are_kept_in_the_project_where_the_home_folder_cannot_be_written(
    home: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "UV_CACHE_DIR" not in installer.variables(home)

    monkeypatch.setattr("os.access", lambda *_: False)

    assert installer.variables(home)["UV_CACHE_DIR"].endswith("/.cache/uv")
    assert installer.variables(home | {"UV_CACHE_DIR": "/chosen"})["UV_CACHE_DIR"] == "/chosen"
