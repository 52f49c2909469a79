"""What ECR serves behind a digest: an image's record, and what stands for its source."""

import hashlib
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from moto.core.exceptions import JsonRESTError

from sandbox.ecr import images, layers
from sandbox.iam import resource_policies
from sandbox.state import context


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "manifests"
    folder.mkdir()
    for name in ("one", "two"):
        record = {"folder": f"/images/{name}", "environment": "/e"}
        (folder / f"{name * 3}.json").write_text(json.dumps(record))
    monkeypatch.setattr(images, "image_folder", lambda content: tmp_path / content)
    monkeypatch.setattr(context, "current", lambda: SimpleNamespace(secret="x"))
    return folder


def digest_of(name: str) -> str:
    return "sha256:" + hashlib.sha256(name.encode()).hexdigest()


def served(path: str) -> tuple[str, bytes] | None:
    said: list[str] = []
    digest = path.removeprefix(layers.LAYERS)
    environ = {"PATH_INFO": path, "QUERY_STRING": f"signature={layers._signature(digest)}"}
    found = layers.serve(environ, lambda status, headers: said.append(status))
    return None if found is None else (said[0], b"".join(found))


def test_the_record_of_an_image_is_found_by_its_digest(records: Path) -> None:
    content = (records / "oneoneone.json").read_bytes()

    assert layers.blob("sha256:oneoneone") == content
    assert served("/sandbox/layers/sha256:oneoneone") == ("200 OK", content)


@pytest.mark.parametrize("name", ["one", "two"])
def test_a_layer_is_found_by_the_digest_of_its_source(records: Path, name: str) -> None:
    assert served(f"/sandbox/layers/{digest_of(name)}") == ("200 OK", name.encode())


def test_another_digest_is_not_found(records: Path) -> None:
    assert served(f"/sandbox/layers/{digest_of('three')}") == ("404 Not Found", b"")


@pytest.mark.parametrize("query", ["", "signature=", f"signature={'0' * 64}"])
def test_a_layer_is_given_by_the_address_that_ecr_told_alone(records: Path, query: str) -> None:
    said: list[str] = []
    environ = {"PATH_INFO": "/sandbox/layers/sha256:oneoneone", "QUERY_STRING": query}

    found = layers.serve(environ, lambda status, headers: said.append(status))

    assert (found, said) == ([b""], ["403 Forbidden"])


@pytest.mark.parametrize("environ", [{}, {"PATH_INFO": "/"}, {"PATH_INFO": "/sandbox/layer/x"}])
def test_another_request_is_not_answered_here(environ: dict[str, Any]) -> None:
    assert layers.serve(environ, None) is None


OPEN = {
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "ecr:BatchGetImage",
            "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        }
    ]
}


class Registry(SimpleNamespace):
    """A registry with these policies of repositories."""

    account_id = "111122223333"

    def batch_check_layer_availability(self, name: str, digests: list[str]) -> None:
        self.asked = (name, digests)


class Asked(layers.Response):
    """A request for an image."""

    current_account, region = "123456789012", "us-east-1"

    def __init__(self, **parameters: Any) -> None:
        self.parameters = parameters

    def _get_param(self, name: str, *default: Any) -> Any:
        return self.parameters.get(name)

    def _get_action(self) -> str:
        return "BatchGetImage"


@pytest.fixture
def registries(monkeypatch: pytest.MonkeyPatch) -> dict[str, Registry]:
    """The registry of the request's account, and another one."""
    policies = {"open": json.dumps(OPEN), "closed": None}
    kept = {name: SimpleNamespace(policy=policy) for name, policy in policies.items()}
    found = {
        "123456789012": Registry(repositories={}),
        "111122223333": Registry(repositories=kept),
    }
    backends = {account: {"us-east-1": one} for account, one in found.items()}
    for module in (layers, resource_policies):
        monkeypatch.setattr(module, "ecr_backends", backends)
    monkeypatch.setattr(context, "current", lambda: SimpleNamespace(url="http://here", secret="x"))
    return found


@pytest.mark.parametrize("owner", [{}, {"registryId": "123456789012"}])
def test_an_account_reads_its_own_registry(
    owner: dict[str, str], registries: dict[str, Registry]
) -> None:
    assert Asked(**owner, repositoryName="none").ecr_backend is registries["123456789012"]


def test_a_registry_of_another_account_is_read_where_its_policy_admits(
    registries: dict[str, Registry],
) -> None:
    other = {"registryId": "111122223333"}

    assert Asked(**other, repositoryName="open").ecr_backend is registries["111122223333"]
    for name in ("closed", "none"):
        with pytest.raises(JsonRESTError, match="is not authorized to perform: ecr:BatchGetImage"):
            _ = Asked(**other, repositoryName=name).ecr_backend


def test_a_layer_has_an_address(registries: dict[str, Registry]) -> None:
    found = Asked(repositoryName="r", layerDigest="sha256:1").get_download_url_for_layer()

    assert found.result == {
        "downloadUrl": f"http://here/sandbox/layers/sha256:1?signature={layers._signature('sha256:1')}",
        "layerDigest": "sha256:1",
    }
    assert registries["123456789012"].asked == ("r", ["sha256:1"])
