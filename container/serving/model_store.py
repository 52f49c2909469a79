"""Model store of a multi-model endpoint: registered by name, with a least-recently-used cache."""

import contextlib
import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from threading import Lock

from container.contract.errors import InputError
from container.contract.http_errors import HTTPError
from container.contract.log import log_event
from container.serving.heap import trim_heap
from container.serving.loaded_model import LoadedModel

# Memory of a model per byte of its files: measured 1.45 with XGBoost 3.4.
_MEMORY_PER_BYTE = 1.5
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True)
class RegisteredModel:
    """A name that SageMaker gave to a folder of model files."""

    name: str
    url: str
    folder: Path
    memory_bytes: int


class ModelStore:
    """Loads models below `root`; the least recently used one is evicted for the next.

    An evicted model stays registered and is loaded again when it is requested.
    """

    def __init__(self, root: Path, limit_bytes: int, load: Callable[[Path], LoadedModel]) -> None:
        self._root = root.resolve()
        self._limit_bytes = limit_bytes
        self._load = load
        self._registered: dict[str, RegisteredModel] = {}
        self._in_memory: OrderedDict[str, LoadedModel] = OrderedDict()
        self._lock = Lock()

    def names(self) -> list[RegisteredModel]:
        """Return all registered models, in the order of registration."""
        return list(self._registered.values())

    def find(self, name: str) -> RegisteredModel:
        """Return one registered model; raises HTTPError (404)."""
        try:
            return self._registered[name]
        except KeyError:
            raise HTTPError(HTTPStatus.NOT_FOUND, f"Model not found: {name}") from None

    def find_cached(self, name: str) -> LoadedModel | None:
        """Return the model if it is in memory; never waits for another that is being read."""
        loaded = self._in_memory.get(name)
        if loaded is not None:
            with contextlib.suppress(KeyError):  # it made room a moment ago
                self._in_memory.move_to_end(name)
        return loaded

    def register(self, name: str, url: str) -> None:
        """Load a model; HTTPError: 409 known, 404 no such folder, 507 no room, 400 no model."""
        if name in self._registered:
            raise HTTPError(HTTPStatus.CONFLICT, f"Model {name} is already registered.")
        folder = Path(url).resolve()
        if not folder.is_relative_to(self._root) or not folder.is_dir():
            raise HTTPError(HTTPStatus.NOT_FOUND, f"Model not found in model store: {url}")
        files = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
        model = RegisteredModel(name, url, folder, int(files * _MEMORY_PER_BYTE))
        if model.memory_bytes > self._limit_bytes:
            raise HTTPError(
                HTTPStatus.INSUFFICIENT_STORAGE,
                f"Model {name} needs {model.memory_bytes} bytes; {self._limit_bytes} are allowed",
            )
        with self._lock:
            self._read(model)
            self._registered[name] = model

    def unregister(self, name: str) -> None:
        """Forget a model; raises HTTPError (404)."""
        self.find(name)
        with self._lock:
            self._registered.pop(name, None)
            if self._in_memory.pop(name, None):
                trim_heap()

    def load(self, name: str) -> LoadedModel:
        """Return the model, read again if it had to make room; raises HTTPError (404)."""
        model = self.find(name)
        with self._lock:
            loaded = self._in_memory.get(name) or self._read(model)
            self._in_memory.move_to_end(name)
        return loaded

    def _read(self, model: RegisteredModel) -> LoadedModel:
        self._evict_for(model.memory_bytes)
        try:
            loaded = self._load(model.folder)
        except InputError as error:
            raise HTTPError(HTTPStatus.BAD_REQUEST, str(error)) from error
        except MemoryError as error:
            message = f"Model {model.name} does not fit into memory"
            raise HTTPError(HTTPStatus.INSUFFICIENT_STORAGE, message) from error
        self._in_memory[model.name] = loaded
        return loaded

    def _evict_for(self, wanted: int) -> None:
        taken = sum(self._registered[name].memory_bytes for name in self._in_memory)
        while taken + wanted > self._limit_bytes:
            name, _ = self._in_memory.popitem(last=False)
            taken -= self._registered[name].memory_bytes
            log_event("model made room", {"model": name})
            trim_heap()


def default_limit_bytes() -> int:
    """Return half of what this container may use."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = int(_CGROUP_LIMIT.read_text())
    except (OSError, ValueError):  # no cgroup v2 here, or "max"
        limit = machine
    return min(machine, limit) // 2
