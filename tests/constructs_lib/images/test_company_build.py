"""The image build behind a company's authority, index and proxy."""

import json
from pathlib import Path
from typing import Any

import pytest

from config import authorities
from constructs_lib.images.image_build import BUILD
from tests.company import authority, pem
from tests.constructs_lib.conftest import Stacks, synthesise
from tests.constructs_lib.images.builds import phases, run_build, script, variables

INDEX, PROXY = "https://pypi.example.com/simple", "http://proxy.example.com:3128"


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stacks:
    """An environment that names all three."""
    (tmp_path / "company.pem").write_text(pem(authority()[0]))
    monkeypatch.setattr(authorities, "FOLDER", tmp_path)
    return synthesise(network={"ca_bundle": "company.pem", "package_index": INDEX, "proxy": PROXY})


def reading(stacks: Stacks) -> list[dict[str, Any]]:
    """The statements about objects that the build's role may read."""
    (policy,) = stacks.resources("Registry", "AWS::IAM::ManagedPolicy")
    statements = policy["PolicyDocument"]["Statement"]
    return [one for one in statements if "s3:GetObject" in one["Action"]]


def test_the_authorities_are_fetched_first_and_docker_is_told_of_everything(
    inside: Stacks, tmp_path: Path
) -> None:
    assert phases(inside)["pre_build"] == [
        'aws s3 cp --only-show-errors "$AUTHORITIES" /tmp/authorities.pem'
    ]
    called = run_build(tmp_path, script=script(inside), tag_exists=False)[-1]
    assert called.startswith(
        "docker buildx build --secret id=authorities,src=/tmp/authorities.pem "
        f"--build-arg PIP_INDEX_URL={INDEX} "
        f"--build-arg http_proxy={PROXY} --build-arg https_proxy={PROXY} "
        "--build-arg no_proxy=localhost,127.0.0.1,169.254.169.254,169.254.170.2,.amazonaws.com,"
        "pypi.example.com --platform linux/amd64 "
    )


def test_the_role_may_read_that_file_and_its_source(inside: Stacks) -> None:
    source, bundle = reading(inside)

    assert json.dumps(source["Resource"]).endswith('.zip"]]}')
    assert json.dumps(bundle["Resource"]).endswith('.pem"]]}')
    assert "*" not in json.dumps(bundle["Resource"])
    assert json.dumps(variables(inside)["AUTHORITIES"]).endswith('.pem"]]}')


def test_the_image_stays_the_same(inside: Stacks, usual: Stacks) -> None:
    assert inside.platform.registry.image_tag == usual.platform.registry.image_tag


def test_without_the_settings_nothing_of_them_is_there(usual: Stacks) -> None:
    assert phases(usual) == {"build": [BUILD]}
    assert set(variables(usual)) == {"IMAGE_TAG", "REPOSITORY_NAME", "REPOSITORY_URI"}
    assert len(reading(usual)) == 1


def test_china_has_another_domain() -> None:
    found = synthesise(platform={"region": "cn-north-1"}, network={"proxy": PROXY})

    assert ",.amazonaws.com.cn --platform" in script(found)
