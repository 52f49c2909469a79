"""The models of an endpoint: registered, evicted by use, read again."""

import contextlib
from pathlib import Path
from typing import Any

import pytest

from container.contract.errors import InputError
from container.contract.http_errors import HTTPError
from container.serving import model_store
from container.serving.model_store import ModelStore, default_limit_bytes


class Loader:
    """Remembers which folders were read."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.error: Exception | None = None

    def __call__(self, folder: Path) -> Any:
        if self.error:
            raise self.error
        self.read.append(folder.name)
        return f"model {folder.name}"


@pytest.fixture
def loader() -> Loader:
    return Loader()


def store_of(root: Path, loader: Loader, limit: int, **sizes: int) -> ModelStore:
    """Models below `root`, each a file of so many bytes, all registered."""
    store = ModelStore(root, limit, loader)
    for name, size in sizes.items():
        folder = root / name
        folder.mkdir()
        (folder / "model").write_bytes(bytes(size))
        (folder / "code").mkdir()
        store.register(name, str(folder))
    return store


def in_memory(store: ModelStore, *names: str) -> list[str]:
    # Asked through `names` in their order: to ask is to use.
    return [name for name in names if name in store._in_memory]


def test_a_model_takes_half_as_much_again_as_its_files(tmp_path: Path, loader: Loader) -> None:
    store = store_of(tmp_path, loader, 1_000, a=100)

    assert store.find("a").memory_bytes == 150
    assert [model.name for model in store.names()] == ["a"]
    assert store.find_cached("a") == "model a"  # type: ignore[comparison-overlap]
    assert store.find_cached("b") is None


def test_the_least_recently_used_model_makes_room(tmp_path: Path, loader: Loader) -> None:
    store = store_of(tmp_path, loader, 300, a=100, b=100)
    assert in_memory(store, "a", "b") == ["a", "b"]
    store.find_cached("a")

    folder = tmp_path / "c"
    folder.mkdir()
    (folder / "model").write_bytes(bytes(100))
    store.register("c", str(folder))

    assert in_memory(store, "a", "b", "c") == ["a", "c"]
    assert [model.name for model in store.names()] == ["a", "b", "c"]
    assert store.load("b") == "model b"  # type: ignore[comparison-overlap]
    assert in_memory(store, "a", "b", "c") == ["b", "c"]
    assert loader.read == ["a", "b", "c", "b"]


def test_a_model_in_memory_is_not_read_again_and_counts_as_used(
    tmp_path: Path, loader: Loader
) -> None:
    store = store_of(tmp_path, loader, 300, a=100, b=100)

    assert store.load("a") == "model a"  # type: ignore[comparison-overlap]

    assert loader.read == ["a", "b"]
    assert [*store._in_memory] == ["b", "a"]


def test_as_many_models_are_evicted_as_the_next_one_needs(tmp_path: Path, loader: Loader) -> None:
    store = store_of(tmp_path, loader, 300, a=60, b=60, c=60, d=110)

    assert in_memory(store, "a", "b", "c", "d") == ["c", "d"]


@pytest.mark.parametrize(("size", "fits"), [(200, True), (201, False)])
def test_a_model_larger_than_all_memory_has_no_room(
    tmp_path: Path, loader: Loader, size: int, fits: bool
) -> None:
    refused = contextlib.nullcontext() if fits else pytest.raises(HTTPError, match="are allowed")

    with refused as caught:
        store_of(tmp_path, loader, 300, a=size)

    if not fits:
        assert caught is not None
        assert caught.value.status == 507


def test_a_model_is_registered_once(tmp_path: Path, loader: Loader) -> None:
    store = store_of(tmp_path, loader, 300, a=1)

    with pytest.raises(HTTPError, match="a is already registered") as caught:
        store.register("a", str(tmp_path / "a"))
    assert caught.value.status == 409


@pytest.mark.parametrize("url", ["missing", "../outside", "file", "/"])
def test_only_a_folder_below_the_store_is_a_model(tmp_path: Path, loader: Loader, url: str) -> None:
    root = tmp_path / "models"
    root.mkdir()
    (tmp_path / "outside").mkdir()
    (root / "file").write_bytes(b"")
    store = ModelStore(root, 300, loader)

    with pytest.raises(HTTPError, match="Model not found in model store") as caught:
        store.register("a", str(root / url))

    assert caught.value.status == 404
    assert store.names() == []


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (InputError("no model in it"), 400, "no model in it"),
        (MemoryError(), 507, "Model a does not fit into memory"),
    ],
)
def test_a_model_that_cannot_be_read_is_not_registered(
    tmp_path: Path, loader: Loader, error: Exception, status: int, message: str
) -> None:
    loader.error = error
    store = ModelStore(tmp_path, 300, loader)
    (tmp_path / "a").mkdir()

    with pytest.raises(HTTPError, match=message) as caught:
        store.register("a", str(tmp_path / "a"))

    assert caught.value.status == status
    assert store.names() == []


def test_another_error_while_reading_is_not_the_clients(tmp_path: Path, loader: Loader) -> None:
    loader.error = ZeroDivisionError()
    (tmp_path / "a").mkdir()

    with pytest.raises(ZeroDivisionError):
        ModelStore(tmp_path, 300, loader).register("a", str(tmp_path / "a"))


def test_a_forgotten_model_leaves_memory(
    tmp_path: Path, loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    trimmed: list[bool] = []
    monkeypatch.setattr(model_store, "trim_heap", lambda: trimmed.append(True))
    store = store_of(tmp_path, loader, 100, a=60, b=60)
    trimmed.clear()

    store.unregister("a")
    assert trimmed == []
    store.unregister("b")

    assert trimmed == [True]
    assert store.find_cached("b") is None
    for ask in (store.find, store.load, store.unregister):
        with pytest.raises(HTTPError, match="Model not found: b") as caught:
            ask("b")
        assert caught.value.status == 404


def test_a_model_that_made_room_a_moment_ago_is_still_answered_with(
    tmp_path: Path, loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Vanishing(dict[str, Any]):
        error: type[Exception] = KeyError

        def move_to_end(self, name: str) -> None:
            raise self.error(name)

    store = store_of(tmp_path, loader, 300, a=1)
    models = Vanishing(a="model a")
    monkeypatch.setattr(store, "_in_memory", models)

    assert store.find_cached("a") == "model a"  # type: ignore[comparison-overlap]
    models.error = ValueError
    with pytest.raises(ValueError, match="a"):
        store.find_cached("a")


@pytest.mark.parametrize(
    ("text", "expected"), [("1000", 500), ("max", 5_000), (None, 5_000), ("99999999", 5_000)]
)
def test_models_may_take_half_of_the_memory_of_the_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, expected: int
) -> None:
    limit = tmp_path / "memory.max"
    if text is not None:
        limit.write_text(text)
    monkeypatch.setattr(model_store, "_CGROUP_LIMIT", limit)
    monkeypatch.setattr("os.sysconf", lambda name: 100)

    assert default_limit_bytes() == expected


def test_another_error_than_an_unreadable_limit_is_not_swallowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Broken:
        def read_text(self) -> str:
            raise ZeroDivisionError

    monkeypatch.setattr(model_store, "_CGROUP_LIMIT", Broken())

    with pytest.raises(ZeroDivisionError):
        default_limit_bytes()
