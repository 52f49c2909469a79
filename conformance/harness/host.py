"""Starts `serve` on a trained model, as an endpoint's instance does, and always ends it."""

import contextlib
import itertools
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from conformance.check import NotApplicable, Violation
from conformance.harness.opt_ml import OptMl
from conformance.harness.server import Server
from conformance.harness.trainer import Trainer
from conformance.harness.wire import free_port, is_taken

_READ_ONLY = 0o555


@dataclass(frozen=True)
class FirstStart:
    """Start of the shared server: its folder, the port it was given, and its error."""

    server: Server
    place: OptMl
    port: int
    seconds: float
    error: Violation | None

    @property
    def found_its_port(self) -> bool:
        """Whether it listens where SAGEMAKER_BIND_TO_PORT says."""
        return self.server.address.port == self.port


class Host:
    """Runs servers, each on a port of its own; the first one is shared by all that only ask."""

    def __init__(self, trainer: Trainer, work: Path, stack: contextlib.ExitStack) -> None:
        self.programs, self.manifest, self.terms = trainer.programs, trainer.manifest, trainer.terms
        self._trainer, self._work, self._stack = trainer, work, stack
        self._numbers = itertools.count()

    @property
    def model(self) -> Path:
        """The model to serve: the manifest's, else one that was trained."""
        if not self.programs.has("serve"):
            raise NotApplicable("it needs bin/serve")
        if self.manifest.serving.model is not None:
            return self.manifest.serving.model
        if not self.programs.has("train"):
            raise NotApplicable("it needs a model: add bin/train, or [serving] model in the file")
        return self._trainer.require_trained().place.model

    def place(self, model: Path | None) -> OptMl:
        """A folder for one server, with a read-only copy of `model`."""
        place = OptMl.at(self._work / f"serving-{next(self._numbers)}")
        if model is not None:
            shutil.copytree(model, place.model, dirs_exist_ok=True)
        return place

    @contextmanager
    def started(self, place: OptMl, settings: Mapping[str, str], *ports: int) -> Iterator[Server]:
        """`serve`, not yet ready; it is expected on the first of `ports` that answers."""
        with _read_only(place.model):
            # A container of ours listens on loopback only when it is told so; others ignore it.
            more = {"SAGEMAKER_BIND_ADDRESS": "127.0.0.1", **settings}
            with self.programs.running(self.programs.words("serve"), place, more) as program:
                yield Server(ports, self.manifest.serving, self.terms, program)

    @contextmanager
    def serving(self) -> Iterator[Server]:
        """A server of its own that is ready; raises NotApplicable when there cannot be one."""
        self.require_healthy()
        if not self.first_start.found_its_port:
            raise NotApplicable("it ignores SAGEMAKER_BIND_TO_PORT, so only one runs at a time")
        port = free_port()
        settings = {"SAGEMAKER_BIND_TO_PORT": str(port)}
        with self.started(self.place(self.model), settings, port) as server:
            server.wait_until_healthy(self.terms.start_seconds)
            yield server

    @cached_property
    def first_start(self) -> FirstStart:
        """The shared server; raises NotApplicable when there is nothing to serve."""
        port, default = free_port(), self.terms.default_port
        # A container that ignores the variable is found at the default port.
        ports = (port,) if is_taken(default) else (port, default)
        place = self.place(self.model)
        settings = {"SAGEMAKER_BIND_TO_PORT": str(port)}
        server = self._stack.enter_context(self.started(place, settings, *ports))
        began, found = time.monotonic(), None
        try:
            server.wait_until_healthy(self.terms.start_seconds)
        except Violation as error:
            found = error
        return FirstStart(server, place, port, time.monotonic() - began, found)

    def require_healthy(self) -> Server:
        """The server that is asked; raises NotApplicable when it did not become healthy."""
        if self.first_start.error is not None:
            raise NotApplicable(f"no server: {self.first_start.error}")
        return self.first_start.server


@contextmanager
def _read_only(folder: Path) -> Iterator[None]:
    """Take away the right to write, as SageMaker does; the superuser may nevertheless."""
    modes = {path: path.stat().st_mode for path in (folder, *folder.rglob("*"))}
    for path, mode in modes.items():
        path.chmod(mode & _READ_ONLY)
    try:
        yield
    finally:
        for path, mode in modes.items():
            with contextlib.suppress(FileNotFoundError):
                path.chmod(mode)
