"""Packages come from an index of the company, which only its own authority vouches for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from container.image import authorities, packages
from container.image.errors import ImageError
from tests.company import PACKAGE, VERSION, Company, company


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with company(tmp_path_factory.mktemp("company")) as found:
        yield found


@pytest.fixture
def inside(place: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    """A build whose index is the company's, and whose lock is of its one package."""
    lock = tmp_path / "requirements.lock"
    lock.write_text(place.requirement)
    monkeypatch.setattr(packages, "LOCK", lock)
    monkeypatch.setattr(authorities, "SECRET", tmp_path / "secret")
    monkeypatch.setenv("PIP_INDEX_URL", place.index)
    monkeypatch.setenv("PIP_RETRIES", "0")
    # These win over what pip is told, and a build has none of them.
    for name in ("CURL_CA_BUNDLE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    return place


def test_without_the_authority_the_build_fails(inside: Company, tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="No matching distribution found"):
        packages.install(tmp_path / "site")


def test_with_the_authority_the_package_is_installed_and_checked(
    inside: Company, tmp_path: Path
) -> None:
    authorities.SECRET.write_bytes(inside.authority.read_bytes())

    found = packages.install(tmp_path / "site")

    assert f"{PACKAGE}=={VERSION} --hash=sha256:{found[PACKAGE]}\n" == inside.requirement
    assert (tmp_path / "site" / f"{PACKAGE}.py").read_text() == "ANSWER = 42\n"


def test_the_usual_authorities_stay_trusted(inside: Company, tmp_path: Path) -> None:
    authorities.SECRET.write_bytes(inside.authority.read_bytes())
    with authorities.pip_options() as words:
        option, both = words
        text = Path(both).read_text()

    assert option == "--cert"
    assert inside.authority.read_text() in text
    assert text.count("BEGIN CERTIFICATE") > 50, "this machine trusts others, too"
    assert not Path(both).exists()


def test_without_a_secret_pip_is_told_nothing(inside: Company) -> None:
    with authorities.pip_options() as words:
        assert words == []
