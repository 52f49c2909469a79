"""The file of a company's authorities, and what is refused of it."""

from pathlib import Path

import pytest

from config.authorities import MOST_BYTES, read_authorities
from config.loader import load_environment
from tests.company import authority, pem, private
from tests.config.files import VALID, refusal, write

SETTING = '[network]\nca_bundle = "company.pem"\n'
GOOD, KEY = authority()
OLD = pem(authority("Old Authority", days=0)[0])


def written(folder: Path, text: str) -> Path:
    """Write the bundle beside the environment file, and return it."""
    write(folder, "dev", VALID + SETTING)
    path = folder / "config" / "company.pem"
    path.write_text(text)
    return path


def test_one_or_several_authorities_are_read(tmp_path: Path) -> None:
    other = pem(authority("Another")[0])
    found = read_authorities(written(tmp_path, f"# ours\n{pem(GOOD)}{other}"))

    assert {one.name for one in found} == {"Company Authority", "Another"}
    assert load_environment("dev", tmp_path / "config").network.ca_bundle == "company.pem"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "holds none or a broken certificate; write each as PEM"),
        ("certificates", "holds none or a broken certificate; write each as PEM"),
        (pem(GOOD) + pem(GOOD).replace("MII", "MIX", 1), "holds none or a broken certificate"),
        (pem(GOOD) + private(KEY), "holds a private key, which no other machine may have"),
        (private(KEY), "holds a private key, which no other machine may have"),
        (
            pem(authority(is_authority=False)[0]),
            "a certificate of a server and not of an authority",
        ),
        ("#" * (MOST_BYTES + 1), f"has {MOST_BYTES + 1} bytes, at most {MOST_BYTES}"),
        ("é", "is not PEM; convert it"),
    ],
)
def test_what_is_no_list_of_authorities_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    written(tmp_path, text)

    said = refusal(tmp_path, VALID + SETTING)
    assert said.startswith("config/dev.toml: network.ca_bundle: ")
    assert reason in said
    assert "\n" not in said


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    said = refusal(tmp_path, VALID + SETTING)

    assert "company.pem cannot be read: no such file or directory; put it there" in said


@pytest.mark.parametrize("name", ["../company.pem", "/etc/company.pem", "company.key", ".pem"])
def test_a_file_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    said = refusal(tmp_path, VALID + f'[network]\nca_bundle = "{name}"\n')

    assert "write the name of a file beside this one that ends in .pem" in said


def test_an_expired_authority_keeps_nobody_from_what_runs(tmp_path: Path) -> None:
    path = written(tmp_path, OLD)

    assert [one.name for one in read_authorities(path)] == ["Old Authority"]
    assert load_environment("dev", path.parent).network.ca_bundle == "company.pem"
