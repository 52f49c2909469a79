"""Paths of a multi-model endpoint, one at a time, with models that are only names."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from container.contract.http_errors import HTTPError
from container.serving.messages import Request, Response
from container.serving.model_store import RegisteredModel
from container.serving.multi_model_router import MultiModelRouter
from container.serving.settings import Settings


class Store:
    """Models that are in memory (`cached`) or not."""

    def __init__(self, names: list[str], cached: list[str] | None = None) -> None:
        self._known = names
        self._cached = cached or []
        self.calls: list[tuple[str, ...]] = []

    def names(self) -> list[RegisteredModel]:
        return [RegisteredModel(name, f"/{name}", Path(), 7) for name in self._known]

    def find(self, name: str) -> RegisteredModel:
        found = [model for model in self.names() if model.name == name]
        if not found:
            raise HTTPError(404, f"Model not found: {name}")  # type: ignore[arg-type]
        return found[0]

    def find_cached(self, name: str) -> str | None:
        return name if name in self._cached else None

    def load(self, name: str) -> str:
        self.calls.append(("load", name))
        return name

    def register(self, name: str, url: str) -> None:
        self.calls.append(("register", name, url))

    def unregister(self, name: str) -> None:
        self.find(name)
        self.calls.append(("unregister", name))


class Predictions:
    def respond(self, loaded: str, request: Request) -> Response:
        return Response(200, b"at once " + loaded.encode())

    async def predict_in_thread(self, loaded: str, request: Request) -> Response:
        return Response(200, b"in a thread " + loaded.encode())


def router(store: Store, settings: Settings | None = None) -> MultiModelRouter:
    found: Any = MultiModelRouter
    made: MultiModelRouter = found(settings or Settings(), Predictions(), store)
    return made


def respond(store: Store, method: str, target: str, body: bytes = b"") -> Response:
    path, _, query = target.encode().partition(b"?")
    answer = router(store)(Request(method.encode(), path, query, {}, body))

    async def wait() -> Response:
        return answer if isinstance(answer, Response) else await answer

    return asyncio.run(wait())


def document(store: Store, method: str, target: str, body: bytes = b"") -> Any:
    response = respond(store, method, target, body)
    assert response.status == 200
    assert response.content_type == b"application/json"
    return json.loads(response.body)


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        (b"/ping", b"GET, HEAD, OPTIONS"),
        (b"/execution-parameters", b"GET, HEAD, OPTIONS"),
        (b"/models", b"GET, HEAD, OPTIONS, POST"),
        (b"/models/", b""),
        (b"/models/a", b"GET, HEAD, OPTIONS, DELETE"),
        (b"/models/a/invoke", b"POST, OPTIONS"),
        (b"/models/a/other", b""),
        (b"/models/a/invoke/more", b""),
        (b"/other/a", b""),
        (b"/other", b""),
        (b"/", b""),
    ],
)
def test_every_path_has_its_methods(path: bytes, methods: bytes) -> None:
    assert router(Store([])).allowed(path) == methods
    if methods:
        found = router(Store([]))(Request(b"OPTIONS", path))
        assert isinstance(found, Response)
        assert (found.status, found.body, found.headers) == (200, b"", ((b"allow", methods),))


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("POST", "/ping", 405),
        ("PUT", "/models", 405),
        ("POST", "/models/a", 405),
        ("GET", "/models/a/invoke", 405),
        ("GET", "/other", 404),
        ("POST", "/models/a/other", 404),
        ("GET", "/models/b", 404),
        ("DELETE", "/models/b", 404),
        ("POST", "/models/b/invoke", 404),
        ("POST", "/invocations", 400),
    ],
)
def test_another_method_or_path_is_refused(method: str, target: str, status: int) -> None:
    with pytest.raises(HTTPError) as caught:
        respond(Store(["a"], ["a"]), method, target)

    assert caught.value.status == status


def test_a_body_for_no_model_is_refused_in_the_built_ins_words() -> None:
    with pytest.raises(HTTPError, match=r"Parameter model_name is required\."):
        respond(Store(["a"]), "POST", "/invocations")


def test_the_fixed_paths_answer() -> None:
    assert document(Store([]), "GET", "/ping") == {"status": "Healthy"}
    assert document(Store([]), "GET", "/execution-parameters") == {
        "MaxConcurrentTransforms": 1,
        "BatchStrategy": "MULTI_RECORD",
        "MaxPayloadInMB": 6,
    }


@pytest.mark.parametrize(
    ("query", "names", "token"),
    [
        ("", ["a", "b", "c"], None),
        ("?limit=3", ["a", "b", "c"], None),
        ("?limit=2", ["a", "b"], "2"),
        ("?limit=1&next_page_token=1", ["b"], "2"),
        ("?limit=1&next_page_token=2", ["c"], None),
        ("?next_page_token=0", ["a", "b", "c"], None),
        ("?next_page_token=9", [], None),
        ("?limit=999999999", ["a", "b", "c"], None),
    ],
)
def test_models_are_listed_in_pages(query: str, names: list[str], token: str | None) -> None:
    page = document(Store(["a", "b", "c"]), "GET", f"/models{query}")

    assert page["models"] == [{"modelName": name, "modelUrl": f"/{name}"} for name in names]
    assert page.get("nextPageToken") == token


def test_a_page_has_100_models_where_nothing_else_is_asked() -> None:
    page = document(Store([str(number) for number in range(101)]), "GET", "/models")

    assert len(page["models"]) == 100
    assert page["nextPageToken"] == "100"


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=x", "limit=-1", "limit=٣", "limit=1000000000", "next_page_token=x"],
)
def test_a_page_that_is_no_number_is_refused(query: str) -> None:
    name = query.partition("=")[0]

    with pytest.raises(HTTPError, match=f"{name} must be a whole number") as caught:
        respond(Store([]), "GET", f"/models?{query}")

    assert caught.value.status == 400


@pytest.mark.parametrize(("cached", "in_memory"), [([], False), (["a b"], True)])
def test_a_model_is_described_with_whether_it_is_in_memory(
    cached: list[str], in_memory: bool
) -> None:
    assert document(Store(["a b"], cached), "GET", "/models/a%20b") == {
        "modelName": "a b",
        "modelUrl": "/a b",
        "minWorkers": 1,
        "maxWorkers": 1,
        "memoryBytes": 7,
        "inMemory": in_memory,
    }


def test_a_model_is_forgotten() -> None:
    store = Store(["a"])

    assert document(store, "DELETE", "/models/a") == {"status": 'Model "a" unregistered'}
    assert store.calls == [("unregister", "a")]


def test_a_model_is_loaded_by_name_and_folder() -> None:
    store = Store([])

    loaded = document(store, "POST", "/models", b'{"model_name": "a", "url": "/m"}')

    assert loaded == {"status": "Workers scaled"}
    assert store.calls == [("register", "a", "/m")]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "send "),
        (b"{}", "send "),
        (b"[]", "send "),
        (b'{"model_name": "a"}', "send "),
        (b'{"url": "a"}', "send "),
        (b'{"model_name": 1, "url": "a"}', "model_name and url must be text"),
        (b'{"model_name": "a", "url": null}', "model_name and url must be text"),
        (b'{"model_name": "", "url": "a"}', "model_name and url must be text"),
    ],
)
def test_a_model_without_name_or_folder_is_refused(body: bytes, complaint: str) -> None:
    store = Store([])

    with pytest.raises(HTTPError, match=complaint) as caught:
        respond(store, "POST", "/models", body)

    assert caught.value.status == 400
    assert store.calls == []


def test_a_model_that_is_no_longer_in_memory_is_read_again_in_a_thread() -> None:
    store = Store(["a", "b"], ["a"])

    assert respond(store, "POST", "/models/a/invoke").body == b"at once a"
    assert store.calls == []
    assert respond(store, "POST", "/models/b/invoke").body == b"in a thread b"
    assert store.calls == [("load", "b")]
