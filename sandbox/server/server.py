"""The HTTP server on loopback: moto, the CloudFormation engine and the runners in one process."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import shutil
import socket
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from moto.cloudformation.models import cloudformation_backends
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server import werkzeug_app
from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from sandbox.cdk import bootstrap
from sandbox.cloudformation import api
from sandbox.handlers import handlers
from sandbox.logs import stream_filters
from sandbox.refusals import rules
from sandbox.requests import called_actions
from sandbox.s3 import bucket_policies, bucket_settings
from sandbox.server import dispatching, memory_tuning, private_folder, runtime
from sandbox.server.dispatching import Dispatcher
from sandbox.server.gateway import gateway
from sandbox.server.requests_held import held
from sandbox.sqs import queue_attributes
from sandbox.state import clients, context

if TYPE_CHECKING:
    from sandbox.saving.saved import Saved

_HOST = "127.0.0.1"
_STOP_TIMEOUT_SECONDS = 5.0

# Each replaces what moto does otherwise than AWS.
_PARTS = (
    *(bucket_policies, bucket_settings, called_actions, dispatching, queue_attributes),
    *(stream_filters, runtime, rules),
)


class _Handler(MotoRequestHandler):
    """Serves without writing a line per request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def _listening(port: int) -> socket.socket:
    """Return a listening socket; werkzeug would end the process when the port is taken."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_HOST, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


class Sandbox:
    """AWS in this process, bootstrapped for CDK; one at a time, usable as a context manager.

    `folder` is where jobs and endpoints keep their files; a temporary one when not given. As `port`
    and `wanted_port`, 0 stands for a free one. A `new_account` may do what AWS lets one do. What
    was `saved` comes back in place of an empty account; it knows its region and quotas.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        port: int = 0,
        region: str = "us-east-1",
        new_account: bool = False,
        saved: Saved | None = None,
    ) -> None:
        self.region, self._new_account, self._saved = region, new_account, saved
        if saved is not None:
            self.region, self._new_account = saved.region, saved.new_account
        self._has_own_folder = folder is None
        self.folder = Path(tempfile.mkdtemp(prefix="sandbox-")) if folder is None else folder
        self.wanted_port = port
        self.secret = secrets.token_hex(20)
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port it listens on; RuntimeError before `start`."""
        if self._server is None:
            raise RuntimeError("sandbox: it is not started; call start() first")
        return int(self._server.port)

    @property
    def url(self) -> str:
        """The address that AWS_ENDPOINT_URL takes."""
        return f"http://{_HOST}:{self.port}"

    def start(self) -> Sandbox:
        """Start serving; OSError: port taken, RuntimeError: one runs, FolderRefused: not safe."""
        if context.is_set():
            raise RuntimeError("sandbox: one runs in this process already; stop it first")
        private_folder.make(self.folder)
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        # moto would allow every page of every site to read its answers.
        werkzeug_app.DISABLE_GLOBAL_CORS = True
        application = gateway(Dispatcher())
        with _listening(self.wanted_port) as listener:
            self._server = make_server(
                _HOST,
                self.wanted_port,
                application,
                threaded=True,
                request_handler=_Handler,
                fd=listener.fileno(),
            )
        self._server.daemon_threads = True
        os.environ["MOTO_PORT"] = str(self.port)  # moto's state machines call back on it
        # 1,300 images of machines, made for each region's EC2; no machine is ever started.
        os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
        clients.set_secret(self.url, self.secret)
        context.set_current(self._context())
        api.install(handlers.handler_of)
        for part in _PARTS:
            part.install()
        memory_tuning.tune_garbage_collector()
        self._thread = threading.Thread(
            target=self._server.serve_forever, daemon=True, name="sandbox"
        )
        try:
            self._fill(self._thread)
        except BaseException:
            self.stop()
            raise
        return self

    def _fill(self, server: threading.Thread) -> None:
        """Serve an account with the CDK's bootstrap in it, or all that was saved."""
        # Nobody sees half of what was saved.
        resumed = self._saved.put_back() if self._saved else None
        server.start()
        if resumed is None:
            bootstrap.bootstrap(url=self.url, region=self.region)
        for endpoint in resumed or ():
            endpoint.resume()

    def save(self, path: Path) -> dict[str, int]:
        """Write all of it to a new file, its owner's alone; SaveRefused when that cannot be."""
        # Only who saves one needs it.
        from sandbox.saving import saved

        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with contextlib.ExitStack() as unfinished:
            unfinished.callback(path.unlink, missing_ok=True)
            saved.settle()
            with open(descriptor, "wb") as file, held():
                numbers = saved.save(file)
            unfinished.pop_all()
        return numbers

    def _context(self) -> context.Context:
        place = (self.url, self.region, clients.ACCOUNT, self.folder)
        return context.Context(*place, self.secret, self._new_account)

    def reset(self) -> None:
        """Forget everything but the bootstrap; jobs and endpoints are stopped."""
        self.clear()
        bootstrap.bootstrap(url=self.url, region=self.region)

    def clear(self) -> None:
        """Forget everything, the bootstrap too; jobs and endpoints are stopped."""
        runtime.reset()
        self._wait()
        moto_api_backend.reset()

    def stop(self) -> None:
        """Stop serving, and every process that was started; a given folder stays."""
        if self._server is None or self._thread is None:
            return
        runtime.stop()
        self._wait()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._server = self._thread = None
        moto_api_backend.reset()
        context.set_current(None)
        if self._has_own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def client(self, service: str, *, account: str = clients.ACCOUNT, region: str = "") -> Any:
        """Return a boto3 client of `service` that talks to this sandbox; to its own place if not
        told otherwise."""
        place = region or self.region
        return clients.client(service, url=self.url, region=place, account=account)

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _wait(self) -> None:
        for regions in list(cloudformation_backends.values()):
            for backend in list(regions.values()):
                backend.wait(_STOP_TIMEOUT_SECONDS)
