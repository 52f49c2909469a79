"""Everything the checks of one run look at, made when it is first needed and gone at the end."""

import concurrent.futures
import contextlib
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from conformance.check import NotApplicable
from conformance.harness.host import Host
from conformance.harness.leftovers import swept_up
from conformance.harness.programs import Programs
from conformance.harness.server import Server
from conformance.harness.trainer import Trainer
from conformance.manifest import Manifest
from conformance.target import Target
from conformance.terms import Terms


class Bench:
    """Gives each kind of check its subject; raises NotApplicable where the target has none."""

    def __init__(self, target: Target, programs: Programs, terms: Terms, work: Path) -> None:
        self._target, self._programs, self._terms, self._work = target, programs, terms, work
        self._stack = contextlib.ExitStack()
        self.threads = concurrent.futures.ThreadPoolExecutor(thread_name_prefix="patient")

    @property
    def manifest(self) -> Manifest:
        """What the target says about itself."""
        return self._target.manifest

    @property
    def trainer(self) -> Trainer:
        """For checks of `train`."""
        self._require_program("train")
        return self._trainer

    @property
    def evaluator(self) -> Trainer:
        """For checks of `evaluate`."""
        self._require_program("evaluate")
        return self._trainer

    @cached_property
    def host(self) -> Host:
        """For checks that start servers."""
        self._require_program("serve")
        return Host(self._trainer, self._work, self._stack)

    @cached_property
    def server(self) -> Server:
        """For checks that only ask."""
        if self._target.port is not None:
            return Server((self._target.port,), self.manifest.serving, self._terms)
        return self.host.require_healthy()

    @cached_property
    def _trainer(self) -> Trainer:
        return Trainer(self._programs, self.manifest, self._terms, self._work)

    def _require_program(self, name: str) -> None:
        if self._target.folder is None:
            raise NotApplicable("it needs the container's folder, not only a running server")
        if not self._programs.has(name):
            raise NotApplicable(f"it needs bin/{name}")

    @contextmanager
    def set_up(self) -> Iterator["Bench"]:
        """End every program with the block, then every thread that waits for one."""
        with self.threads, self._stack:
            try:
                yield self
            finally:
                self.threads.shutdown(wait=False, cancel_futures=True)
                self._programs.end_all()


@contextmanager
def bench(target: Target, search_path: str, terms: Terms) -> Iterator[Bench]:
    """A bench in a temporary folder; no process and no file of it is left after the block."""
    mark = uuid.uuid4().hex
    with tempfile.TemporaryDirectory(prefix="conformance-") as work, swept_up(mark):
        folder = target.folder or Path(work)
        programs = Programs(folder, search_path, target.manifest.environment, mark)
        with Bench(target, programs, terms, Path(work)).set_up() as made:
            yield made
