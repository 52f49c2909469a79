import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from container.contract.errors import InputError
from container.formats.schema import Schema
from container.protocol import Floats
from container.serving.application import Application
from container.serving.invocation import invoke
from container.serving.loaded_model import LoadedModel
from container.serving.messages import Request, Response
from container.serving.model_store import ModelStore
from container.serving.multi_model_router import MultiModelRouter
from container.serving.predictions import Predictions
from container.serving.settings import Settings
from container.serving.telemetry import Telemetry
from tests.container.support.servers import serving
from tests.container.support.world import Rows, World, csv_lines

ROOM_FOR_TWO = 350


class Endpoint:
    """A multi-model endpoint over models that answer with the number in their file."""

    def __init__(self, root: Path, limit_bytes: int = ROOM_FOR_TWO) -> None:
        self._root = root
        self.read: list[str] = []
        settings = Settings(is_multi_model=True, default_accept="application/json")
        store = ModelStore(root, limit_bytes, self._load)
        router = MultiModelRouter(settings, Predictions(settings, invoke, lambda: None), store)
        self._application = Application(router, Telemetry(1))

    def _load(self, folder: Path) -> LoadedModel:
        self.read.append(folder.name)
        text = (folder / "model").read_text().strip()
        if not text.isdigit():
            raise InputError(f"{folder.name}/model: no model")
        number = float(text)

        def predict(rows: Floats) -> Floats:
            return np.full(len(rows), number, np.float32)

        return LoadedModel(predict, predict, Schema.of_numbers(1), {}, 100)

    def folder(self, name: str, number: str = "1") -> str:
        folder = self._root / name
        folder.mkdir()
        (folder / "model").write_text(number.ljust(100))
        return str(folder)

    def ask(self, method: str, path: str, document: Any = None) -> Response:
        path, _, query = path.partition("?")
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        request = Request(method.encode(), path.encode(), query.encode(), {}, body)

        async def answer() -> Response:
            given = self._application(request)
            return given if isinstance(given, Response) else await given

        return asyncio.run(answer())

    def load(self, name: str, number: str = "1") -> Response:
        return self.ask("POST", "/models", {"model_name": name, "url": self.folder(name, number)})

    def predict(self, name: str) -> tuple[int, bytes]:
        answer = self.ask("POST", f"/models/{name}/invoke", b"5")
        return answer.status, answer.body


@pytest.fixture
def endpoint(tmp_path: Path) -> Endpoint:
    return Endpoint(tmp_path)


def document(answer: Response) -> Any:
    return json.loads(answer.body)


def test_an_endpoint_is_healthy_before_any_model_came(endpoint: Endpoint) -> None:
    assert endpoint.ask("GET", "/ping").status == 200
    assert document(endpoint.ask("GET", "/models")) == {"models": []}


def test_a_loaded_model_is_listed_and_answers(endpoint: Endpoint) -> None:
    assert document(endpoint.load("seven", "7")) == {"status": "Workers scaled"}

    (model,) = document(endpoint.ask("GET", "/models"))["models"]
    assert model["modelName"] == "seven"
    assert endpoint.predict("seven") == (200, b"[7.0]")


def test_a_name_means_nothing_and_may_hold_anything(endpoint: Endpoint) -> None:
    url = endpoint.folder("plain", "3")
    endpoint.ask("POST", "/models", {"model_name": "a/b c", "url": url})

    assert endpoint.predict("a%2Fb%20c") == (200, b"[3.0]")


def test_a_second_model_of_the_same_name_is_409(endpoint: Endpoint) -> None:
    endpoint.load("one")

    again = endpoint.ask("POST", "/models", {"model_name": "one", "url": "/elsewhere"})

    assert again.status == 409


@pytest.mark.parametrize("url", ["/etc", "../..", "/nowhere/at/all", ""])
def test_a_folder_outside_the_store_is_404(endpoint: Endpoint, url: str) -> None:
    assert endpoint.ask("POST", "/models", {"model_name": "x", "url": url}).status in (400, 404)


