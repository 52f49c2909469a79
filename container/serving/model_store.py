"""The models of a multi-model endpoint: registered by name, in memory while there is room."""

import contextlib
import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from threading import Lock

from container.contract.errors import InputError
from container.contract.http_errors import RefusedError
from container.contract.log import log_event
from container.serving.heap import give_back
from container.serving.loaded_model import Served

# What a model takes in memory for each byte of its files: measured 1.45 with XGBoost 3.4.
_MEMORY_PER_BYTE = 1.5
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True)
class Registered:
    """A name that SageMaker gave to a folder of model files."""

    name: str
    url: str
    folder: Path
    memory_bytes: int


class ModelStore:
    """Loads models below `root`; the one not asked for longest makes room for the next.

    A model that had to make room stays registered and is read again when it is asked for.
    """

    def __init__(self, root: Path, limit_bytes: int, load: Callable[[Path], Served]) -> None:
        self._root = root.resolve()
        self._limit_bytes = limit_bytes
        self._load = load
        self._registered: dict[str, Registered] = {}
        self._in_memory: OrderedDict[str, Served] = OrderedDict()
        self._lock = Lock()

    def names(self) -> list[Registered]:
        """All registered models, in the order in which they came."""
        return list(self._registered.values())

    def find(self, name: str) -> Registered:
        """One registered model; raises RefusedError (404)."""
        try:
            return self._registered[name]
        except KeyError:
            raise RefusedError(HTTPStatus.NOT_FOUND, f"Model not found: {name}") from None

    def at_hand(self, name: str) -> Served | None:
        """The model if it is in memory; never waits for another that is being read."""
        served = self._in_memory.get(name)
        if served is not None:
            with contextlib.suppress(KeyError):  # it made room a moment ago
                self._in_memory.move_to_end(name)
        return served

    def register(self, name: str, url: str) -> None:
        """Load a model; RefusedError: 409 known, 404 no such folder, 507 no room, 400 no model."""
        if name in self._registered:
            raise RefusedError(HTTPStatus.CONFLICT, f"Model {name} is already registered.")
        folder = Path(url).resolve()
        if not folder.is_relative_to(self._root) or not folder.is_dir():
            raise RefusedError(HTTPStatus.NOT_FOUND, f"Model not found in model store: {url}")
        files = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
        model = Registered(name, url, folder, int(files * _MEMORY_PER_BYTE))
        if model.memory_bytes > self._limit_bytes:
            raise RefusedError(
                HTTPStatus.INSUFFICIENT_STORAGE,
                f"Model {name} needs {model.memory_bytes} bytes; {self._limit_bytes} are allowed",
            )
        with self._lock:
            self._read(model)
            self._registered[name] = model

    def unregister(self, name: str) -> None:
        """Forget a model; raises RefusedError (404)."""
        self.find(name)
        with self._lock:
            self._registered.pop(name, None)
            if self._in_memory.pop(name, None):
                give_back()

    def served(self, name: str) -> Served:
        """The model, read again if it had to make room; raises RefusedError (404)."""
        model = self.find(name)
        with self._lock:
            served = self._in_memory.get(name) or self._read(model)
            self._in_memory.move_to_end(name)
        return served

    def _read(self, model: Registered) -> Served:
        self._make_room(model.memory_bytes)
        try:
            served = self._load(model.folder)
        except InputError as error:
            raise RefusedError(HTTPStatus.BAD_REQUEST, str(error)) from error
        except MemoryError as error:
            message = f"Model {model.name} does not fit into memory"
            raise RefusedError(HTTPStatus.INSUFFICIENT_STORAGE, message) from error
        self._in_memory[model.name] = served
        return served

    def _make_room(self, wanted: int) -> None:
        taken = sum(self._registered[name].memory_bytes for name in self._in_memory)
        while self._in_memory and taken + wanted > self._limit_bytes:
            name, _ = self._in_memory.popitem(last=False)
            taken -= self._registered[name].memory_bytes
            log_event("model made room", {"model": name})
            give_back()


def usual_limit_bytes() -> int:
    """Half of what this container may use."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = int(_CGROUP_LIMIT.read_text())
    except (OSError, ValueError):  # no cgroup v2 here, or "max"
        limit = machine
    return min(machine, limit) // 2
