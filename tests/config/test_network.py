"""What an environment file may say of the network of a company."""

from pathlib import Path

import pytest

from tests.config.files import VALID, refusal
from tests.templates.environments import make_environment


def line(folder: Path, text: str) -> str:
    """The one line with which `text` is refused, without the file's name."""
    (only,) = refusal(folder, VALID + text).splitlines()
    return only.removeprefix("config/dev.toml: ")


@pytest.mark.parametrize("prefix", ["ECR", "ecr-public/", "/ecr", "ecr public", "ecr..a", "ROOT"])
def test_a_prefix_that_no_rule_can_have_is_refused(tmp_path: Path, prefix: str) -> None:
    said = line(tmp_path, f'[network]\npull_through = "{prefix}"\n')

    assert said.startswith(f"network.pull_through: is not spelled right, got '{prefix}'; write")


@pytest.mark.parametrize("prefix", ["e", "e" * 31])
def test_a_prefix_of_another_length_is_refused(tmp_path: Path, prefix: str) -> None:
    said = line(tmp_path, f'[network]\npull_through = "{prefix}"\n')

    assert "a pull-through cache rule's prefix has 2 to 30 characters" in said


@pytest.mark.parametrize("prefix", ["ecr-public", "team/ecr.public", "e" * 30])
def test_a_prefix_of_ecrs_spelling_is_taken(prefix: str) -> None:
    assert make_environment(network={"pull_through": prefix}).network.pull_through == prefix


def test_the_image_cannot_be_pushed_into_the_cache(tmp_path: Path) -> None:
    settings = '[network]\npull_through = "cache"\n[existing]\nrepository = "cache/models"\n'

    assert "existing.repository lies below network.pull_through (cache)" in line(tmp_path, settings)
    beside = make_environment(
        network={"pull_through": "cache"}, existing={"repository": "cached/models"}
    )
    assert beside.existing.repository == "cached/models"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ('proxy = "http://me:secret@proxy.example.com:3128"', "holds credentials"),
        ('proxy = "http://proxy.example.com"', "must be scheme, host and port"),
        ('proxy = "http://proxy.example.com:3128/path"', "must be scheme, host and port"),
        ('proxy = "socks5://proxy.example.com:1080"', "must be http or https://, a host"),
        ('proxy = "proxy.example.com:3128"', "must be http or https://, a host"),
        ('package_index = "https://token@pypi.example.com/simple"', "holds credentials"),
        (
            'package_index = "http://pypi.example.com/simple"',
            "must be https://, a host",
        ),
        ('package_index = "https://pypi.example.com/simple?a=b"', "only what needs no quotes"),
        ('package_index = "https://pypi.example.com/$(id)"', "only what needs no quotes"),
        (
            'package_index = "https://d-1.d.codeartifact.us-east-1.amazonaws.com/pypi/p/simple/"',
            "is CodeArtifact, whose token expires within 12 hours",
        ),
        ('mode = "private"\nproxy = "http://10.0.0.1:3128"', "which lets out port 443 only"),
        ('mode = "private"\npackage_index = "https://a.b:8443/s"', "which lets out port 443 only"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_with_the_reason(
    tmp_path: Path, given: str, reason: str
) -> None:
    said = line(tmp_path, f"[network]\n{given}\n")

    assert said.startswith("network")
    assert reason in said


def test_addresses_of_a_company_are_taken() -> None:
    network = make_environment(
        network={
            "proxy": "http://proxy.example.com:3128/",
            "package_index": "https://pypi.example.com/simple/",
        }
    ).network

    assert network.proxy == "http://proxy.example.com:3128"
    assert network.index_host == "pypi.example.com"
    inside = {"mode": "private", "package_index": "https://pypi.example.com/simple/"}
    assert make_environment(network=inside).network.index_host == "pypi.example.com"