def test_a_link_out_of_the_store_is_404(endpoint: Endpoint, tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to("/etc")

    answer = endpoint.ask("POST", "/models", {"model_name": "x", "url": str(tmp_path / "out")})

    assert answer.status == 404


def test_a_folder_without_a_model_is_400_and_not_registered(endpoint: Endpoint) -> None:
    assert endpoint.load("bad", "nonsense").status == 400
    assert document(endpoint.ask("GET", "/models")) == {"models": []}


def test_a_model_larger_than_the_memory_is_507(tmp_path: Path) -> None:
    assert Endpoint(tmp_path, limit_bytes=100).load("big").status == 507


def test_the_model_not_asked_for_longest_makes_room_and_is_read_again(endpoint: Endpoint) -> None:
    endpoint.load("one", "1")
    endpoint.load("two", "2")
    assert endpoint.predict("one") == (200, b"[1.0]")

    endpoint.load("three", "3")

    assert not document(endpoint.ask("GET", "/models/two"))["inMemory"]
    assert document(endpoint.ask("GET", "/models/one"))["inMemory"]
    assert endpoint.predict("two") == (200, b"[2.0]")
    assert endpoint.read == ["one", "two", "three", "two"]


def test_an_unloaded_model_is_404(endpoint: Endpoint) -> None:
    endpoint.load("one")

    gone = endpoint.ask("DELETE", "/models/one")

    assert document(gone) == {"status": 'Model "one" unregistered'}
    assert endpoint.predict("one")[0] == 404
    assert endpoint.ask("GET", "/models/one").status == 404
    assert endpoint.ask("DELETE", "/models/one").status == 404


def test_long_lists_come_in_pages(endpoint: Endpoint) -> None:
    for name in ("a", "b", "c"):
        endpoint.load(name)

    first = document(endpoint.ask("GET", "/models?limit=2"))
    second = document(
        endpoint.ask("GET", f"/models?limit=2&next_page_token={first['nextPageToken']}")
    )

    assert [model["modelName"] for model in first["models"] + second["models"]] == ["a", "b", "c"]
    assert "nextPageToken" not in second


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/invocations", b"1", 400),
        ("POST", "/models", b"{", 400),
        ("POST", "/models", b'{"model_name": 1, "url": "x"}', 400),
        ("POST", "/models", b"[]", 400),
        ("GET", "/models?limit=x", b"", 400),
        ("GET", "/models?limit=0", b"", 400),
        ("PUT", "/models", b"", 405),
        ("POST", "/models/x", b"", 405),
        ("GET", "/models/x/invoke", b"", 405),
        ("POST", "/models/x/other", b"", 404),
        ("POST", "/models/x/invoke", b"1", 404),
        ("GET", "/", b"", 404),
    ],
)
def test_what_makes_no_sense_is_refused(
    endpoint: Endpoint, method: str, path: str, body: bytes, status: int
) -> None:
    answer = endpoint.ask(method, path, body)

    assert answer.status == status
    assert sorted(document(answer)) == ["error", "id"]


def test_two_real_models_live_behind_one_port(
    trained: World, tmp_path: Path, cancer_rows: Rows
) -> None:
    for name in ("first", "second"):
        shutil.copytree(trained.base / "model", tmp_path / "models" / name / "model")
    body = csv_lines([cancer_rows[500, 1:].tolist()])
    with serving(World(tmp_path), {"SAGEMAKER_MULTI_MODEL": "true"}) as server:
        for name in ("first", "second"):
            url = str(tmp_path / "models" / name / "model")
            request = json.dumps({"model_name": name, "url": url}).encode()
            assert server.ask("POST", "/models", request).status == 200

        answers = {
            server.ask("POST", f"/models/{name}/invoke", body).body for name in ("first", "second")
        }

        assert len(answers) == 1
        assert isinstance(json.loads(answers.pop())[0], float)
        assert server.ask("DELETE", "/models/first").status == 200
        assert server.ask("POST", "/models/first/invoke", body).status == 404
